package lanewise.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static lanewise.kernel.Simd.FLOATS;
import static lanewise.kernel.Simd.LANES;

import jdk.incubator.vector.FloatVector;

/** Softmax over the rows of {@code [rows, columns]}. In place is allowed. */
public final class Softmax {
  private Softmax() {}

  /** {@code y = e^(x − max x) / Σ e^(x − max x)} for each row. */
  public static void forward(
      int rows, int columns, float[] x, int xOffset, float[] y, int yOffset) {
    for (int r = 0; r < rows; r++) {
      shiftRow(columns, x, xOffset + r * columns, y, yOffset + r * columns);
    }
    // All rows at once: no tail for each where they are short.
    VectorMath.exp(rows * columns, y, yOffset, y, yOffset);
    for (int r = 0; r < rows; r++) {
      int at = yOffset + r * columns;
      Elementwise.scale(columns, 1 / Reductions.sum(columns, y, at), y, at, y, at);
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
      int yAt = yOffset + r * columns;
      int dOutputAt = dOutputOffset + r * columns;
      float dot = Dot.product(columns, y, yAt, dOutput, dOutputAt);
      backwardRow(columns, y, yAt, dot, dOutput, dOutputAt, dInput, dInputOffset + r * columns);
    }
  }

  /** {@code y = x − max x}. */
  static void shiftRow(int n, float[] x, int xOffset, float[] y, int yOffset) {
    float max = Reductions.max(n, x, xOffset);
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += LANES) {
      fromArray(FLOATS, x, xOffset + i).sub(max).intoArray(y, yOffset + i);
    }
    for (; i < n; i++) {
      y[yOffset + i] = x[xOffset + i] - max;
    }
  }

  private static void backwardRow(
      int n,
      float[] y,
      int yOffset,
      float dot,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset) {
    FloatVector dots = broadcast(FLOATS, dot);
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += LANES) {
      fromArray(FLOATS, dOutput, dOutputOffset + i)
          .sub(dots)
          .mul(fromArray(FLOATS, y, yOffset + i))
          .intoArray(dInput, dInputOffset + i);
    }
    for (; i < n; i++) {
      dInput[dInputOffset + i] = (dOutput[dOutputOffset + i] - dot) * y[yOffset + i];
    }
  }
}
