package lanewise.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static lanewise.kernel.Simd.FLOATS;
import static lanewise.kernel.Simd.LANES;

import jdk.incubator.vector.FloatVector;

/** A multiple of one vector added to another, {@code y ← alpha · x + y}. */
public final class Axpy {
  static {
    VectorModule.require();
  }

  private Axpy() {}

  /**
   * {@code y[i] ← alpha · x[i] + y[i]}, each element rounded once.
   *
   * <p>{@code x} and {@code y} have {@code n} elements; they may be the same, but must not overlap
   * otherwise. Modified: y.
   *
   * @throws IllegalArgumentException if {@code n} is negative, or y overlaps x without being x
   * @throws IndexOutOfBoundsException if a vector does not lie within its array
   */
  public static void add(int n, float alpha, float[] x, int xOffset, float[] y, int yOffset) {
    if (n < 0) {
      throw new IllegalArgumentException("Axpy: n must be at least 0, got " + n);
    }
    int xEnd = Operands.vector("Axpy", "x", n, x, xOffset);
    int yEnd = Operands.vector("Axpy", "y", n, y, yOffset);
    if (xOffset != yOffset) {
      Operands.apart("Axpy", "x", x, xOffset, xEnd, "y", y, yOffset, yEnd);
    }
    FloatVector alphas = broadcast(FLOATS, alpha);
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += LANES) {
      alphas
          .fma(fromArray(FLOATS, x, xOffset + i), fromArray(FLOATS, y, yOffset + i))
          .intoArray(y, yOffset + i);
    }
    for (; i < n; i++) {
      y[yOffset + i] = Math.fma(alpha, x[xOffset + i], y[yOffset + i]);
    }
  }
}
