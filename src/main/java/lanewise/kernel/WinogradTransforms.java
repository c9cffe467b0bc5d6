package lanewise.kernel;

import static lanewise.kernel.Simd.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The linear maps of Winograd's minimal filtering F(4×4, 3×3) (Lavin and Gray, <i>Fast Algorithms
 * for Convolutional Neural Networks</i>, 2015) at the points 0, ±1/√2, ±√2 and ∞, whose powers stay
 * nearer to 1 than those of 0, ±1, ±2 and ∞: the errors are a quarter as large. With r = √2:
 *
 * <pre>
 * y  = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A        a tile of 4 × 4 outputs from 6 × 6 inputs
 * dg = Gᵀ [(Bᵀ d B) ⊙ (A dy Aᵀ)] G        what that tile adds to the filter's gradient
 *
 *      ⎡1   0  −5/2   0   1 0⎤      ⎡  1    0    0 ⎤       ⎡1   0   0   0 ⎤
 *      ⎢0  −r   −2   r/2  1 0⎥      ⎢−2/3 −r/3 −1/3⎥       ⎢1  r/2 1/2 r/4⎥
 * Bᵀ = ⎢0   r   −2  −r/2  1 0⎥  G = ⎢−2/3  r/3 −1/3⎥   A = ⎢1 −r/2 1/2−r/4⎥
 *      ⎢0 −r/2 −1/2   r   1 0⎥      ⎢ 1/6  r/6  1/3⎥       ⎢1   r   2  2r ⎥
 *      ⎢0  r/2 −1/2  −r   1 0⎥      ⎢ 1/6 −r/6  1/3⎥       ⎢1  −r   2 −2r ⎥
 *      ⎣0   1    0  −5/2  0 1⎦      ⎣  0    0    1 ⎦       ⎣0   0   0   1 ⎦
 * </pre>
 *
 * Each runs over whole vectors of channels, in one order of operations. Element (i, j) of a
 * transformed 6 × 6 tile stands in plane 6 i + j. One row of a transformed tile is made at a time,
 * so that what is in flight fits 16 registers. The methods call the Vector API alone, which is
 * always inlined.
 */
final class WinogradTransforms {
  private static final VectorSpecies<Float> S = Simd.FLOATS;

  private static final float ROOT = 1.4142135f; // √2

  private static final float[] G = {
    1, 0, 0, //
    -2 / 3f, -ROOT / 3, -1 / 3f, //
    -2 / 3f, ROOT / 3, -1 / 3f, //
    1 / 6f, ROOT / 6, 1 / 3f, //
    1 / 6f, -ROOT / 6, 1 / 3f, //
    0, 0, 1
  };

  private WinogradTransforms() {}

  /**
   * Row {@code i} of {@code Bᵀ d B} of the tiles along a line. Element j of channel c of tile t
   * goes to {@code j · plane + t · tileStep + c · channelStep}.
   *
   * @param d six rows of pixels of {@code channels}, {@code rowPitch} apart
   */
  static void input(
      int i,
      int tiles,
      int channels,
      float[] d,
      int dOffset,
      int rowPitch,
      float[] v,
      int vOffset,
      int plane,
      int tileStep,
      int channelStep) {
    for (int tile = 0; tile < tiles; tile++) {
      int from = dOffset + 4 * tile * channels;
      int to = vOffset + tile * tileStep;
      if (i == 0) {
        inputEnd(channels, d, from, rowPitch, v, to, plane, channelStep);
      } else if (i == 5) {
        inputEnd(channels, d, from + rowPitch, rowPitch, v, to, plane, channelStep);
      } else {
        float sign = i % 2 == 1 ? ROOT : -ROOT;
        float k1 = i < 3 ? -sign : -sign / 2;
        float k2 = i < 3 ? -2 : -0.5f;
        float k3 = i < 3 ? sign / 2 : sign;
        inputMiddle(k1, k2, k3, channels, d, from, rowPitch, v, to, plane, channelStep);
      }
    }
  }

  /** Row 0 of {@code Bᵀ d B}; from a row further down, row 5. */
  private static void inputEnd(
      int channels,
      float[] d,
      int dOffset,
      int rowPitch,
      float[] v,
      int vOffset,
      int plane,
      int channelStep) {
    FloatVector factor = FloatVector.broadcast(S, -2.5f);
    for (int c = 0; c < channels; c += LANES) {
      int r0 = dOffset + c;
      int r2 = r0 + 2 * rowPitch;
      int r4 = r0 + 4 * rowPitch;
      int to = vOffset + c * channelStep;
      FloatVector t0 =
          FloatVector.fromArray(S, d, r2)
              .fma(factor, FloatVector.fromArray(S, d, r0).add(FloatVector.fromArray(S, d, r4)));
      FloatVector t1 =
          FloatVector.fromArray(S, d, r2 + channels)
              .fma(
                  factor,
                  FloatVector.fromArray(S, d, r0 + channels)
                      .add(FloatVector.fromArray(S, d, r4 + channels)));
      FloatVector t2 =
          FloatVector.fromArray(S, d, r2 + 2 * channels)
              .fma(
                  factor,
                  FloatVector.fromArray(S, d, r0 + 2 * channels)
                      .add(FloatVector.fromArray(S, d, r4 + 2 * channels)));
      FloatVector t3 =
          FloatVector.fromArray(S, d, r2 + 3 * channels)
              .fma(
                  factor,
                  FloatVector.fromArray(S, d, r0 + 3 * channels)
                      .add(FloatVector.fromArray(S, d, r4 + 3 * channels)));
      FloatVector t4 =
          FloatVector.fromArray(S, d, r2 + 4 * channels)
              .fma(
                  factor,
                  FloatVector.fromArray(S, d, r0 + 4 * channels)
                      .add(FloatVector.fromArray(S, d, r4 + 4 * channels)));
      FloatVector t5 =
          FloatVector.fromArray(S, d, r2 + 5 * channels)
              .fma(
                  factor,
                  FloatVector.fromArray(S, d, r0 + 5 * channels)
                      .add(FloatVector.fromArray(S, d, r4 + 5 * channels)));
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

  /** Row 1, 2, 3 or 4 of {@code Bᵀ d B}, whose coefficients are 0, k1, k2, k3, 1, 0. */
  private static void inputMiddle(
      float k1,
      float k2,
      float k3,
      int channels,
      float[] d,
      int dOffset,
      int rowPitch,
      float[] v,
      int vOffset,
      int plane,
      int channelStep) {
    FloatVector factor1 = FloatVector.broadcast(S, k1);
    FloatVector factor2 = FloatVector.broadcast(S, k2);
    FloatVector factor3 = FloatVector.broadcast(S, k3);
    for (int c = 0; c < channels; c += LANES) {
      int r1 = dOffset + rowPitch + c;
      int r2 = r1 + rowPitch;
      int r3 = r2 + rowPitch;
      int r4 = r3 + rowPitch;
      int to = vOffset + c * channelStep;
      FloatVector t0 =
          FloatVector.fromArray(S, d, r1)
              .fma(
                  factor1,
                  FloatVector.fromArray(S, d, r2)
                      .fma(
                          factor2,
                          FloatVector.fromArray(S, d, r3)
                              .fma(factor3, FloatVector.fromArray(S, d, r4))));
      FloatVector t1 =
          FloatVector.fromArray(S, d, r1 + channels)
              .fma(
                  factor1,
                  FloatVector.fromArray(S, d, r2 + channels)
                      .fma(
                          factor2,
                          FloatVector.fromArray(S, d, r3 + channels)
                              .fma(factor3, FloatVector.fromArray(S, d, r4 + channels))));
      FloatVector t2 =
          FloatVector.fromArray(S, d, r1 + 2 * channels)
              .fma(
                  factor1,
                  FloatVector.fromArray(S, d, r2 + 2 * channels)
                      .fma(
                          factor2,
                          FloatVector.fromArray(S, d, r3 + 2 * channels)
                              .fma(factor3, FloatVector.fromArray(S, d, r4 + 2 * channels))));
      FloatVector t3 =
          FloatVector.fromArray(S, d, r1 + 3 * channels)
              .fma(
                  factor1,
                  FloatVector.fromArray(S, d, r2 + 3 * channels)
                      .fma(
                          factor2,
                          FloatVector.fromArray(S, d, r3 + 3 * channels)
                              .fma(factor3, FloatVector.fromArray(S, d, r4 + 3 * channels))));
      FloatVector t4 =
          FloatVector.fromArray(S, d, r1 + 4 * channels)
              .fma(
                  factor1,
                  FloatVector.fromArray(S, d, r2 + 4 * channels)
                      .fma(
                          factor2,
                          FloatVector.fromArray(S, d, r3 + 4 * channels)
                              .fma(factor3, FloatVector.fromArray(S, d, r4 + 4 * channels))));
      FloatVector t5 =
          FloatVector.fromArray(S, d, r1 + 5 * channels)
              .fma(
                  factor1,
                  FloatVector.fromArray(S, d, r2 + 5 * channels)
                      .fma(
                          factor2,
                          FloatVector.fromArray(S, d, r3 + 5 * channels)
                              .fma(factor3, FloatVector.fromArray(S, d, r4 + 5 * channels))));
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

  /**
   * Row {@code i} of {@code A dy Aᵀ} of the tiles along a line. Element j of channel c of tile t
   * goes to {@code j · plane + t · tileStep + c}.
   *
   * @param dy four rows of pixels, {@code rowPitch} apart
   * @param pitch from one pixel to the next
   */
  static void gradient(
      int i,
      int tiles,
      int channels,
      float[] dy,
      int dyOffset,
      int pitch,
      int rowPitch,
      float[] m,
      int mOffset,
      int plane,
      int tileStep) {
    for (int tile = 0; tile < tiles; tile++) {
      int from = dyOffset + 4 * tile * pitch;
      int to = mOffset + tile * tileStep;
      if (i == 0) {
        gradientEnd(channels, pitch, dy, from, m, to, plane);
      } else if (i == 5) {
        gradientEnd(channels, pitch, dy, from + 3 * rowPitch, m, to, plane);
      } else {
        float sign = i % 2 == 1 ? ROOT : -ROOT;
        float k1 = i < 3 ? sign / 2 : sign;
        float k2 = i < 3 ? 0.5f : 2;
        float k3 = i < 3 ? sign / 4 : 2 * sign;
        gradientMiddle(k1, k2, k3, channels, pitch, dy, from, rowPitch, m, to, plane);
      }
    }
  }

  /** Row 0 of {@code A dy Aᵀ}; from the last row of dy, row 5. */
  private static void gradientEnd(
      int channels, int pitch, float[] dy, int dyOffset, float[] m, int mOffset, int plane) {
    for (int c = 0; c < channels; c += LANES) {
      int r0 = dyOffset + c;
      int to = mOffset + c;
      FloatVector t0 = FloatVector.fromArray(S, dy, r0);
      FloatVector t1 = FloatVector.fromArray(S, dy, r0 + pitch);
      FloatVector t2 = FloatVector.fromArray(S, dy, r0 + 2 * pitch);
      FloatVector t3 = FloatVector.fromArray(S, dy, r0 + 3 * pitch);
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

  /** Row 1, 2, 3 or 4 of {@code A dy Aᵀ}, whose coefficients are 1, k1, k2, k3. */
  private static void gradientMiddle(
      float k1,
      float k2,
      float k3,
      int channels,
      int pitch,
      float[] dy,
      int dyOffset,
      int rowPitch,
      float[] m,
      int mOffset,
      int plane) {
    FloatVector factor1 = FloatVector.broadcast(S, k1);
    FloatVector factor2 = FloatVector.broadcast(S, k2);
    FloatVector factor3 = FloatVector.broadcast(S, k3);
    for (int c = 0; c < channels; c += LANES) {
      int r0 = dyOffset + c;
      int r1 = r0 + rowPitch;
      int r2 = r1 + rowPitch;
      int r3 = r2 + rowPitch;
      int to = mOffset + c;
      FloatVector t0 =
          FloatVector.fromArray(S, dy, r3)
              .fma(
                  factor3,
                  FloatVector.fromArray(S, dy, r2)
                      .fma(
                          factor2,
                          FloatVector.fromArray(S, dy, r1)
                              .fma(factor1, FloatVector.fromArray(S, dy, r0))));
      FloatVector t1 =
          FloatVector.fromArray(S, dy, r3 + pitch)
              .fma(
                  factor3,
                  FloatVector.fromArray(S, dy, r2 + pitch)
                      .fma(
                          factor2,
                          FloatVector.fromArray(S, dy, r1 + pitch)
                              .fma(factor1, FloatVector.fromArray(S, dy, r0 + pitch))));
      FloatVector t2 =
          FloatVector.fromArray(S, dy, r3 + 2 * pitch)
              .fma(
                  factor3,
                  FloatVector.fromArray(S, dy, r2 + 2 * pitch)
                      .fma(
                          factor2,
                          FloatVector.fromArray(S, dy, r1 + 2 * pitch)
                              .fma(factor1, FloatVector.fromArray(S, dy, r0 + 2 * pitch))));
      FloatVector t3 =
          FloatVector.fromArray(S, dy, r3 + 3 * pitch)
              .fma(
                  factor3,
                  FloatVector.fromArray(S, dy, r2 + 3 * pitch)
                      .fma(
                          factor2,
                          FloatVector.fromArray(S, dy, r1 + 3 * pitch)
                              .fma(factor1, FloatVector.fromArray(S, dy, r0 + 3 * pitch))));
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

  /**
   * {@code max(Aᵀ m A + bias, floor)} of one tile.
   *
   * @param m element (i, j) in plane 6 i + j
   * @param y four rows of four pixels of {@code pitch} channels, {@code rowPitch} apart
   */
  static void output(
      int channels,
      float[] m,
      int mOffset,
      int plane,
      float[] bias,
      int biasOffset,
      float floor,
      float[] y,
      int yOffset,
      int pitch,
      int rowPitch) {
    outputEven(channels, m, mOffset, plane, bias, biasOffset, floor, y, yOffset, pitch, rowPitch);
    outputOdd(
        channels,
        m,
        mOffset + 6 * plane,
        plane,
        bias,
        biasOffset,
        floor,
        y,
        yOffset + rowPitch,
        pitch,
        rowPitch);
  }

  /** Rows 0 and 2 of a tile of outputs. */
  private static void outputEven(
      int channels,
      float[] m,
      int mOffset,
      int plane,
      float[] bias,
      int biasOffset,
      float floor,
      float[] y,
      int yOffset,
      int pitch,
      int rowPitch) {
    FloatVector least = FloatVector.broadcast(S, floor);
    FloatVector half = FloatVector.broadcast(S, 0.5f);
    FloatVector two = FloatVector.broadcast(S, 2);
    for (int c = 0; c < channels; c += LANES) {
      int from = mOffset + c;
      int to = yOffset + c;
      FloatVector sum12;
      FloatVector sum34;
      sum12 =
          FloatVector.fromArray(S, m, from + 6 * plane)
              .add(FloatVector.fromArray(S, m, from + 12 * plane));
      sum34 =
          FloatVector.fromArray(S, m, from + 18 * plane)
              .add(FloatVector.fromArray(S, m, from + 24 * plane));
      FloatVector u0 = FloatVector.fromArray(S, m, from).add(sum12).add(sum34);
      FloatVector w0 = sum34.fma(two, sum12.mul(half));
      sum12 =
          FloatVector.fromArray(S, m, from + 7 * plane)
              .add(FloatVector.fromArray(S, m, from + 13 * plane));
      sum34 =
          FloatVector.fromArray(S, m, from + 19 * plane)
              .add(FloatVector.fromArray(S, m, from + 25 * plane));
      FloatVector u1 = FloatVector.fromArray(S, m, from + plane).add(sum12).add(sum34);
      FloatVector w1 = sum34.fma(two, sum12.mul(half));
      sum12 =
          FloatVector.fromArray(S, m, from + 8 * plane)
              .add(FloatVector.fromArray(S, m, from + 14 * plane));
      sum34 =
          FloatVector.fromArray(S, m, from + 20 * plane)
              .add(FloatVector.fromArray(S, m, from + 26 * plane));
      FloatVector u2 = FloatVector.fromArray(S, m, from + 2 * plane).add(sum12).add(sum34);
      FloatVector w2 = sum34.fma(two, sum12.mul(half));
      sum12 =
          FloatVector.fromArray(S, m, from + 9 * plane)
              .add(FloatVector.fromArray(S, m, from + 15 * plane));
      sum34 =
          FloatVector.fromArray(S, m, from + 21 * plane)
              .add(FloatVector.fromArray(S, m, from + 27 * plane));
      FloatVector u3 = FloatVector.fromArray(S, m, from + 3 * plane).add(sum12).add(sum34);
      FloatVector w3 = sum34.fma(two, sum12.mul(half));
      sum12 =
          FloatVector.fromArray(S, m, from + 10 * plane)
              .add(FloatVector.fromArray(S, m, from + 16 * plane));
      sum34 =
          FloatVector.fromArray(S, m, from + 22 * plane)
              .add(FloatVector.fromArray(S, m, from + 28 * plane));
      FloatVector u4 = FloatVector.fromArray(S, m, from + 4 * plane).add(sum12).add(sum34);
      FloatVector w4 = sum34.fma(two, sum12.mul(half));
      sum12 =
          FloatVector.fromArray(S, m, from + 11 * plane)
              .add(FloatVector.fromArray(S, m, from + 17 * plane));
      sum34 =
          FloatVector.fromArray(S, m, from + 23 * plane)
              .add(FloatVector.fromArray(S, m, from + 29 * plane));
      FloatVector u5 = FloatVector.fromArray(S, m, from + 5 * plane).add(sum12).add(sum34);
      FloatVector w5 = sum34.fma(two, sum12.mul(half));
      FloatVector shift = FloatVector.fromArray(S, bias, biasOffset + c);
      sum12 = u1.add(u2);
      sum34 = u3.add(u4);
      u0.add(sum12).add(sum34).add(shift).max(least).intoArray(y, to);
      sum34.fma(two, sum12.mul(half)).add(shift).max(least).intoArray(y, to + 2 * pitch);
      sum12 = u1.sub(u2).mul(ROOT / 2);
      sum34 = u3.sub(u4).mul(ROOT);
      sum12.add(sum34).add(shift).max(least).intoArray(y, to + pitch);
      sum34.fma(two, sum12.fma(half, u5)).add(shift).max(least).intoArray(y, to + 3 * pitch);
      sum12 = w1.add(w2);
      sum34 = w3.add(w4);
      w0.add(sum12).add(sum34).add(shift).max(least).intoArray(y, to + 2 * rowPitch);
      sum34
          .fma(two, sum12.mul(half))
          .add(shift)
          .max(least)
          .intoArray(y, to + 2 * rowPitch + 2 * pitch);
      sum12 = w1.sub(w2).mul(ROOT / 2);
      sum34 = w3.sub(w4).mul(ROOT);
      sum12.add(sum34).add(shift).max(least).intoArray(y, to + 2 * rowPitch + pitch);
      sum34
          .fma(two, sum12.fma(half, w5))
          .add(shift)
          .max(least)
          .intoArray(y, to + 2 * rowPitch + 3 * pitch);
    }
  }

  /** Rows 1 and 3 of a tile of outputs; {@code m} starts at plane 6. */
  private static void outputOdd(
      int channels,
      float[] m,
      int mOffset,
      int plane,
      float[] bias,
      int biasOffset,
      float floor,
      float[] y,
      int yOffset,
      int pitch,
      int rowPitch) {
    FloatVector least = FloatVector.broadcast(S, floor);
    FloatVector half = FloatVector.broadcast(S, 0.5f);
    FloatVector two = FloatVector.broadcast(S, 2);
    for (int c = 0; c < channels; c += LANES) {
      int from = mOffset + c;
      int to = yOffset + c;
      FloatVector sum12;
      FloatVector sum34;
      sum12 =
          FloatVector.fromArray(S, m, from)
              .sub(FloatVector.fromArray(S, m, from + 6 * plane))
              .mul(ROOT / 2);
      sum34 =
          FloatVector.fromArray(S, m, from + 12 * plane)
              .sub(FloatVector.fromArray(S, m, from + 18 * plane))
              .mul(ROOT);
      FloatVector u0 = sum12.add(sum34);
      FloatVector w0 =
          sum34.fma(two, sum12.fma(half, FloatVector.fromArray(S, m, from + 24 * plane)));
      sum12 =
          FloatVector.fromArray(S, m, from + plane)
              .sub(FloatVector.fromArray(S, m, from + 7 * plane))
              .mul(ROOT / 2);
      sum34 =
          FloatVector.fromArray(S, m, from + 13 * plane)
              .sub(FloatVector.fromArray(S, m, from + 19 * plane))
              .mul(ROOT);
      FloatVector u1 = sum12.add(sum34);
      FloatVector w1 =
          sum34.fma(two, sum12.fma(half, FloatVector.fromArray(S, m, from + 25 * plane)));
      sum12 =
          FloatVector.fromArray(S, m, from + 2 * plane)
              .sub(FloatVector.fromArray(S, m, from + 8 * plane))
              .mul(ROOT / 2);
      sum34 =
          FloatVector.fromArray(S, m, from + 14 * plane)
              .sub(FloatVector.fromArray(S, m, from + 20 * plane))
              .mul(ROOT);
      FloatVector u2 = sum12.add(sum34);
      FloatVector w2 =
          sum34.fma(two, sum12.fma(half, FloatVector.fromArray(S, m, from + 26 * plane)));
      sum12 =
          FloatVector.fromArray(S, m, from + 3 * plane)
              .sub(FloatVector.fromArray(S, m, from + 9 * plane))
              .mul(ROOT / 2);
      sum34 =
          FloatVector.fromArray(S, m, from + 15 * plane)
              .sub(FloatVector.fromArray(S, m, from + 21 * plane))
              .mul(ROOT);
      FloatVector u3 = sum12.add(sum34);
      FloatVector w3 =
          sum34.fma(two, sum12.fma(half, FloatVector.fromArray(S, m, from + 27 * plane)));
      sum12 =
          FloatVector.fromArray(S, m, from + 4 * plane)
              .sub(FloatVector.fromArray(S, m, from + 10 * plane))
              .mul(ROOT / 2);
      sum34 =
          FloatVector.fromArray(S, m, from + 16 * plane)
              .sub(FloatVector.fromArray(S, m, from + 22 * plane))
              .mul(ROOT);
      FloatVector u4 = sum12.add(sum34);
      FloatVector w4 =
          sum34.fma(two, sum12.fma(half, FloatVector.fromArray(S, m, from + 28 * plane)));
      sum12 =
          FloatVector.fromArray(S, m, from + 5 * plane)
              .sub(FloatVector.fromArray(S, m, from + 11 * plane))
              .mul(ROOT / 2);
      sum34 =
          FloatVector.fromArray(S, m, from + 17 * plane)
              .sub(FloatVector.fromArray(S, m, from + 23 * plane))
              .mul(ROOT);
      FloatVector u5 = sum12.add(sum34);
      FloatVector w5 =
          sum34.fma(two, sum12.fma(half, FloatVector.fromArray(S, m, from + 29 * plane)));
      FloatVector shift = FloatVector.fromArray(S, bias, biasOffset + c);
      sum12 = u1.add(u2);
      sum34 = u3.add(u4);
      u0.add(sum12).add(sum34).add(shift).max(least).intoArray(y, to);
      sum34.fma(two, sum12.mul(half)).add(shift).max(least).intoArray(y, to + 2 * pitch);
      sum12 = u1.sub(u2).mul(ROOT / 2);
      sum34 = u3.sub(u4).mul(ROOT);
      sum12.add(sum34).add(shift).max(least).intoArray(y, to + pitch);
      sum34.fma(two, sum12.fma(half, u5)).add(shift).max(least).intoArray(y, to + 3 * pitch);
      sum12 = w1.add(w2);
      sum34 = w3.add(w4);
      w0.add(sum12).add(sum34).add(shift).max(least).intoArray(y, to + 2 * rowPitch);
      sum34
          .fma(two, sum12.mul(half))
          .add(shift)
          .max(least)
          .intoArray(y, to + 2 * rowPitch + 2 * pitch);
      sum12 = w1.sub(w2).mul(ROOT / 2);
      sum34 = w3.sub(w4).mul(ROOT);
      sum12.add(sum34).add(shift).max(least).intoArray(y, to + 2 * rowPitch + pitch);
      sum34
          .fma(two, sum12.fma(half, w5))
          .add(shift)
          .max(least)
          .intoArray(y, to + 2 * rowPitch + 3 * pitch);
    }
  }

  /**
   * {@code G g Gᵀ} for the filters from one input channel to {@code channels} output channels.
   *
   * @param g tap (a, b) stands at {@code (3 a + b) · tap}
   */
  static void filter(
      int channels, float[] g, int gOffset, int tap, float[] u, int uOffset, int plane) {
    for (int c = 0; c < channels; c += LANES) {
      for (int i = 0; i < 6; i++) {
        int at = gOffset + c;
        FloatVector t0 = FloatVector.fromArray(S, g, at).mul(G[3 * i]);
        FloatVector t1 = FloatVector.fromArray(S, g, at + tap).mul(G[3 * i]);
        FloatVector t2 = FloatVector.fromArray(S, g, at + 2 * tap).mul(G[3 * i]);
        FloatVector k1 = FloatVector.broadcast(S, G[3 * i + 1]);
        t0 = FloatVector.fromArray(S, g, at + 3 * tap).fma(k1, t0);
        t1 = FloatVector.fromArray(S, g, at + 4 * tap).fma(k1, t1);
        t2 = FloatVector.fromArray(S, g, at + 5 * tap).fma(k1, t2);
        FloatVector k2 = FloatVector.broadcast(S, G[3 * i + 2]);
        t0 = FloatVector.fromArray(S, g, at + 6 * tap).fma(k2, t0);
        t1 = FloatVector.fromArray(S, g, at + 7 * tap).fma(k2, t1);
        t2 = FloatVector.fromArray(S, g, at + 8 * tap).fma(k2, t2);
        for (int j = 0; j < 6; j++) {
          t2.fma(
                  FloatVector.broadcast(S, G[3 * j + 2]),
                  t1.fma(FloatVector.broadcast(S, G[3 * j + 1]), t0.mul(G[3 * j])))
              .intoArray(u, uOffset + c + (6 * i + j) * plane);
        }
      }
    }
  }

  /**
   * {@code Gᵀ u G}, where u is the sum of {@code parts}, for {@code channels} elements of each
   * plane.
   *
   * @param part from one part of {@code u} to the next
   * @param g tap (a, b) goes to {@code (3 a + b) · tap}
   */
  static void filterGradient(
      int channels,
      int parts,
      int part,
      float[] u,
      int uOffset,
      int plane,
      float[] g,
      int gOffset,
      int tap) {
    for (int c = 0; c < channels; c += LANES) {
      FloatVector g00 = FloatVector.zero(S);
      FloatVector g01 = FloatVector.zero(S);
      FloatVector g02 = FloatVector.zero(S);
      FloatVector g10 = FloatVector.zero(S);
      FloatVector g11 = FloatVector.zero(S);
      FloatVector g12 = FloatVector.zero(S);
      FloatVector g20 = FloatVector.zero(S);
      FloatVector g21 = FloatVector.zero(S);
      FloatVector g22 = FloatVector.zero(S);
      for (int i = 0; i < 6; i++) {
        FloatVector t0 = FloatVector.zero(S);
        FloatVector t1 = FloatVector.zero(S);
        FloatVector t2 = FloatVector.zero(S);
        for (int j = 0; j < 6; j++) {
          int at = uOffset + c + (6 * i + j) * plane;
          FloatVector sum = FloatVector.fromArray(S, u, at);
          for (int p = 1; p < parts; p++) {
            sum = sum.add(FloatVector.fromArray(S, u, at + p * part));
          }
          t0 = sum.fma(FloatVector.broadcast(S, G[3 * j]), t0);
          t1 = sum.fma(FloatVector.broadcast(S, G[3 * j + 1]), t1);
          t2 = sum.fma(FloatVector.broadcast(S, G[3 * j + 2]), t2);
        }
        FloatVector k0 = FloatVector.broadcast(S, G[3 * i]);
        g00 = t0.fma(k0, g00);
        g01 = t1.fma(k0, g01);
        g02 = t2.fma(k0, g02);
        FloatVector k1 = FloatVector.broadcast(S, G[3 * i + 1]);
        g10 = t0.fma(k1, g10);
        g11 = t1.fma(k1, g11);
        g12 = t2.fma(k1, g12);
        FloatVector k2 = FloatVector.broadcast(S, G[3 * i + 2]);
        g20 = t0.fma(k2, g20);
        g21 = t1.fma(k2, g21);
        g22 = t2.fma(k2, g22);
      }
      int to = gOffset + c;
      g00.intoArray(g, to);
      g01.intoArray(g, to + tap);
      g02.intoArray(g, to + 2 * tap);
      g10.intoArray(g, to + 3 * tap);
      g11.intoArray(g, to + 4 * tap);
      g12.intoArray(g, to + 5 * tap);
      g20.intoArray(g, to + 6 * tap);
      g21.intoArray(g, to + 7 * tap);
      g22.intoArray(g, to + 8 * tap);
    }
  }
}
