package lanewise.kernel;

import lanewise.shape.ConvolutionShape;
import org.jspecify.annotations.Nullable;

/**
 * A convolution's filter, packed or transformed once by {@link Convolution#pack} for many forward
 * passes. Later changes to the filter are not seen.
 */
public final class PackedFilter {
  final ConvolutionAlgorithm algorithm;
  private final int[] sizes; // kh, kw, strides, inChannels / groups, outChannels, groups
  final float[][] panels; // of the algorithm, by planes of WINOGRAD_ROWS; DEPTHWISE: the filter
  final @Nullable PackedMatrix matrix; // where the convolution is a matrix product

  PackedFilter(
      ConvolutionAlgorithm algorithm,
      ConvolutionShape shape,
      float[][] panels,
      @Nullable PackedMatrix matrix) {
    this.algorithm = algorithm;
    this.sizes = sizes(shape);
    this.panels = panels;
    this.matrix = matrix;
  }

  boolean fits(ConvolutionShape shape) {
    return shape.kernelHeight() == sizes[0]
        && shape.kernelWidth() == sizes[1]
        && shape.groupInChannels() == sizes[2]
        && shape.outChannels() == sizes[3]
        && shape.groups() == sizes[4]
        && shape.strideHeight() == sizes[5]
        && shape.strideWidth() == sizes[6];
  }

  private static int[] sizes(ConvolutionShape s) {
    return new int[] {
      s.kernelHeight(),
      s.kernelWidth(),
      s.groupInChannels(),
      s.outChannels(),
      s.groups(),
      s.strideHeight(),
      s.strideWidth()
    };
  }
}
