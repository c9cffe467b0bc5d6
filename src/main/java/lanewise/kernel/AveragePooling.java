package lanewise.kernel;

import static jdk.incubator.vector.FloatVector.fromArray;
import static lanewise.kernel.Simd.FLOATS;
import static lanewise.kernel.Simd.LANES;

import jdk.incubator.vector.FloatVector;
import lanewise.shape.PoolingShape;

/** Average pooling of one image, vectorized over the channels. */
// y, x: row, column; input positions are iy, ix, output positions oy, ox.
final class AveragePooling {
  private AveragePooling() {}

  /** {@code y = Σ x / count}. */
  static void forward(
      PoolingShape s, boolean countIncludePad, float[] x, int xFrom, float[] y, int yFrom) {
    int to = yFrom;
    for (int oy = 0; oy < s.outHeight(); oy++) {
      int iy = oy * s.strideHeight() - s.padTop();
      int ky = Pooling.firstInside(iy);
      int rows = Pooling.endInside(iy, s.kernelHeight(), s.inHeight()) - ky;
      for (int ox = 0; ox < s.outWidth(); ox++) {
        int ix = ox * s.strideWidth() - s.padLeft();
        int kx = Pooling.firstInside(ix);
        int columns = Pooling.endInside(ix, s.kernelWidth(), s.inWidth()) - kx;
        float count = countIncludePad ? paddedCount(s, iy, ix) : rows * columns;
        int from = xFrom + ((iy + ky) * s.inWidth() + ix + kx) * s.channels();
        forwardPixel(s, rows, columns, count, x, from, y, to);
        to += s.channels();
      }
    }
  }

  private static void forwardPixel(
      PoolingShape s,
      int rows,
      int columns,
      float count,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset) {
    int rowStride = s.inWidth() * s.channels();
    int c = 0;
    for (; c < FLOATS.loopBound(s.channels()); c += LANES) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int ky = 0; ky < rows; ky++) {
        for (int kx = 0; kx < columns; kx++) {
          sum = sum.add(fromArray(FLOATS, x, xOffset + ky * rowStride + kx * s.channels() + c));
        }
      }
      sum.div(count).intoArray(y, yOffset + c);
    }
    for (; c < s.channels(); c++) {
      float sum = 0;
      for (int ky = 0; ky < rows; ky++) {
        for (int kx = 0; kx < columns; kx++) {
          sum += x[xOffset + ky * rowStride + kx * s.channels() + c];
        }
      }
      y[yOffset + c] = sum / count;
    }
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
