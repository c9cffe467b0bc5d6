/** The command line and its recipes. */
@NullMarked
package lanewise.cli;

import org.jspecify.annotations.NullMarked;
