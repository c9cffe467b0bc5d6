package lanewise.kernel;

/**
 * The linear maps of Winograd's minimal filtering down the columns of an image, of rows that are
 * runs of memory: {@code m} rows of outputs are made of {@code m + r − 1} of inputs for filters of
 * {@code r} rows.
 */
abstract class WinogradLineTransforms {
  /** Rows of outputs in a tile: m. */
  final int tile;

  /** Rows of a transformed tile: m + r − 1. */
  final int extent;

  WinogradLineTransforms(int tile, int extent) {
    this.tile = tile;
    this.extent = extent;
  }

  /**
   * Row i of {@code Bᵀ d}, of a line's rows of pixels.
   *
   * @param n elements of a row, rounded up to whole vectors
   * @param first row of the image that is the line's first
   */
  abstract void inputRow(
      int i, int n, WinogradLines lines, int image, int first, float[] t, int tOffset);

  /**
   * Row i of {@code A dy}, of a line's rows of pixels.
   *
   * @param n elements of a row, rounded up to whole vectors
   * @param first row of the image that is the line's first
   */
  abstract void gradientRow(
      int i, int n, WinogradLines lines, int image, int first, float[] t, int tOffset);
}
