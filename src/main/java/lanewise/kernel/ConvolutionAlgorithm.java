package lanewise.kernel;

import lanewise.shape.ConvolutionShape;

/**
 * How a convolution is computed. All give the same up to rounding, and each its own bits; {@link
 * #of} chooses by the shape alone, so that a machine or a number of threads changes nothing.
 */
public enum ConvolutionAlgorithm {
  /**
   * A matrix product whose left operand is the patches, read as they are needed. For every shape.
   * An element is off by at most {@code γ_K · Σ|a||b|}, K the number of its products.
   */
  IMPLICIT_GEMM,

  /**
   * Winograd's minimal filtering F(4×4, 3×3): 36 multiplications for 16 outputs in place of 144.
   * For filters of 3 × 3, stride 1, no dilation, one group, padding of at most 2, channels in
   * multiples of 16. Relative to the largest output, its errors are about twice those of {@link
   * #IMPLICIT_GEMM}; every element keeps the largest of its bounds.
   */
  WINOGRAD,

  /**
   * Each channel by its own filter, where it lies. For as many groups as input and as output
   * channels. An element is off by at most {@code γ_K · Σ|a||b|}, K the number of its products.
   */
  DEPTHWISE;

  /** The algorithm for a shape where the caller names none. */
  public static ConvolutionAlgorithm of(ConvolutionShape shape) {
    if (DEPTHWISE.supports(shape)) {
      return DEPTHWISE;
    }
    boolean pays =
        WINOGRAD.supports(shape)
            && 2 * shape.outHeight() * shape.outWidth() >= 16 * Winograd.tiles(shape);
    return pays ? WINOGRAD : IMPLICIT_GEMM;
  }

  /** Whether it computes convolutions of this shape. */
  public boolean supports(ConvolutionShape shape) {
    return switch (this) {
      case IMPLICIT_GEMM -> true;
      case WINOGRAD -> Winograd.supports(shape);
      case DEPTHWISE -> Depthwise.supports(shape);
    };
  }
}
