/** Layers: records that describe, and the initializers of their parameters. */
@NullMarked
package lanewise.layer;

import org.jspecify.annotations.NullMarked;
