package lanewise.kernel;

import static lanewise.kernel.Microkernel.ADD;
import static lanewise.kernel.Microkernel.FINISH;
import static lanewise.kernel.Microkernel.LANES;
import static lanewise.kernel.Microkernel.LEFT_STEP;
import static lanewise.kernel.Microkernel.MR;
import static lanewise.kernel.Microkernel.STORE;

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

  /** One tile of {@link #rows} rows, its left operand in columns. */
  static void multiply(
      int width,
      int k,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      int finish,
      float[] bias,
      int biasOffset,
      float floor,
      float[] c,
      int cOffset,
      int ldc) {
    if (width == 2 * LANES) {
      columns4x2(k, a, aOffset, b, bOffset, finish, bias, biasOffset, floor, c, cOffset, ldc);
    } else if (width == LANES && TALL == 8) {
      columns8x1(k, a, aOffset, b, bOffset, finish, bias, biasOffset, floor, c, cOffset, ldc);
    } else {
      columns4x1(k, a, aOffset, b, bOffset, finish, bias, biasOffset, floor, c, cOffset, ldc);
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
      int finish,
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
    if (finish == STORE) {
      c0.intoArray(c, cOffset);
      c1.intoArray(c, cOffset + ldc);
      c2.intoArray(c, cOffset + 2 * ldc);
      c3.intoArray(c, cOffset + 3 * ldc);
      c4.intoArray(c, cOffset + 4 * ldc);
      c5.intoArray(c, cOffset + 5 * ldc);
      c6.intoArray(c, cOffset + 6 * ldc);
      c7.intoArray(c, cOffset + 7 * ldc);
      return;
    }
    if (finish == ADD) {
      c0.add(FloatVector.fromArray(S, c, cOffset)).intoArray(c, cOffset);
      c1.add(FloatVector.fromArray(S, c, cOffset + ldc)).intoArray(c, cOffset + ldc);
      c2.add(FloatVector.fromArray(S, c, cOffset + 2 * ldc)).intoArray(c, cOffset + 2 * ldc);
      c3.add(FloatVector.fromArray(S, c, cOffset + 3 * ldc)).intoArray(c, cOffset + 3 * ldc);
      c4.add(FloatVector.fromArray(S, c, cOffset + 4 * ldc)).intoArray(c, cOffset + 4 * ldc);
      c5.add(FloatVector.fromArray(S, c, cOffset + 5 * ldc)).intoArray(c, cOffset + 5 * ldc);
      c6.add(FloatVector.fromArray(S, c, cOffset + 6 * ldc)).intoArray(c, cOffset + 6 * ldc);
      c7.add(FloatVector.fromArray(S, c, cOffset + 7 * ldc)).intoArray(c, cOffset + 7 * ldc);
      return;
    }
    FloatVector least = FloatVector.broadcast(S, floor);
    FloatVector bias0 = FloatVector.fromArray(S, bias, biasOffset);
    if (finish == FINISH) {
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
    c0.add(FloatVector.fromArray(S, c, cOffset)).add(bias0).max(least).intoArray(c, cOffset);
    c1.add(FloatVector.fromArray(S, c, cOffset + ldc))
        .add(bias0)
        .max(least)
        .intoArray(c, cOffset + ldc);
    c2.add(FloatVector.fromArray(S, c, cOffset + 2 * ldc))
        .add(bias0)
        .max(least)
        .intoArray(c, cOffset + 2 * ldc);
    c3.add(FloatVector.fromArray(S, c, cOffset + 3 * ldc))
        .add(bias0)
        .max(least)
        .intoArray(c, cOffset + 3 * ldc);
    c4.add(FloatVector.fromArray(S, c, cOffset + 4 * ldc))
        .add(bias0)
        .max(least)
        .intoArray(c, cOffset + 4 * ldc);
    c5.add(FloatVector.fromArray(S, c, cOffset + 5 * ldc))
        .add(bias0)
        .max(least)
        .intoArray(c, cOffset + 5 * ldc);
    c6.add(FloatVector.fromArray(S, c, cOffset + 6 * ldc))
        .add(bias0)
        .max(least)
        .intoArray(c, cOffset + 6 * ldc);
    c7.add(FloatVector.fromArray(S, c, cOffset + 7 * ldc))
        .add(bias0)
        .max(least)
        .intoArray(c, cOffset + 7 * ldc);
  }

  private static void columns4x1(
      int k,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      int finish,
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
    if (finish == STORE) {
      c00.intoArray(c, cOffset);
      c10.intoArray(c, cOffset + ldc);
      c20.intoArray(c, cOffset + 2 * ldc);
      c30.intoArray(c, cOffset + 3 * ldc);
      return;
    }
    if (finish == ADD) {
      c00.add(FloatVector.fromArray(S, c, cOffset)).intoArray(c, cOffset);
      c10.add(FloatVector.fromArray(S, c, cOffset + ldc)).intoArray(c, cOffset + ldc);
      c20.add(FloatVector.fromArray(S, c, cOffset + 2 * ldc)).intoArray(c, cOffset + 2 * ldc);
      c30.add(FloatVector.fromArray(S, c, cOffset + 3 * ldc)).intoArray(c, cOffset + 3 * ldc);
      return;
    }
    FloatVector least = FloatVector.broadcast(S, floor);
    FloatVector bias0 = FloatVector.fromArray(S, bias, biasOffset);
    if (finish == FINISH) {
      c00.add(bias0).max(least).intoArray(c, cOffset);
      c10.add(bias0).max(least).intoArray(c, cOffset + ldc);
      c20.add(bias0).max(least).intoArray(c, cOffset + 2 * ldc);
      c30.add(bias0).max(least).intoArray(c, cOffset + 3 * ldc);
      return;
    }
    c00.add(FloatVector.fromArray(S, c, cOffset)).add(bias0).max(least).intoArray(c, cOffset);
    c10.add(FloatVector.fromArray(S, c, cOffset + ldc))
        .add(bias0)
        .max(least)
        .intoArray(c, cOffset + ldc);
    c20.add(FloatVector.fromArray(S, c, cOffset + 2 * ldc))
        .add(bias0)
        .max(least)
        .intoArray(c, cOffset + 2 * ldc);
    c30.add(FloatVector.fromArray(S, c, cOffset + 3 * ldc))
        .add(bias0)
        .max(least)
        .intoArray(c, cOffset + 3 * ldc);
  }

  private static void columns4x2(
      int k,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      int finish,
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
    if (finish == STORE) {
      c00.intoArray(c, cOffset);
      c01.intoArray(c, cOffset + LANES);
      c10.intoArray(c, cOffset + ldc);
      c11.intoArray(c, cOffset + ldc + LANES);
      c20.intoArray(c, cOffset + 2 * ldc);
      c21.intoArray(c, cOffset + 2 * ldc + LANES);
      c30.intoArray(c, cOffset + 3 * ldc);
      c31.intoArray(c, cOffset + 3 * ldc + LANES);
      return;
    }
    if (finish == ADD) {
      c00.add(FloatVector.fromArray(S, c, cOffset)).intoArray(c, cOffset);
      c01.add(FloatVector.fromArray(S, c, cOffset + LANES)).intoArray(c, cOffset + LANES);
      c10.add(FloatVector.fromArray(S, c, cOffset + ldc)).intoArray(c, cOffset + ldc);
      c11.add(FloatVector.fromArray(S, c, cOffset + ldc + LANES))
          .intoArray(c, cOffset + ldc + LANES);
      c20.add(FloatVector.fromArray(S, c, cOffset + 2 * ldc)).intoArray(c, cOffset + 2 * ldc);
      c21.add(FloatVector.fromArray(S, c, cOffset + 2 * ldc + LANES))
          .intoArray(c, cOffset + 2 * ldc + LANES);
      c30.add(FloatVector.fromArray(S, c, cOffset + 3 * ldc)).intoArray(c, cOffset + 3 * ldc);
      c31.add(FloatVector.fromArray(S, c, cOffset + 3 * ldc + LANES))
          .intoArray(c, cOffset + 3 * ldc + LANES);
      return;
    }
    FloatVector least = FloatVector.broadcast(S, floor);
    FloatVector bias0 = FloatVector.fromArray(S, bias, biasOffset);
    FloatVector bias1 = FloatVector.fromArray(S, bias, biasOffset + LANES);
    if (finish == FINISH) {
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
    c00.add(FloatVector.fromArray(S, c, cOffset)).add(bias0).max(least).intoArray(c, cOffset);
    c01.add(FloatVector.fromArray(S, c, cOffset + LANES))
        .add(bias1)
        .max(least)
        .intoArray(c, cOffset + LANES);
    c10.add(FloatVector.fromArray(S, c, cOffset + ldc))
        .add(bias0)
        .max(least)
        .intoArray(c, cOffset + ldc);
    c11.add(FloatVector.fromArray(S, c, cOffset + ldc + LANES))
        .add(bias1)
        .max(least)
        .intoArray(c, cOffset + ldc + LANES);
    c20.add(FloatVector.fromArray(S, c, cOffset + 2 * ldc))
        .add(bias0)
        .max(least)
        .intoArray(c, cOffset + 2 * ldc);
    c21.add(FloatVector.fromArray(S, c, cOffset + 2 * ldc + LANES))
        .add(bias1)
        .max(least)
        .intoArray(c, cOffset + 2 * ldc + LANES);
    c30.add(FloatVector.fromArray(S, c, cOffset + 3 * ldc))
        .add(bias0)
        .max(least)
        .intoArray(c, cOffset + 3 * ldc);
    c31.add(FloatVector.fromArray(S, c, cOffset + 3 * ldc + LANES))
        .add(bias1)
        .max(least)
        .intoArray(c, cOffset + 3 * ldc + LANES);
  }
}
