/** The library's settings. */
@NullMarked
package lanewise;

import org.jspecify.annotations.NullMarked;
