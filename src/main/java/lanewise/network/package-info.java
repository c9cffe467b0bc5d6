/** Networks, and the plans that run and train them. */
@NullMarked
package lanewise.network;

import org.jspecify.annotations.NullMarked;
