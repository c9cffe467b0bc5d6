package lanewise.kernel;

import java.util.Arrays;
import lanewise.shape.ConvolutionShape;

/**
 * What lines of tiles read of images with {@code height × width} pixels, of the product's input or
 * its output's gradient.
 */
final class WinogradLines {
  private static final float[] NOTHING = {};

  private float[] array = NOTHING;
  private float[] zeros = NOTHING; // a row outside the images
  private float[] last = NOTHING; // the last row, where nothing follows that a vector could read
  private int lastImage; // whose it is; -1 if it is read where it lies
  private int offset;
  private int height;
  private int width;
  private int channels;
  private int top;
  private int left;
  private int columns;
  private int valid; // elements of a line's row that lie within the image
  private int vectors; // the same, rounded up to whole vectors
  private WinogradTiling tiling = new WinogradTiling();

  /** Sets the input as what is read. */
  void input(ConvolutionShape s, float[] input, int offset, WinogradTiling tiling) {
    set(
        input,
        offset,
        s.batch(),
        s.inHeight(),
        s.inWidth(),
        s.inChannels(),
        s.padTop(),
        s.padLeft(),
        s.kernelWidth() - 1,
        tiling);
  }

  /** Sets the gradient of the output as what is read, pixel by pixel of the tiles. */
  void gradient(ConvolutionShape s, float[] dOutput, int offset, WinogradTiling tiling) {
    set(dOutput, offset, s.batch(), s.outHeight(), s.outWidth(), s.outChannels(), 0, 0, 0, tiling);
  }

  /**
   * Sets which images are read.
   *
   * @param top rows of zeros above an image
   * @param left columns of zeros to its left
   * @param margin pixels that a row of tiles reads beyond those it writes
   */
  void set(
      float[] array,
      int offset,
      int batch,
      int height,
      int width,
      int channels,
      int top,
      int left,
      int margin,
      WinogradTiling tiling) {
    this.array = array;
    this.offset = offset;
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.top = top;
    this.left = left;
    this.tiling = tiling;
    columns = tiling.dilationWidth * (tiling.tileWidth * tiling.tilesAcross + margin);
    valid = Math.min(columns - left, width) * channels;
    vectors = Math.ceilDiv(valid, Simd.LANES) * Simd.LANES;
    int row = width * channels;
    if (zeros.length < Math.max(row, vectors)) {
      zeros = new float[Math.max(row, vectors)];
    }
    int start = offset + (batch * height - 1) * row;
    lastImage = start + vectors > array.length ? batch - 1 : -1;
    if (lastImage >= 0) {
      if (last.length < zeros.length) {
        last = new float[zeros.length];
      }
      System.arraycopy(array, start, last, 0, row);
    }
  }

  void clear() {
    array = NOTHING;
  }

  /** Elements of a row of a line. */
  int rowSize() {
    return columns * channels;
  }

  /**
   * Rows {@code first} to {@code last} of {@code Bᵀ d}, {@code step} apart. Lines come upward where
   * a row is no whole vectors: their last ones write on beyond it.
   */
  void input(int line, int first, int last, float[] t, int tOffset, int step) {
    int image = line / tiling.linesPerImage;
    int y = tiling.firstRow(line) - top;
    for (int i = first; i < last; i++) {
      int row = tOffset + (i - first) * step;
      tiling.transforms.inputRow(i, vectors, this, image, y, t, row + left * channels);
      pad(t, row);
    }
  }

  /** Rows {@code first} to {@code last} of {@code A dy}, likewise. */
  void gradient(int line, int first, int last, float[] t, int tOffset, int step) {
    int image = line / tiling.linesPerImage;
    int y = tiling.firstRow(line) - top;
    for (int i = first; i < last; i++) {
      int row = tOffset + (i - first) * step;
      tiling.transforms.gradientRow(i, vectors, this, image, y, t, row + left * channels);
      pad(t, row);
    }
  }

  /** Writes the zeros around a row's elements. */
  private void pad(float[] t, int row) {
    int from = row + left * channels;
    Arrays.fill(t, row, from, 0);
    Arrays.fill(t, from + valid, row + rowSize(), 0);
  }

  /** Where row {@code row} of a line stands that begins at row {@code first}; zeros if outside. */
  float[] array(int image, int first, int row) {
    int y = first + row * tiling.dilationHeight;
    if (!inside(y)) {
      return zeros;
    }
    return isLast(image, y) ? last : array;
  }

  /** Where in {@link #array} it begins. */
  int offset(int image, int first, int row) {
    int y = first + row * tiling.dilationHeight;
    if (!inside(y) || isLast(image, y)) {
      return 0;
    }
    return offset + (image * height + y) * width * channels;
  }

  private boolean inside(int y) {
    return y >= 0 && y < height;
  }

  private boolean isLast(int image, int y) {
    return image == lastImage && y == height - 1;
  }
}
