/** Shapes: records whose constructors validate and derive every size. */
@NullMarked
package lanewise.shape;

import org.jspecify.annotations.NullMarked;
