package lanewise.kernel;

/** Softmax by row. */
public final class Softmax {
  private Softmax() {}

  /** {@code y = exp(x − max x) / Σ exp(x − max x)} for each row of {@code [rows, columns]}. */
  public static void forward(
      int rows, int columns, float[] x, int xOffset, float[] y, int yOffset) {
    for (int r = 0; r < rows; r++) {
      int from = xOffset + r * columns;
      int to = yOffset + r * columns;
      float max = Float.NEGATIVE_INFINITY;
      for (int j = 0; j < columns; j++) {
        max = Math.max(max, x[from + j]);
      }
      float sum = 0;
      for (int j = 0; j < columns; j++) {
        y[to + j] = (float) StrictMath.exp(x[from + j] - max);
        sum += y[to + j];
      }
      for (int j = 0; j < columns; j++) {
        y[to + j] /= sum;
      }
    }
  }

  /** {@code dInput = y · (dOutput − Σ y · dOutput)} for each row. */
  public static void backward(
      int rows,
      int columns,
      float[] y,
      int yOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset) {
    for (int r = 0; r < rows; r++) {
      float dot = 0;
      for (int j = r * columns; j < (r + 1) * columns; j++) {
        dot += y[yOffset + j] * dOutput[dOutputOffset + j];
      }
      for (int j = r * columns; j < (r + 1) * columns; j++) {
        dInput[dInputOffset + j] = y[yOffset + j] * (dOutput[dOutputOffset + j] - dot);
      }
    }
  }
}
