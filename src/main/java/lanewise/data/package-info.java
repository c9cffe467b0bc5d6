/** Data sets, their readers, generators and batches. */
@NullMarked
package lanewise.data;

import org.jspecify.annotations.NullMarked;
