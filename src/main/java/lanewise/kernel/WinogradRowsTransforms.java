package lanewise.kernel;

import static lanewise.kernel.Simd.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Winograd's minimal filtering F(m, r) along the height alone, m + r = 7 (Winograd, <i>Arithmetic
 * Complexity of Computations</i>, 1980): of rows of pixels d, rows of a filter g and rows of
 * outputs y,
 *
 * <pre>
 * y  = Aᵀ [(G g) ∗ (Bᵀ d)]      m rows of outputs from 6 of inputs, ∗ along the width
 * dg = Gᵀ [(A dy) ∗ (Bᵀ d)]     what they add to the filter's gradient
 * </pre>
 *
 * Bᵀ is that of {@link Winograd4x4}, as the points are. With those p, and the factors N before the
 * columns of its G, rows of G are N (1, p, …, pʳ⁻¹), rows of A (1, p, …, pᵐ⁻¹), and of ∞ the last
 * unit vector.
 */
final class WinogradRowsTransforms extends WinogradLineTransforms {
  private static final VectorSpecies<Float> S = Simd.FLOATS;

  static final int EXTENT = 6;

  private static final float ROOT = 1.4142135f; // √2

  /** F(4, 3). */
  static final WinogradRowsTransforms THREE = new WinogradRowsTransforms(3);

  /** F(2, 5). */
  static final WinogradRowsTransforms FIVE = new WinogradRowsTransforms(5);

  private final int kernel; // r
  private final float[] g; // G, [EXTENT, r]

  private WinogradRowsTransforms(int kernel) {
    super(EXTENT + 1 - kernel, EXTENT);
    this.kernel = kernel;
    g = g(kernel);
  }

  private static float[] g(int kernel) {
    double root = Math.sqrt(2);
    double[] points = {0, root / 2, -root / 2, root, -root};
    double[] factors = {1, -2 / 3.0, -2 / 3.0, 1 / 6.0, 1 / 6.0};
    float[] g = new float[EXTENT * kernel];
    for (int i = 0; i < points.length; i++) {
      double power = factors[i];
      for (int j = 0; j < kernel; j++) {
        g[i * kernel + j] = (float) power;
        power *= points[i];
      }
    }
    g[EXTENT * kernel - 1] = 1;
    return g;
  }

  /** Those for filters of {@code kernel} rows: 3 or 5. */
  static WinogradRowsTransforms of(int kernel) {
    return kernel == 3 ? THREE : FIVE;
  }

  @Override
  void inputRow(int i, int n, WinogradLines lines, int image, int first, float[] t, int tOffset) {
    Winograd4x4.TRANSFORMS.inputRow(i, n, lines, image, first, t, tOffset);
  }

  @Override
  void gradientRow(
      int i, int n, WinogradLines lines, int image, int first, float[] t, int tOffset) {
    if (kernel == 3) {
      Winograd4x4.TRANSFORMS.gradientRow(i, n, lines, image, first, t, tOffset);
      return;
    }
    float[] dy0 = lines.array(image, first, 0);
    float[] dy1 = lines.array(image, first, 1);
    int dy0Offset = lines.offset(image, first, 0);
    int dy1Offset = lines.offset(image, first, 1);
    switch (i) {
      case 0 -> System.arraycopy(dy0, dy0Offset, t, tOffset, n);
      case 1 -> sum(n, dy0, dy0Offset, ROOT / 2, dy1, dy1Offset, t, tOffset);
      case 2 -> sum(n, dy0, dy0Offset, -ROOT / 2, dy1, dy1Offset, t, tOffset);
      case 3 -> sum(n, dy0, dy0Offset, ROOT, dy1, dy1Offset, t, tOffset);
      case 4 -> sum(n, dy0, dy0Offset, -ROOT, dy1, dy1Offset, t, tOffset);
      default -> System.arraycopy(dy1, dy1Offset, t, tOffset, n);
    }
  }

  /** {@code t = x + k y}. */
  private static void sum(
      int n, float[] x, int xOffset, float k, float[] y, int yOffset, float[] t, int tOffset) {
    FloatVector factor = FloatVector.broadcast(S, k);
    for (int e = 0; e < n; e += LANES) {
      FloatVector.fromArray(S, y, yOffset + e)
          .fma(factor, FloatVector.fromArray(S, x, xOffset + e))
          .intoArray(t, tOffset + e);
    }
  }

  /**
   * {@code y = Aᵀ m}, m rows of {@code n} elements.
   *
   * @param n at least a vector
   * @param plane from one row of m to the next
   * @param pitch likewise of y
   */
  void output(int n, float[] m, int mOffset, int plane, float[] y, int yOffset, int pitch) {
    int whole = n - n % LANES;
    outputVectors(whole, m, mOffset, plane, y, yOffset, pitch);
    if (whole < n) {
      int last = n - LANES;
      outputVectors(LANES, m, mOffset + last, plane, y, yOffset + last, pitch);
    }
  }

  private void outputVectors(
      int n, float[] m, int mOffset, int plane, float[] y, int yOffset, int pitch) {
    if (kernel == 3) {
      Winograd4x4.output(n, m, mOffset, plane, y, yOffset, pitch);
    } else {
      outputTwo(n, m, mOffset, plane, y, yOffset, pitch);
    }
  }

  private static void outputTwo(
      int n, float[] m, int mOffset, int plane, float[] y, int yOffset, int pitch) {
    FloatVector root = FloatVector.broadcast(S, ROOT);
    FloatVector half = FloatVector.broadcast(S, ROOT / 2);
    for (int e = 0; e < n; e += LANES) {
      int from = mOffset + e;
      FloatVector m1 = FloatVector.fromArray(S, m, from + plane);
      FloatVector m2 = FloatVector.fromArray(S, m, from + 2 * plane);
      FloatVector m3 = FloatVector.fromArray(S, m, from + 3 * plane);
      FloatVector m4 = FloatVector.fromArray(S, m, from + 4 * plane);
      FloatVector m0 = FloatVector.fromArray(S, m, from);
      m0.add(m1.add(m2)).add(m3.add(m4)).intoArray(y, yOffset + e);
      FloatVector m5 = FloatVector.fromArray(S, m, from + 5 * plane);
      m3.sub(m4).fma(root, m1.sub(m2).fma(half, m5)).intoArray(y, yOffset + pitch + e);
    }
  }

  /**
   * Row i of {@code G g}.
   *
   * @param n elements of a row of the filter
   * @param turns whether the filter's rows count from the last
   */
  void filter(int i, int n, boolean turns, float[] filter, int filterOffset, float[] u) {
    for (int j = 0; j < kernel; j++) {
      int from = filterOffset + (turns ? kernel - 1 - j : j) * n;
      float factor = g[i * kernel + j];
      if (j == 0) {
        Elementwise.scale(n, factor, filter, from, u, 0);
      } else {
        Axpy.add(n, factor, filter, from, u, 0);
      }
    }
  }

  /** Adds to {@code Gᵀ u} what row i of u gives; the first sets it. */
  void filterGradient(int i, int n, float[] u, int uOffset, float[] dFilter, int dFilterOffset) {
    for (int j = 0; j < kernel; j++) {
      int to = dFilterOffset + j * n;
      float factor = g[i * kernel + j];
      if (i == 0) {
        Elementwise.scale(n, factor, u, uOffset, dFilter, to);
      } else {
        Axpy.add(n, factor, u, uOffset, dFilter, to);
      }
    }
  }
}
