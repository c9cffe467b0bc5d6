/** Random numbers that are the same everywhere. */
@NullMarked
package lanewise.random;

import org.jspecify.annotations.NullMarked;
