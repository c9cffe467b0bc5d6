package lanewise.kernel;

import static lanewise.kernel.Microkernel.LANES;
import static lanewise.kernel.Microkernel.LEFT_STEP;
import static lanewise.kernel.Microkernel.MR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The {@link Microkernel} whose left operand is a packed panel of {@code LEFT_STEP} rows side by
 * side: for each p, one vector of them.
 */
final class ColumnTile {
  private static final VectorSpecies<Float> S = Simd.FLOATS;

  /** Rows of a tile of one vector, where a panel of A holds as many. */
  static final int TALL = LEFT_STEP % 8 == 0 ? 8 : MR;

  private ColumnTile() {}

  /** Rows of a tile {@code width} wide. */
  static int rows(int width) {
    return width == LANES ? TALL : MR;
  }

  /** One tile of {@link #rows} rows, as {@link RowTile#tile}, its left operand in columns. */
  static void multiply(
      int width,
      int k,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      float[] prior,
      int mask,
      boolean bounded,
      float[] bias,
      int biasOffset,
      float floor,
      float[] c,
      int cOffset,
      int ldc) {
    if (width == 2 * LANES) {
      columns4x2(
          k,
          a,
          aOffset,
          b,
          bOffset,
          prior,
          mask,
          bounded,
          bias,
          biasOffset,
          floor,
          c,
          cOffset,
          ldc);
    } else if (width == LANES && TALL == 8) {
      columns8x1(
          k,
          a,
          aOffset,
          b,
          bOffset,
          prior,
          mask,
          bounded,
          bias,
          biasOffset,
          floor,
          c,
          cOffset,
          ldc);
    } else {
      columns4x1(
          k,
          a,
          aOffset,
          b,
          bOffset,
          prior,
          mask,
          bounded,
          bias,
          biasOffset,
          floor,
          c,
          cOffset,
          ldc);
    }
  }

  /**
   * A tile of {@link #TALL} rows by one vector, for panels of one: as many sums in flight as in the
   * full tile. All its rows must lie in one panel of A.
   */
  private static void columns8x1(
      int k,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      float[] prior,
      int mask,
      boolean bounded,
      float[] bias,
      int biasOffset,
      float floor,
      float[] c,
      int cOffset,
      int ldc) {
    FloatVector c0 = FloatVector.zero(S);
    FloatVector c1 = FloatVector.zero(S);
    FloatVector c2 = FloatVector.zero(S);
    FloatVector c3 = FloatVector.zero(S);
    FloatVector c4 = FloatVector.zero(S);
    FloatVector c5 = FloatVector.zero(S);
    FloatVector c6 = FloatVector.zero(S);
    FloatVector c7 = FloatVector.zero(S);
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bOffset + p * LANES);
      FloatVector x = FloatVector.broadcast(S, a[aOffset + p * LEFT_STEP]);
      c0 = x.fma(b0, c0);
      x = FloatVector.broadcast(S, a[aOffset + p * LEFT_STEP + 1]);
      c1 = x.fma(b0, c1);
      x = FloatVector.broadcast(S, a[aOffset + p * LEFT_STEP + 2]);
      c2 = x.fma(b0, c2);
      x = FloatVector.broadcast(S, a[aOffset + p * LEFT_STEP + 3]);
      c3 = x.fma(b0, c3);
      x = FloatVector.broadcast(S, a[aOffset + p * LEFT_STEP + 4]);
      c4 = x.fma(b0, c4);
      x = FloatVector.broadcast(S, a[aOffset + p * LEFT_STEP + 5]);
      c5 = x.fma(b0, c5);
      x = FloatVector.broadcast(S, a[aOffset + p * LEFT_STEP + 6]);
      c6 = x.fma(b0, c6);
      x = FloatVector.broadcast(S, a[aOffset + p * LEFT_STEP + 7]);
      c7 = x.fma(b0, c7);
    }
    int at = cOffset & mask;
    int step = ldc & mask;
    c0 = c0.add(FloatVector.fromArray(S, prior, at));
    c1 = c1.add(FloatVector.fromArray(S, prior, at + step));
    c2 = c2.add(FloatVector.fromArray(S, prior, at + 2 * step));
    c3 = c3.add(FloatVector.fromArray(S, prior, at + 3 * step));
    c4 = c4.add(FloatVector.fromArray(S, prior, at + 4 * step));
    c5 = c5.add(FloatVector.fromArray(S, prior, at + 5 * step));
    c6 = c6.add(FloatVector.fromArray(S, prior, at + 6 * step));
    c7 = c7.add(FloatVector.fromArray(S, prior, at + 7 * step));
    if (bounded) {
      FloatVector least = FloatVector.broadcast(S, floor);
      FloatVector bias0 = FloatVector.fromArray(S, bias, biasOffset);
      c0.add(bias0).max(least).intoArray(c, cOffset);
      c1.add(bias0).max(least).intoArray(c, cOffset + ldc);
      c2.add(bias0).max(least).intoArray(c, cOffset + 2 * ldc);
      c3.add(bias0).max(least).intoArray(c, cOffset + 3 * ldc);
      c4.add(bias0).max(least).intoArray(c, cOffset + 4 * ldc);
      c5.add(bias0).max(least).intoArray(c, cOffset + 5 * ldc);
      c6.add(bias0).max(least).intoArray(c, cOffset + 6 * ldc);
      c7.add(bias0).max(least).intoArray(c, cOffset + 7 * ldc);
      return;
    }
    c0.intoArray(c, cOffset);
    c1.intoArray(c, cOffset + ldc);
    c2.intoArray(c, cOffset + 2 * ldc);
    c3.intoArray(c, cOffset + 3 * ldc);
    c4.intoArray(c, cOffset + 4 * ldc);
    c5.intoArray(c, cOffset + 5 * ldc);
    c6.intoArray(c, cOffset + 6 * ldc);
    c7.intoArray(c, cOffset + 7 * ldc);
  }

  private static void columns4x1(
      int k,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      float[] prior,
      int mask,
      boolean bounded,
      float[] bias,
      int biasOffset,
      float floor,
      float[] c,
      int cOffset,
      int ldc) {
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c20 = FloatVector.zero(S);
    FloatVector c30 = FloatVector.zero(S);
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bOffset + p * LANES);
      FloatVector x = FloatVector.broadcast(S, a[aOffset + p * LEFT_STEP]);
      c00 = x.fma(b0, c00);
      x = FloatVector.broadcast(S, a[aOffset + p * LEFT_STEP + 1]);
      c10 = x.fma(b0, c10);
      x = FloatVector.broadcast(S, a[aOffset + p * LEFT_STEP + 2]);
      c20 = x.fma(b0, c20);
      x = FloatVector.broadcast(S, a[aOffset + p * LEFT_STEP + 3]);
      c30 = x.fma(b0, c30);
    }
    int at = cOffset & mask;
    int step = ldc & mask;
    c00 = c00.add(FloatVector.fromArray(S, prior, at));
    c10 = c10.add(FloatVector.fromArray(S, prior, at + step));
    c20 = c20.add(FloatVector.fromArray(S, prior, at + 2 * step));
    c30 = c30.add(FloatVector.fromArray(S, prior, at + 3 * step));
    if (bounded) {
      FloatVector least = FloatVector.broadcast(S, floor);
      FloatVector bias0 = FloatVector.fromArray(S, bias, biasOffset);
      c00.add(bias0).max(least).intoArray(c, cOffset);
      c10.add(bias0).max(least).intoArray(c, cOffset + ldc);
      c20.add(bias0).max(least).intoArray(c, cOffset + 2 * ldc);
      c30.add(bias0).max(least).intoArray(c, cOffset + 3 * ldc);
      return;
    }
    c00.intoArray(c, cOffset);
    c10.intoArray(c, cOffset + ldc);
    c20.intoArray(c, cOffset + 2 * ldc);
    c30.intoArray(c, cOffset + 3 * ldc);
  }

  private static void columns4x2(
      int k,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      float[] prior,
      int mask,
      boolean bounded,
      float[] bias,
      int biasOffset,
      float floor,
      float[] c,
      int cOffset,
      int ldc) {
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c01 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c11 = FloatVector.zero(S);
    FloatVector c20 = FloatVector.zero(S);
    FloatVector c21 = FloatVector.zero(S);
    FloatVector c30 = FloatVector.zero(S);
    FloatVector c31 = FloatVector.zero(S);
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bOffset + p * (2 * LANES));
      FloatVector b1 = FloatVector.fromArray(S, b, bOffset + p * (2 * LANES) + LANES);
      FloatVector x = FloatVector.broadcast(S, a[aOffset + p * LEFT_STEP]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(S, a[aOffset + p * LEFT_STEP + 1]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(S, a[aOffset + p * LEFT_STEP + 2]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(S, a[aOffset + p * LEFT_STEP + 3]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
    }
    int at = cOffset & mask;
    int step = ldc & mask;
    c00 = c00.add(FloatVector.fromArray(S, prior, at));
    c01 = c01.add(FloatVector.fromArray(S, prior, at + LANES));
    c10 = c10.add(FloatVector.fromArray(S, prior, at + step));
    c11 = c11.add(FloatVector.fromArray(S, prior, at + step + LANES));
    c20 = c20.add(FloatVector.fromArray(S, prior, at + 2 * step));
    c21 = c21.add(FloatVector.fromArray(S, prior, at + 2 * step + LANES));
    c30 = c30.add(FloatVector.fromArray(S, prior, at + 3 * step));
    c31 = c31.add(FloatVector.fromArray(S, prior, at + 3 * step + LANES));
    if (bounded) {
      FloatVector least = FloatVector.broadcast(S, floor);
      FloatVector bias0 = FloatVector.fromArray(S, bias, biasOffset);
      FloatVector bias1 = FloatVector.fromArray(S, bias, biasOffset + LANES);
      c00.add(bias0).max(least).intoArray(c, cOffset);
      c01.add(bias1).max(least).intoArray(c, cOffset + LANES);
      c10.add(bias0).max(least).intoArray(c, cOffset + ldc);
      c11.add(bias1).max(least).intoArray(c, cOffset + ldc + LANES);
      c20.add(bias0).max(least).intoArray(c, cOffset + 2 * ldc);
      c21.add(bias1).max(least).intoArray(c, cOffset + 2 * ldc + LANES);
      c30.add(bias0).max(least).intoArray(c, cOffset + 3 * ldc);
      c31.add(bias1).max(least).intoArray(c, cOffset + 3 * ldc + LANES);
      return;
    }
    c00.intoArray(c, cOffset);
    c01.intoArray(c, cOffset + LANES);
    c10.intoArray(c, cOffset + ldc);
    c11.intoArray(c, cOffset + ldc + LANES);
    c20.intoArray(c, cOffset + 2 * ldc);
    c21.intoArray(c, cOffset + 2 * ldc + LANES);
    c30.intoArray(c, cOffset + 3 * ldc);
    c31.intoArray(c, cOffset + 3 * ldc + LANES);
  }
}
