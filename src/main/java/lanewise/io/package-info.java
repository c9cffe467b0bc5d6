/** Files of weights. */
@NullMarked
package lanewise.io;

import org.jspecify.annotations.NullMarked;
