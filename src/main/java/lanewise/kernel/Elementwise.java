package lanewise.kernel;

/** Arithmetic, element by element. */
public final class Elementwise {
  private Elementwise() {}

  /** {@code y = a + b}. */
  public static void add(
      int n, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = a[aOffset + i] + b[bOffset + i];
    }
  }

  /** {@code y = a · b}. */
  public static void multiply(
      int n, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = a[aOffset + i] * b[bOffset + i];
    }
  }

  /** {@code y = alpha · x}. */
  public static void scale(int n, float alpha, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = alpha * x[xOffset + i];
    }
  }

  /** {@code y ← alpha · x + y}, one rounding. */
  public static void axpy(int n, float alpha, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = Math.fma(alpha, x[xOffset + i], y[yOffset + i]);
    }
  }

  /** {@code y = value}. */
  public static void fill(int n, float value, float[] y, int yOffset) {
    java.util.Arrays.fill(y, yOffset, yOffset + n, value);
  }

  /** {@code y = min(max(x, low), high)}; NaN stays NaN. */
  public static void clamp(
      int n, float low, float high, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < n; i++) {
      float v = x[xOffset + i];
      y[yOffset + i] = v < low ? low : v > high ? high : v;
    }
  }
}
