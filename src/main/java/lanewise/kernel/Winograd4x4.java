package lanewise.kernel;

import static lanewise.kernel.Simd.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link WinogradTransforms} of F(4×4, 3×3) at the points 0, ±1/√2, ±√2 and ∞, whose powers stay
 * nearer to 1 than those of 0, ±1, ±2 and ∞: the errors are a quarter as large. With r = √2:
 *
 * <pre>
 *      ⎡1   0  −5/2   0   1 0⎤      ⎡  1    0    0 ⎤       ⎡1   0   0   0 ⎤
 *      ⎢0  −r   −2   r/2  1 0⎥      ⎢−2/3 −r/3 −1/3⎥       ⎢1  r/2 1/2 r/4⎥
 * Bᵀ = ⎢0   r   −2  −r/2  1 0⎥  G = ⎢−2/3  r/3 −1/3⎥   A = ⎢1 −r/2 1/2−r/4⎥
 *      ⎢0 −r/2 −1/2   r   1 0⎥      ⎢ 1/6  r/6  1/3⎥       ⎢1   r   2  2r ⎥
 *      ⎢0  r/2 −1/2  −r   1 0⎥      ⎢ 1/6 −r/6  1/3⎥       ⎢1  −r   2 −2r ⎥
 *      ⎣0   1    0  −5/2  0 1⎦      ⎣  0    0    1 ⎦       ⎣0   0   0   1 ⎦
 * </pre>
 */
final class Winograd4x4 extends WinogradTransforms {
  private static final VectorSpecies<Float> S = Simd.FLOATS;

  private static final float ROOT = 1.4142135f; // √2

  /** Columns 1 to 3 of rows 1 to 4 of Bᵀ; before them stands 0, after them 1 and 0. */
  private static final float[][] B_MIDDLE = {
    {-ROOT, -2, ROOT / 2}, {ROOT, -2, -ROOT / 2}, {-ROOT / 2, -0.5f, ROOT}, {ROOT / 2, -0.5f, -ROOT}
  };

  /** Columns 1 to 3 of rows 1 to 4 of A; before them stands 1. */
  private static final float[][] A_MIDDLE = {
    {ROOT / 2, 0.5f, ROOT / 4},
    {-ROOT / 2, 0.5f, -ROOT / 4},
    {ROOT, 2, 2 * ROOT},
    {-ROOT, 2, -2 * ROOT}
  };

  private static final float[] G = {
    1, 0, 0, //
    -2 / 3f, -ROOT / 3, -1 / 3f, //
    -2 / 3f, ROOT / 3, -1 / 3f, //
    1 / 6f, ROOT / 6, 1 / 3f, //
    1 / 6f, -ROOT / 6, 1 / 3f, //
    0, 0, 1
  };

  static final Winograd4x4 TRANSFORMS = new Winograd4x4();

  private Winograd4x4() {
    super(4, G);
  }

  @Override
  void inputRow(int i, int n, WinogradLines lines, int image, int first, float[] t, int tOffset) {
    if (i == 0 || i == 5) {
      int row = i / 5;
      inputEnd(
          n,
          lines.array(image, first, row),
          lines.offset(image, first, row),
          lines.array(image, first, row + 2),
          lines.offset(image, first, row + 2),
          lines.array(image, first, row + 4),
          lines.offset(image, first, row + 4),
          t,
          tOffset);
    } else {
      float[] k = B_MIDDLE[i - 1];
      middle(n, lines, image, first, k[0], 1, k[1], 2, k[2], 3, 4, t, tOffset);
    }
  }

  @Override
  void gradientRow(
      int i, int n, WinogradLines lines, int image, int first, float[] t, int tOffset) {
    if (i == 0 || i == 5) {
      int row = i / 5 * 3;
      System.arraycopy(
          lines.array(image, first, row), lines.offset(image, first, row), t, tOffset, n);
    } else {
      float[] k = A_MIDDLE[i - 1];
      middle(n, lines, image, first, k[2], 3, k[1], 2, k[0], 1, 0, t, tOffset);
    }
  }

  /** {@code t = k1 · row1 + k2 · row2 + k3 · row3 + row4}, of a line's rows of pixels. */
  private static void middle(
      int n,
      WinogradLines lines,
      int image,
      int first,
      float k1,
      int row1,
      float k2,
      int row2,
      float k3,
      int row3,
      int row4,
      float[] t,
      int tOffset) {
    middle(
        n,
        k1,
        lines.array(image, first, row1),
        lines.offset(image, first, row1),
        k2,
        lines.array(image, first, row2),
        lines.offset(image, first, row2),
        k3,
        lines.array(image, first, row3),
        lines.offset(image, first, row3),
        lines.array(image, first, row4),
        lines.offset(image, first, row4),
        t,
        tOffset);
  }

  /**
   * Row 0 of {@code Bᵀ d}: {@code t = d0 − 5/2 d2 + d4}. Row 5 is the same of d1, d3 and d5.
   *
   * @param n elements of a row
   */
  private static void inputEnd(
      int n,
      float[] d0,
      int d0Offset,
      float[] d2,
      int d2Offset,
      float[] d4,
      int d4Offset,
      float[] t,
      int tOffset) {
    FloatVector factor = FloatVector.broadcast(S, -2.5f);
    for (int e = 0; e < n; e += LANES) {
      FloatVector.fromArray(S, d2, d2Offset + e)
          .fma(
              factor,
              FloatVector.fromArray(S, d0, d0Offset + e)
                  .add(FloatVector.fromArray(S, d4, d4Offset + e)))
          .intoArray(t, tOffset + e);
    }
  }

  /** {@code t = k1 x1 + k2 x2 + k3 x3 + x4}, from the right: a row between the ends. */
  private static void middle(
      int n,
      float k1,
      float[] x1,
      int x1Offset,
      float k2,
      float[] x2,
      int x2Offset,
      float k3,
      float[] x3,
      int x3Offset,
      float[] x4,
      int x4Offset,
      float[] t,
      int tOffset) {
    FloatVector factor1 = FloatVector.broadcast(S, k1);
    FloatVector factor2 = FloatVector.broadcast(S, k2);
    FloatVector factor3 = FloatVector.broadcast(S, k3);
    for (int e = 0; e < n; e += LANES) {
      FloatVector sum = FloatVector.fromArray(S, x4, x4Offset + e);
      sum = FloatVector.fromArray(S, x3, x3Offset + e).fma(factor3, sum);
      sum = FloatVector.fromArray(S, x2, x2Offset + e).fma(factor2, sum);
      sum = FloatVector.fromArray(S, x1, x1Offset + e).fma(factor1, sum);
      sum.intoArray(t, tOffset + e);
    }
  }

  @Override
  void input(
      int tiles,
      int channels,
      int pitch,
      float[] t,
      int tOffset,
      float[] v,
      int vOffset,
      int plane,
      int tileStep,
      int channelStep) {
    for (int tile = 0; tile < tiles; tile++) {
      int pixels = tOffset + 4 * tile * pitch;
      int first = vOffset + tile * tileStep;
      for (int c = 0; c < channels; c += LANES) {
        int from = pixels + c;
        int to = first + c * channelStep;
        FloatVector t0 = FloatVector.fromArray(S, t, from);
        FloatVector t1 = FloatVector.fromArray(S, t, from + pitch);
        FloatVector t2 = FloatVector.fromArray(S, t, from + 2 * pitch);
        FloatVector t3 = FloatVector.fromArray(S, t, from + 3 * pitch);
        FloatVector t4 = FloatVector.fromArray(S, t, from + 4 * pitch);
        FloatVector t5 = FloatVector.fromArray(S, t, from + 5 * pitch);
        FloatVector even = t2.fma(FloatVector.broadcast(S, -2), t4);
        FloatVector odd = t1.fma(FloatVector.broadcast(S, -2), t3).mul(ROOT / 2);
        t2.fma(FloatVector.broadcast(S, -2.5f), t0.add(t4)).intoArray(v, to);
        even.add(odd).intoArray(v, to + plane);
        even.sub(odd).intoArray(v, to + 2 * plane);
        even = t2.fma(FloatVector.broadcast(S, -0.5f), t4);
        odd = t1.fma(FloatVector.broadcast(S, -0.5f), t3).mul(ROOT);
        even.add(odd).intoArray(v, to + 3 * plane);
        even.sub(odd).intoArray(v, to + 4 * plane);
        t3.fma(FloatVector.broadcast(S, -2.5f), t1.add(t5)).intoArray(v, to + 5 * plane);
      }
    }
  }

  @Override
  void gradient(
      int tiles,
      int channels,
      int pitch,
      float[] t,
      int tOffset,
      float[] m,
      int mOffset,
      int plane,
      int tileStep) {
    for (int tile = 0; tile < tiles; tile++) {
      int pixels = tOffset + 4 * tile * pitch;
      int first = mOffset + tile * tileStep;
      for (int c = 0; c < channels; c += LANES) {
        int from = pixels + c;
        int to = first + c;
        FloatVector t0 = FloatVector.fromArray(S, t, from);
        FloatVector t1 = FloatVector.fromArray(S, t, from + pitch);
        FloatVector t2 = FloatVector.fromArray(S, t, from + 2 * pitch);
        FloatVector t3 = FloatVector.fromArray(S, t, from + 3 * pitch);
        FloatVector even = t2.fma(FloatVector.broadcast(S, 0.5f), t0);
        FloatVector odd = t3.fma(FloatVector.broadcast(S, 0.5f), t1).mul(ROOT / 2);
        t0.intoArray(m, to);
        even.add(odd).intoArray(m, to + plane);
        even.sub(odd).intoArray(m, to + 2 * plane);
        even = t2.fma(FloatVector.broadcast(S, 2), t0);
        odd = t3.fma(FloatVector.broadcast(S, 2), t1).mul(ROOT);
        even.add(odd).intoArray(m, to + 3 * plane);
        even.sub(odd).intoArray(m, to + 4 * plane);
        t3.intoArray(m, to + 5 * plane);
      }
    }
  }

  @Override
  void outputRows(int n, float[] m, int mOffset, int plane, float[] s) {
    for (int j = 0; j < 6; j++) {
      output(n, m, mOffset + j * plane, 6 * plane, s, j * n, 6 * n);
    }
  }

  /** {@code y = Aᵀ m}: four rows of n elements, {@code pitch} apart, from six. */
  static void output(int n, float[] m, int mOffset, int plane, float[] y, int yOffset, int pitch) {
    FloatVector half = FloatVector.broadcast(S, 0.5f);
    FloatVector two = FloatVector.broadcast(S, 2);
    for (int e = 0; e < n; e += LANES) {
      int from = mOffset + e;
      int to = yOffset + e;
      FloatVector m1 = FloatVector.fromArray(S, m, from + plane);
      FloatVector m2 = FloatVector.fromArray(S, m, from + 2 * plane);
      FloatVector m3 = FloatVector.fromArray(S, m, from + 3 * plane);
      FloatVector m4 = FloatVector.fromArray(S, m, from + 4 * plane);
      FloatVector sum12 = m1.add(m2);
      FloatVector sum34 = m3.add(m4);
      FloatVector.fromArray(S, m, from).add(sum12).add(sum34).intoArray(y, to);
      sum34.fma(two, sum12.mul(half)).intoArray(y, to + 2 * pitch);
      FloatVector apart12 = m1.sub(m2).mul(ROOT / 2);
      FloatVector apart34 = m3.sub(m4).mul(ROOT);
      apart12.add(apart34).intoArray(y, to + pitch);
      FloatVector m5 = FloatVector.fromArray(S, m, from + 5 * plane);
      apart34.fma(two, apart12.fma(half, m5)).intoArray(y, to + 3 * pitch);
    }
  }

  @Override
  void output(
      int tiles,
      int channels,
      float[] s,
      int sOffset,
      int plane,
      float[] bias,
      int biasOffset,
      float floor,
      float[] y,
      int yOffset,
      int pitch) {
    FloatVector half = FloatVector.broadcast(S, 0.5f);
    FloatVector two = FloatVector.broadcast(S, 2);
    FloatVector least = FloatVector.broadcast(S, floor);
    for (int tile = 0; tile < tiles; tile++) {
      int first = sOffset + tile * channels;
      int pixels = yOffset + 4 * tile * pitch;
      for (int c = 0; c < channels; c += LANES) {
        int from = first + c;
        int to = pixels + c;
        FloatVector shift = FloatVector.fromArray(S, bias, biasOffset + c);
        FloatVector s1 = FloatVector.fromArray(S, s, from + plane);
        FloatVector s2 = FloatVector.fromArray(S, s, from + 2 * plane);
        FloatVector s3 = FloatVector.fromArray(S, s, from + 3 * plane);
        FloatVector s4 = FloatVector.fromArray(S, s, from + 4 * plane);
        FloatVector sum12 = s1.add(s2);
        FloatVector sum34 = s3.add(s4);
        FloatVector s0 = FloatVector.fromArray(S, s, from);
        s0.add(sum12).add(sum34).add(shift).max(least).intoArray(y, to);
        sum34.fma(two, sum12.mul(half)).add(shift).max(least).intoArray(y, to + 2 * pitch);
        FloatVector apart12 = s1.sub(s2).mul(ROOT / 2);
        FloatVector apart34 = s3.sub(s4).mul(ROOT);
        apart12.add(apart34).add(shift).max(least).intoArray(y, to + pitch);
        FloatVector s5 = FloatVector.fromArray(S, s, from + 5 * plane);
        apart34.fma(two, apart12.fma(half, s5)).add(shift).max(least).intoArray(y, to + 3 * pitch);
      }
    }
  }
}
