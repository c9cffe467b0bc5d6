package lanewise.kernel;

/** Functions of one variable. */
public final class VectorMath {
  private VectorMath() {}

  /** The function exp. */
  public static void exp(int n, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = (float) StrictMath.exp(x[xOffset + i]);
    }
  }

  /** The function log. */
  public static void log(int n, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = (float) StrictMath.log(x[xOffset + i]);
    }
  }

  /** The function tanh. */
  public static void tanh(int n, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = (float) StrictMath.tanh(x[xOffset + i]);
    }
  }

  /** The function sigmoid. */
  public static void sigmoid(int n, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = (float) (1 / (1 + StrictMath.exp(-x[xOffset + i])));
    }
  }
}
