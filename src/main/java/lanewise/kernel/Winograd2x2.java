package lanewise.kernel;

import static lanewise.kernel.Simd.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link WinogradTransforms} of F(2×2, 3×3) at the points 0, ±1 and ∞:
 *
 * <pre>
 *      ⎡1  0 −1  0⎤      ⎡ 1    0   0 ⎤       ⎡1  0⎤
 * Bᵀ = ⎢0  1  1  0⎥  G = ⎢1/2  1/2 1/2⎥   A = ⎢1  1⎥
 *      ⎢0 −1  1  0⎥      ⎢1/2 −1/2 1/2⎥       ⎢1 −1⎥
 *      ⎣0 −1  0  1⎦      ⎣ 0    0   1 ⎦       ⎣0  1⎦
 * </pre>
 */
final class Winograd2x2 extends WinogradTransforms {
  private static final VectorSpecies<Float> S = Simd.FLOATS;

  private static final float[] G = {
    1, 0, 0, //
    0.5f, 0.5f, 0.5f, //
    0.5f, -0.5f, 0.5f, //
    0, 0, 1
  };

  static final Winograd2x2 TRANSFORMS = new Winograd2x2();

  private Winograd2x2() {
    super(2, G);
  }

  @Override
  void inputRow(int i, int n, WinogradLines lines, int image, int first, float[] t, int tOffset) {
    switch (i) {
      case 0 -> combine(n, lines, image, first, 0, -1, 2, t, tOffset);
      case 1 -> combine(n, lines, image, first, 2, 1, 1, t, tOffset);
      case 2 -> combine(n, lines, image, first, 2, -1, 1, t, tOffset);
      default -> combine(n, lines, image, first, 3, -1, 1, t, tOffset);
    }
  }

  @Override
  void gradientRow(
      int i, int n, WinogradLines lines, int image, int first, float[] t, int tOffset) {
    if (i == 0 || i == 3) {
      int row = i / 3;
      System.arraycopy(
          lines.array(image, first, row), lines.offset(image, first, row), t, tOffset, n);
    } else {
      combine(n, lines, image, first, 0, i == 1 ? 1 : -1, 1, t, tOffset);
    }
  }

  /** {@code t = row1 + sign · row2}, of a line's rows of pixels. */
  private static void combine(
      int n,
      WinogradLines lines,
      int image,
      int first,
      int row1,
      int sign,
      int row2,
      float[] t,
      int tOffset) {
    float[] x = lines.array(image, first, row1);
    float[] y = lines.array(image, first, row2);
    combine(
        n,
        x,
        lines.offset(image, first, row1),
        sign,
        y,
        lines.offset(image, first, row2),
        t,
        tOffset);
  }

  private static void combine(
      int n, float[] x, int xOffset, float sign, float[] y, int yOffset, float[] t, int tOffset) {
    FloatVector factor = FloatVector.broadcast(S, sign);
    for (int e = 0; e < n; e += LANES) {
      FloatVector.fromArray(S, y, yOffset + e)
          .fma(factor, FloatVector.fromArray(S, x, xOffset + e))
          .intoArray(t, tOffset + e);
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
      int pixels = tOffset + 2 * tile * pitch;
      int first = vOffset + tile * tileStep;
      for (int c = 0; c < channels; c += LANES) {
        int from = pixels + c;
        int to = first + c * channelStep;
        FloatVector t0 = FloatVector.fromArray(S, t, from);
        FloatVector t1 = FloatVector.fromArray(S, t, from + pitch);
        FloatVector t2 = FloatVector.fromArray(S, t, from + 2 * pitch);
        FloatVector t3 = FloatVector.fromArray(S, t, from + 3 * pitch);
        t0.sub(t2).intoArray(v, to);
        t1.add(t2).intoArray(v, to + plane);
        t2.sub(t1).intoArray(v, to + 2 * plane);
        t3.sub(t1).intoArray(v, to + 3 * plane);
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
      int pixels = tOffset + 2 * tile * pitch;
      int first = mOffset + tile * tileStep;
      for (int c = 0; c < channels; c += LANES) {
        int to = first + c;
        FloatVector t0 = FloatVector.fromArray(S, t, pixels + c);
        FloatVector t1 = FloatVector.fromArray(S, t, pixels + c + pitch);
        t0.intoArray(m, to);
        t0.add(t1).intoArray(m, to + plane);
        t0.sub(t1).intoArray(m, to + 2 * plane);
        t1.intoArray(m, to + 3 * plane);
      }
    }
  }

  @Override
  void outputRows(int n, float[] m, int mOffset, int plane, float[] s) {
    for (int j = 0; j < 4; j++) {
      int from = mOffset + j * plane;
      int to = j * n;
      for (int e = 0; e < n; e += LANES) {
        FloatVector m0 = FloatVector.fromArray(S, m, from + e);
        FloatVector m1 = FloatVector.fromArray(S, m, from + 4 * plane + e);
        FloatVector m2 = FloatVector.fromArray(S, m, from + 8 * plane + e);
        FloatVector m3 = FloatVector.fromArray(S, m, from + 12 * plane + e);
        m0.add(m1).add(m2).intoArray(s, to + e);
        m1.sub(m2).add(m3).intoArray(s, to + 4 * n + e);
      }
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
    FloatVector least = FloatVector.broadcast(S, floor);
    for (int tile = 0; tile < tiles; tile++) {
      int first = sOffset + tile * channels;
      int pixels = yOffset + 2 * tile * pitch;
      for (int c = 0; c < channels; c += LANES) {
        int from = first + c;
        int to = pixels + c;
        FloatVector shift = FloatVector.fromArray(S, bias, biasOffset + c);
        FloatVector s0 = FloatVector.fromArray(S, s, from);
        FloatVector s1 = FloatVector.fromArray(S, s, from + plane);
        FloatVector s2 = FloatVector.fromArray(S, s, from + 2 * plane);
        FloatVector s3 = FloatVector.fromArray(S, s, from + 3 * plane);
        s0.add(s1).add(s2).add(shift).max(least).intoArray(y, to);
        s1.sub(s2).add(s3).add(shift).max(least).intoArray(y, to + pitch);
      }
    }
  }
}
