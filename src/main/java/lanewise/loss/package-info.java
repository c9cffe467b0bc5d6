/** Losses on logits. */
@NullMarked
package lanewise.loss;

import org.jspecify.annotations.NullMarked;
