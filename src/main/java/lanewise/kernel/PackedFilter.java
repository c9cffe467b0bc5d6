package lanewise.kernel;

import java.util.Objects;
import lanewise.shape.ConvolutionShape;
import org.jspecify.annotations.Nullable;

/**
 * A convolution's filter, packed or transformed once by {@link Convolution#pack} for many forward
 * passes. Later changes to the filter are not seen.
 */
public final class PackedFilter {
  private final ConvolutionShape shape;
  private final float[][] panels;
  private final @Nullable PackedMatrix matrix;

  PackedFilter(ConvolutionShape shape, float[]... panels) {
    this.shape = shape;
    this.panels = panels;
    this.matrix = null;
  }

  PackedFilter(ConvolutionShape shape, PackedMatrix matrix) {
    this.shape = shape;
    this.panels = new float[][] {};
    this.matrix = matrix;
  }

  /** Those of a plane of {@link ConvolutionAlgorithm#WINOGRAD_ROWS}; others have plane 0 alone. */
  float[] panels(int plane) {
    return panels[plane];
  }

  /** Where the convolution is a matrix product. */
  PackedMatrix matrix() {
    return Objects.requireNonNull(matrix);
  }

  /**
   * Whether it was packed for this shape, of whatever batch: the layout may depend on the image.
   */
  boolean fits(ConvolutionShape other) {
    return shape.equalsButForBatch(other);
  }
}
