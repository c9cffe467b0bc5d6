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
   * Winograd's minimal filtering F(2×2, 3×3): 16 multiplications for 4 outputs in place of 36. For
   * the shapes of {@link #WINOGRAD_4X4}. Relative to the largest output, its errors are about those
   * of {@link #IMPLICIT_GEMM}: 0.2 to 0.7 · 10⁻⁶ for 16 to 256 channels, where that has 0.4 to 0.5.
   * By test, every element keeps the largest of its bounds, K at least 16.
   */
  WINOGRAD_2X2,

  /**
   * Winograd's minimal filtering F(4×4, 3×3): 36 multiplications for 16 outputs in place of 144.
   * For filters of 3 × 3, stride 1, one group, padding of at most twice the dilation, channels in
   * multiples of 16. Relative to the largest output, its errors are two to six times those of
   * {@link #IMPLICIT_GEMM}: 0.7 to 2.6 · 10⁻⁶ for 16 to 256 channels. By test, every element keeps
   * the largest of its bounds, K at least 36.
   */
  WINOGRAD_4X4,

  /**
   * Winograd's minimal filtering along the height alone: F(4, 3) for filters of three rows, 6
   * multiplications in place of 12, and F(2, 5) for those of five, 6 in place of 10. For stride 1,
   * no dilation, one group, padding less than the filter and rows of at least 16 elements. Relative
   * to the largest output, its errors are 0.6 to 1.2 · 10⁻⁶ for 3 × 3 filters of 16 to 256
   * channels. By test, every element keeps the largest of the bounds of {@link #IMPLICIT_GEMM}.
   */
  WINOGRAD_ROWS,

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
    if (!WINOGRAD_4X4.supports(shape)) {
      return WINOGRAD_ROWS.supports(shape) && WinogradRows.pays(shape)
          ? WINOGRAD_ROWS
          : IMPLICIT_GEMM;
    }
    long two = Winograd2x2.TRANSFORMS.multiplications(shape);
    long four = Winograd4x4.TRANSFORMS.multiplications(shape);
    long direct = 9L * shape.outHeight() * shape.outWidth();
    if (5 * Math.min(two, four) > 4 * direct) {
      return IMPLICIT_GEMM; // Winograd's transforms cost more than they save
    }
    return two <= four ? WINOGRAD_2X2 : WINOGRAD_4X4;
  }

  /** Whether it computes convolutions of this shape. */
  public boolean supports(ConvolutionShape shape) {
    return switch (this) {
      case IMPLICIT_GEMM -> true;
      case WINOGRAD_2X2, WINOGRAD_4X4 -> Winograd.supports(shape);
      case WINOGRAD_ROWS -> WinogradRows.supports(shape);
      case DEPTHWISE -> Depthwise.supports(shape);
    };
  }
}
