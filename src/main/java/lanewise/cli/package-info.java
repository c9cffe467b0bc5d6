/** The command line. */
@NullMarked
package lanewise.cli;

import org.jspecify.annotations.NullMarked;
