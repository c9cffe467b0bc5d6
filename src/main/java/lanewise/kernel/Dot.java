package lanewise.kernel;

import static jdk.incubator.vector.FloatVector.fromArray;
import static lanewise.kernel.Simd.FLOATS;
import static lanewise.kernel.Simd.LANES;

import jdk.incubator.vector.FloatVector;

/**
 * The inner product of two vectors, {@code Σ x · y}.
 *
 * <p>The products go to 16 partial sums in the order that {@link Reductions} describes, each by a
 * fused multiply-add, so the bits do not depend on the vector width.
 */
public final class Dot {
  static {
    VectorModule.require();
  }

  private Dot() {}

  /**
   * {@code Σ x[i] · y[i]} over {@code n} elements, 0 for none. The two may overlap or be the same.
   *
   * @throws IllegalArgumentException if {@code n} is negative
   * @throws IndexOutOfBoundsException if a vector does not lie within its array
   */
  public static float product(int n, float[] x, int xOffset, float[] y, int yOffset) {
    if (n < 0) {
      throw new IllegalArgumentException("Dot: n must be at least 0, got " + n);
    }
    Operands.vector("Dot", "x", n, x, xOffset);
    Operands.vector("Dot", "y", n, y, yOffset);
    return sum(n, x, xOffset, y, yOffset);
  }

  /** The product, unchecked. */
  static float sum(int n, float[] x, int xOffset, float[] y, int yOffset) {
    int whole = n - n % Reductions.PARTIALS;
    float sum = 0;
    if (whole > 0) {
      float[] partials = Reductions.partials();
      addProducts(whole, x, xOffset, y, yOffset, partials);
      sum = Reductions.tree(partials, 0);
    }
    return tail(whole, n, x, xOffset, y, yOffset, sum);
  }

  private static void addProducts(
      int n, float[] x, int xOffset, float[] y, int yOffset, float[] partials) {
    FloatVector a = FloatVector.zero(FLOATS);
    FloatVector b = FloatVector.zero(FLOATS);
    FloatVector c = FloatVector.zero(FLOATS);
    FloatVector d = FloatVector.zero(FLOATS);
    for (int i = 0; i < n; i += Reductions.PARTIALS) {
      a = fromArray(FLOATS, x, xOffset + i).fma(fromArray(FLOATS, y, yOffset + i), a);
      if (LANES <= 8) {
        int second = i + LANES;
        b = fromArray(FLOATS, x, xOffset + second).fma(fromArray(FLOATS, y, yOffset + second), b);
      }
      if (LANES <= 4) {
        int third = i + 2 * LANES;
        int fourth = i + 3 * LANES;
        c = fromArray(FLOATS, x, xOffset + third).fma(fromArray(FLOATS, y, yOffset + third), c);
        d = fromArray(FLOATS, x, xOffset + fourth).fma(fromArray(FLOATS, y, yOffset + fourth), d);
      }
    }
    a.intoArray(partials, 0);
    if (LANES <= 8) {
      b.intoArray(partials, LANES);
    }
    if (LANES <= 4) {
      c.intoArray(partials, 2 * LANES);
      d.intoArray(partials, 3 * LANES);
    }
  }

  /** Adds the products from {@code from} on to {@code sum}, one by one. */
  static float tail(int from, int n, float[] x, int xOffset, float[] y, int yOffset, float sum) {
    float total = sum;
    for (int i = from; i < n; i++) {
      total = Math.fma(x[xOffset + i], y[yOffset + i], total);
    }
    return total;
  }
}
