/** Update rules that own their moments. */
@NullMarked
package lanewise.optimizer;

import org.jspecify.annotations.NullMarked;
