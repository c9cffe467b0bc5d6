package lanewise.kernel;

import lanewise.shape.ConvolutionShape;

/**
 * Convolution as {@link WinogradRowsTransforms} around convolutions by filters of one row: the
 * transforms go along runs of memory, whatever the number of channels is.
 *
 * <p>The rows of outputs that a tile has are a line. A block of lines is transformed, multiplied
 * and transformed back while it stays in a cache.
 */
final class WinogradRows {
  /** Elements of a row at least: the widest vector. */
  private static final int ROW = 16;

  /** Input channels from which on a square filter's transforms take less than they save. */
  private static final int CHANNELS = 8;

  /**
   * Pixels of a block of lines, about, that its planes stay in the second-level cache. Part of the
   * filter gradient's order of accumulation.
   */
  private static final int PIXELS = 128;

  private WinogradRows() {}

  static boolean supports(ConvolutionShape s) {
    return (s.kernelHeight() == 3 || s.kernelHeight() == 5)
        && s.strideHeight() == 1
        && s.strideWidth() == 1
        && s.dilationHeight() == 1
        && s.dilationWidth() == 1
        && s.groups() == 1
        && Math.max(s.padTop(), s.padBottom()) < s.kernelHeight()
        && Math.max(s.padLeft(), s.padRight()) < s.kernelWidth()
        && s.inWidth() * s.inChannels() >= ROW
        && s.outWidth() * s.outChannels() >= ROW;
  }

  /** Whether it is faster than products of patches, where it is supported. */
  static boolean pays(ConvolutionShape s) {
    int tile = WinogradRowsTransforms.of(s.kernelHeight()).tile;
    int lines = WinogradTiling.tiles(s.outHeight(), 1, tile);
    return s.kernelWidth() * s.inChannels() >= CHANNELS * s.kernelHeight()
        && 5 * lines * WinogradRowsTransforms.EXTENT <= 4 * s.outHeight() * s.kernelHeight();
  }

  /** Lines in a block at most, of {@code width} outputs. */
  static int linesPerBlock(int width) {
    return Math.max(1, PIXELS / width);
  }

  /** The convolution of a block of transformed lines by one plane of the filter, forward. */
  static ConvolutionShape forward(ConvolutionShape s) {
    return shape(s, s.outWidth(), s.outWidth() + s.kernelWidth() - 1, 0);
  }

  /** The convolution whose gradient of the input is that of a block of transformed lines. */
  static ConvolutionShape backward(ConvolutionShape s) {
    return shape(s, s.inWidth(), s.inWidth(), s.kernelWidth() - 1);
  }

  private static ConvolutionShape shape(ConvolutionShape s, int written, int width, int pad) {
    return new ConvolutionShape(
        1,
        linesPerBlock(written),
        width,
        s.inChannels(),
        s.outChannels(),
        1,
        s.kernelWidth(),
        1,
        1,
        0,
        0,
        pad,
        pad,
        1,
        1,
        1);
  }
}
