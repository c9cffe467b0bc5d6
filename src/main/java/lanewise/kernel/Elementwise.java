package lanewise.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static lanewise.kernel.Simd.FLOATS;
import static lanewise.kernel.Simd.LANES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Arithmetic over {@code n} elements. The array written may be one of those read, at the same
 * offset.
 */
public final class Elementwise {
  private Elementwise() {}

  /** {@code y = a + b}. */
  public static void add(
      int n, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += LANES) {
      fromArray(FLOATS, a, aOffset + i)
          .add(fromArray(FLOATS, b, bOffset + i))
          .intoArray(y, yOffset + i);
    }
    for (; i < n; i++) {
      y[yOffset + i] = a[aOffset + i] + b[bOffset + i];
    }
  }

  /** {@code y = min(max(a + b, low), high)}; NaN stays NaN, and a bound that is NaN is none. */
  public static void addClamped(
      int n,
      float low,
      float high,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      float[] y,
      int yOffset) {
    FloatVector least = broadcast(FLOATS, low);
    FloatVector most = broadcast(FLOATS, high);
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += LANES) {
      FloatVector v = fromArray(FLOATS, a, aOffset + i).add(fromArray(FLOATS, b, bOffset + i));
      v.blend(least, v.compare(VectorOperators.LT, least))
          .blend(most, v.compare(VectorOperators.GT, most))
          .intoArray(y, yOffset + i);
    }
    for (; i < n; i++) {
      float v = a[aOffset + i] + b[bOffset + i];
      y[yOffset + i] = v < low ? low : v > high ? high : v;
    }
  }

  /** {@code y = a · b}. */
  public static void multiply(
      int n, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += LANES) {
      fromArray(FLOATS, a, aOffset + i)
          .mul(fromArray(FLOATS, b, bOffset + i))
          .intoArray(y, yOffset + i);
    }
    for (; i < n; i++) {
      y[yOffset + i] = a[aOffset + i] * b[bOffset + i];
    }
  }

  /** {@code y = alpha · x}. */
  public static void scale(int n, float alpha, float[] x, int xOffset, float[] y, int yOffset) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += LANES) {
      fromArray(FLOATS, x, xOffset + i).mul(alpha).intoArray(y, yOffset + i);
    }
    for (; i < n; i++) {
      y[yOffset + i] = alpha * x[xOffset + i];
    }
  }

  /** {@code y = value}. */
  public static void fill(int n, float value, float[] y, int yOffset) {
    Arrays.fill(y, yOffset, yOffset + n, value);
  }

  /** {@code y[i, j] = x[i, j]}, rows {@code ldx} and {@code ldy} apart. */
  public static void copy(
      int rows, int columns, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy) {
    for (int i = 0; i < rows; i++) {
      System.arraycopy(x, xOffset + i * ldx, y, yOffset + i * ldy, columns);
    }
  }

  /** {@code y = min(max(x, low), high)}; NaN stays NaN. */
  public static void clamp(
      int n, float low, float high, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0, step; i < n; i += step) {
      step = n - i >= LANES ? LANES : 1;
      FloatVector v =
          step == LANES ? fromArray(FLOATS, x, xOffset + i) : broadcast(FLOATS, x[xOffset + i]);
      FloatVector r =
          v.blend(low, v.compare(VectorOperators.LT, low))
              .blend(high, v.compare(VectorOperators.GT, high));
      if (step == LANES) {
        r.intoArray(y, yOffset + i);
      } else {
        y[yOffset + i] = r.lane(0);
      }
    }
  }
}
