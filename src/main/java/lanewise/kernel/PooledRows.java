package lanewise.kernel;

import lanewise.shape.ConvolutionShape;
import lanewise.shape.PoolingShape;
import org.jspecify.annotations.Nullable;

/**
 * The max pooling that rows of a convolution's output go through as they are made, so that they
 * need not be stored as a whole. A unit is the rows of the output that one row of maxima reads.
 */
final class PooledRows implements AutoCloseable {
  private static final float[] NOTHING = {};

  /** Floats that must follow the rows: a vector of few channels reads on beyond them. */
  static final int SLACK = 16;

  private @Nullable PoolingShape shape;
  private float[] maxima = NOTHING;
  private int offset;
  private byte @Nullable [] argmax;

  /** Whether each row of a convolution's output belongs to one row of the windows at most. */
  static boolean suits(ConvolutionShape s, PoolingShape pooling) {
    return pooling.batch() == s.batch()
        && pooling.inHeight() == s.outHeight()
        && pooling.inWidth() == s.outWidth()
        && pooling.channels() == s.outChannels()
        && pooling.kernelHeight() <= pooling.strideHeight()
        && pooling.padTop() == 0;
  }

  /** Sets where maxima go, until it is closed. */
  PooledRows set(PoolingShape shape, float[] maxima, int offset, byte @Nullable [] argmax) {
    this.shape = shape;
    this.maxima = maxima;
    this.offset = offset;
    this.argmax = argmax;
    return this;
  }

  @Override
  public void close() {
    shape = null;
    maxima = NOTHING;
    argmax = null;
  }

  /** The pooling, or null if rows are stored as they are. */
  @Nullable PoolingShape shape() {
    return shape;
  }

  /**
   * Pools the rows that rows {@code first … end − 1} of an image's maxima read.
   *
   * @param from where the first of them stands; all lie before {@code rowsEnd}
   */
  void pool(int image, int first, int end, float[] rows, int from, int rowsEnd) {
    PoolingShape s = shape;
    if (s == null) {
      return;
    }
    int row = s.inWidth() * s.channels();
    int to = at(s, image, first);
    int origin = from - first * s.strideHeight() * row;
    MaxPooling.forward(s, first, end, rows, origin, rowsEnd, maxima, offset + to, argmax, to);
  }

  /** As {@link #pool}, for a convolution in planes, which stores no rows. */
  void poolPlanes(
      Patches patches,
      int image,
      int first,
      int end,
      float[] x,
      int base,
      float[] weights,
      TileStore store,
      Scratch scratch) {
    PoolingShape s = shape;
    if (s == null) {
      return;
    }
    int to = at(s, image, first);
    patches.maxima(
        end - first, s, x, base, weights, store, maxima, offset + to, argmax, to, scratch);
  }

  private static int at(PoolingShape s, int image, int row) {
    return (image * s.outHeight() + row) * s.outWidth() * s.channels();
  }
}
