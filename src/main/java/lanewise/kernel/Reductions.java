package lanewise.kernel;

/** Sums and searches over arrays. */
public final class Reductions {
  private Reductions() {}

  /** {@code Σ x}. */
  public static float sum(int n, float[] x, int xOffset) {
    float sum = 0;
    for (int i = 0; i < n; i++) {
      sum += x[xOffset + i];
    }
    return sum;
  }

  /** {@code Σ x²}. */
  public static float sumOfSquares(int n, float[] x, int xOffset) {
    return dot(n, x, xOffset, x, xOffset);
  }

  /** {@code Σ x · y}. */
  public static float dot(int n, float[] x, int xOffset, float[] y, int yOffset) {
    float sum = 0;
    for (int i = 0; i < n; i++) {
      sum = Math.fma(x[xOffset + i], y[yOffset + i], sum);
    }
    return sum;
  }

  /** The greatest element that is not NaN, or −∞. */
  public static float max(int n, float[] x, int xOffset) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = x[xOffset + i] > max ? x[xOffset + i] : max;
    }
    return max;
  }

  /** {@code out[j] = Σ x[i, j]} over the rows of {@code x [rows, columns]}. */
  public static void columnSums(
      int rows, int columns, float[] x, int xOffset, int ldx, float[] out, int outOffset) {
    for (int j = 0; j < columns; j++) {
      float sum = 0;
      for (int i = 0; i < rows; i++) {
        sum += x[xOffset + i * ldx + j];
      }
      out[outOffset + j] = sum;
    }
  }

  /** The index of the first maximum. */
  public static int argMax(int n, float[] x, int xOffset) {
    int best = 0;
    for (int i = 1; i < n; i++) {
      if (x[xOffset + i] > x[xOffset + best]) {
        best = i;
      }
    }
    return best;
  }

  /** The index of the first element that is NaN or infinite, or −1. */
  public static int firstNonFinite(int n, float[] x, int xOffset) {
    for (int i = 0; i < n; i++) {
      if (!Float.isFinite(x[xOffset + i])) {
        return i;
      }
    }
    return -1;
  }
}
