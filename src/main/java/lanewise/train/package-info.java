/** The training loop, its metrics and its listeners. */
@NullMarked
package lanewise.train;

import org.jspecify.annotations.NullMarked;
