package lanewise.kernel;

import lanewise.shape.ConvolutionShape;

/**
 * Convolution by 3 × 3 filters as {@link WinogradTransforms} around 36 matrix products: in each
 * plane of the transformed tiles, tiles × channels of one side times channels of one side × of the
 * other.
 *
 * <p>A dilated convolution is as many convolutions as there are phases: of each d-th row and column
 * of the output, from each d-th of the input.
 *
 * <p>The tiles along a row of an image are a line, phase by phase. A block of lines is transformed,
 * multiplied and transformed back while it stays in a cache. Forward, an element's sum runs over
 * the channels upward, whatever the blocks are; for the filter's gradient the blocks, and the runs
 * of lines whose sums are added in order, follow from the shape.
 */
final class Winograd {
  /** Every vector width divides it. */
  static final int CHANNEL_UNIT = 16;

  /**
   * Floats of a transformed filter that does not fit the caches: where there is one block of tiles
   * for each thread, or for all in the gradient, it is made and used in parts.
   */
  static final int LARGE_FILTER = 1 << 20;

  /**
   * Tiles in a block, about: so many products share what is read of a transformed filter. Part of
   * the filter gradient's order of accumulation.
   */
  static final int TILES = 64;

  private Winograd() {}

  /**
   * From one plane of {@code size} floats to the next: a cache line further, as planes of a power
   * of two would share a set of the cache.
   */
  static int plane(int size) {
    return size + 16;
  }

  static boolean supports(ConvolutionShape s) {
    return s.kernelHeight() == 3
        && s.kernelWidth() == 3
        && s.strideHeight() == 1
        && s.strideWidth() == 1
        && s.groups() == 1
        && Math.max(s.padTop(), s.padBottom()) <= 2 * s.dilationHeight()
        && Math.max(s.padLeft(), s.padRight()) <= 2 * s.dilationWidth()
        && s.inChannels() % CHANNEL_UNIT == 0
        && s.outChannels() % CHANNEL_UNIT == 0;
  }
}
