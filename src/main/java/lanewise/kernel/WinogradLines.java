package lanewise.kernel;

import java.util.Arrays;

/**
 * What lines of tiles read of images with {@code height × width} pixels, of the product's input or
 * its output's gradient.
 */
final class WinogradLines {
  private static final float[] NOTHING = {};

  private float[] array = NOTHING;
  private float[] zeros = NOTHING; // a row outside the images
  private int offset;
  private int height;
  private int width;
  private int channels;
  private int top;
  private int left;
  private int columns;
  private WinogradTiling tiling = new WinogradTiling();

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
    columns = tiling.dilationWidth * (tiling.transforms.tile * tiling.tilesAcross + margin);
    if (zeros.length < width * channels) {
      zeros = new float[width * channels];
    }
  }

  void clear() {
    array = NOTHING;
  }

  /** Elements of a row of a line. */
  int rowSize() {
    return columns * channels;
  }

  /** Rows {@code first} to {@code last} of {@code Bᵀ d}. */
  void input(int line, int first, int last, float[] t) {
    int n = valid();
    int image = line / tiling.linesPerImage;
    int y = tiling.firstRow(line) - top;
    for (int i = first; i < last; i++) {
      tiling.transforms.inputRow(i, n, this, image, y, t, pad(n, t, (i - first) * rowSize()));
    }
  }

  /** Rows {@code first} to {@code last} of {@code A dy}. */
  void gradient(int line, int first, int last, float[] t) {
    int n = valid();
    int image = line / tiling.linesPerImage;
    int y = tiling.firstRow(line) - top;
    for (int i = first; i < last; i++) {
      tiling.transforms.gradientRow(i, n, this, image, y, t, pad(n, t, (i - first) * rowSize()));
    }
  }

  /** Elements of a line's row that lie within the image. */
  private int valid() {
    return Math.min(columns - left, width) * channels;
  }

  /** Writes the zeros around the n elements of a row, and returns where these begin. */
  private int pad(int n, float[] t, int tOffset) {
    int from = tOffset + left * channels;
    Arrays.fill(t, tOffset, from, 0);
    Arrays.fill(t, from + n, tOffset + rowSize(), 0);
    return from;
  }

  /** Where row {@code row} of a line stands that begins at row {@code first}; zeros if outside. */
  float[] array(int first, int row) {
    return inside(first + row * tiling.dilationHeight) ? array : zeros;
  }

  /** Where in {@link #array} it begins. */
  int offset(int image, int first, int row) {
    int y = first + row * tiling.dilationHeight;
    return inside(y) ? offset + (image * height + y) * width * channels : 0;
  }

  private boolean inside(int y) {
    return y >= 0 && y < height;
  }
}
