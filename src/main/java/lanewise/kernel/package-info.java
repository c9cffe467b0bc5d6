/** Kernels: static methods over flat row-major {@code float[]}, vectorized on the Vector API. */
@NullMarked
package lanewise.kernel;

import org.jspecify.annotations.NullMarked;
