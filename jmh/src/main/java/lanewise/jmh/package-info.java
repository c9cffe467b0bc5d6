/** Benchmarks on shapes of real networks, reported as fractions of the machine's measured peak. */
@NullMarked
package lanewise.jmh;

import org.jspecify.annotations.NullMarked;
