package lanewise.kernel;

import static jdk.incubator.vector.FloatVector.fromArray;
import static lanewise.kernel.Simd.FLOATS;
import static lanewise.kernel.Simd.LANES;

import jdk.incubator.vector.FloatVector;
import lanewise.shape.PoolingShape;

/**
 * Average pooling of one image, vectorized over the channels. As in {@link MaxPooling}, a pixel's
 * last vector reads and writes on into the next.
 */
// y, x: row, column; input positions are iy, ix, output positions oy, ox.
final class AveragePooling {
  private AveragePooling() {}

  /** {@code y = Σ x / count}. */
  static void forward(
      PoolingShape s, boolean countIncludePad, float[] x, int xFrom, float[] y, int yFrom) {
    int outHeight = s.outHeight();
    int outWidth = s.outWidth();
    int to = yFrom;
    for (int oy = 0; oy < outHeight; oy++) {
      int iy = oy * s.strideHeight() - s.padTop();
      int ky = Pooling.firstInside(iy);
      int rows = Pooling.endInside(iy, s.kernelHeight(), s.inHeight()) - ky;
      for (int ox = 0, run; ox < outWidth; ox += run) {
        int ix = ox * s.strideWidth() - s.padLeft();
        int kx = Pooling.firstInside(ix);
        int columns = Pooling.endInside(ix, s.kernelWidth(), s.inWidth()) - kx;
        run = Pooling.run(ix, s.kernelWidth(), s.strideWidth(), s.inWidth(), outWidth - ox);
        float count = countIncludePad ? paddedCount(s, iy, ix) : rows * columns;
        int from = xFrom + ((iy + ky) * s.inWidth() + ix + kx) * s.channels();
        int lastTap = ((rows - 1) * s.inWidth() + columns - 1) * s.channels();
        int lastFrom = xFrom + s.inImageSize() - lastTap - LANES;
        int lastTo = yFrom + outHeight * outWidth * s.channels() - LANES;
        means(s, rows, columns, count, run, x, from, lastFrom, y, to, lastTo);
        to += run * s.channels();
      }
    }
  }

  /** Windows side by side. Beyond {@code lastFrom} or {@code lastTo} no whole vector fits. */
  private static void means(
      PoolingShape s,
      int rows,
      int columns,
      float count,
      int windows,
      float[] x,
      int xOffset,
      int lastFrom,
      float[] y,
      int yOffset,
      int lastTo) {
    int channels = s.channels();
    int step = s.strideWidth() * channels;
    int below = s.inWidth() * channels;
    boolean four = rows == 2 && columns == 2;
    int from = xOffset;
    int to = yOffset;
    int c = 0;
    // One loop over windows and channels: of two, the inner would be set up anew for few turns.
    for (int left = windows; left > 0; ) {
      int done = LANES;
      if (from > lastFrom || to > lastTo) {
        y[to] = meanOfChannel(rows, columns, count, channels, below, x, from);
        done = 1;
      } else if (four) {
        meanOfFour(count, channels, below, x, from, y, to);
      } else {
        meanOfWindow(rows, columns, count, channels, below, x, from, y, to);
      }
      c += done;
      from += done;
      to += done;
      if (c >= channels) {
        from += step - c;
        to += channels - c;
        c = 0;
        left--;
      }
    }
  }

  private static void meanOfFour(
      float count, int right, int below, float[] x, int xOffset, float[] y, int yOffset) {
    FloatVector.zero(FLOATS)
        .add(fromArray(FLOATS, x, xOffset))
        .add(fromArray(FLOATS, x, xOffset + right))
        .add(fromArray(FLOATS, x, xOffset + below))
        .add(fromArray(FLOATS, x, xOffset + below + right))
        .div(count)
        .intoArray(y, yOffset);
  }

  private static void meanOfWindow(
      int rows,
      int columns,
      float count,
      int right,
      int below,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset) {
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int ky = 0; ky < rows; ky++) {
      for (int kx = 0; kx < columns; kx++) {
        sum = sum.add(fromArray(FLOATS, x, xOffset + ky * below + kx * right));
      }
    }
    sum.div(count).intoArray(y, yOffset);
  }

  private static float meanOfChannel(
      int rows, int columns, float count, int right, int below, float[] x, int xOffset) {
    float sum = 0;
    for (int ky = 0; ky < rows; ky++) {
      for (int kx = 0; kx < columns; kx++) {
        sum += x[xOffset + ky * below + kx * right];
      }
    }
    return sum / count;
  }

  /** {@code dInput ← dInput + dOutput / count} over each window, in the outputs' order. */
  static void backward(
      PoolingShape s,
      boolean countIncludePad,
      float[] dOutput,
      int outFrom,
      float[] dInput,
      int inFrom) {
    int from = outFrom;
    for (int oy = 0; oy < s.outHeight(); oy++) {
      int iy = oy * s.strideHeight() - s.padTop();
      int ky = Pooling.firstInside(iy);
      int rows = Pooling.endInside(iy, s.kernelHeight(), s.inHeight()) - ky;
      for (int ox = 0; ox < s.outWidth(); ox++) {
        int ix = ox * s.strideWidth() - s.padLeft();
        int kx = Pooling.firstInside(ix);
        int columns = Pooling.endInside(ix, s.kernelWidth(), s.inWidth()) - kx;
        float share = 1f / (countIncludePad ? paddedCount(s, iy, ix) : rows * columns);
        for (int i = 0; i < rows * columns; i++) {
          int pixel = (iy + ky + i / columns) * s.inWidth() + ix + kx + i % columns;
          int to = inFrom + pixel * s.channels();
          Axpy.add(s.channels(), share, dOutput, from, dInput, to);
        }
        from += s.channels();
      }
    }
  }

  /** Elements of the window that starts at (iy, ix), padding included; what lies beyond is not. */
  private static int paddedCount(PoolingShape s, int iy, int ix) {
    return Pooling.endInside(iy, s.kernelHeight(), s.inHeight() + s.padBottom())
        * Pooling.endInside(ix, s.kernelWidth(), s.inWidth() + s.padRight());
  }
}
