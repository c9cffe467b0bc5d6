package lanewise.kernel;

import lanewise.shape.ConvolutionShape;
import org.jspecify.annotations.Nullable;

/**
 * A convolution's filter, packed or transformed once by {@link Convolution#pack} for many forward
 * passes. Later changes to the filter are not seen.
 */
public final class PackedFilter {
  private final ConvolutionShape shape;
  final float[][] panels; // of the algorithm, by planes of WINOGRAD_ROWS; DEPTHWISE: the filter
  final @Nullable PackedMatrix matrix; // where the convolution is a matrix product

  PackedFilter(ConvolutionShape shape, float[][] panels, @Nullable PackedMatrix matrix) {
    this.shape = shape;
    this.panels = panels;
    this.matrix = matrix;
  }

  /**
   * Whether it was packed for this shape, of whatever batch: the layout may depend on the image.
   */
  boolean fits(ConvolutionShape other) {
    return shape.equalsButForBatch(other);
  }
}
