package lanewise.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Transposes squares of L × L floats, L the lanes of a vector, in registers. Row i is turned by i
 * lanes; L · log₂ L blends then give each output its elements, one from each row, in lanes turned
 * by the output's number; and each output is turned back. Blends cost less than the shuffles of two
 * vectors that the usual way takes.
 */
final class Transposition {
  private static final VectorSpecies<Float> S = Simd.FLOATS;
  private static final int LANES = Simd.LANES;

  // BITb: the lanes whose number has bit b set.
  private static final VectorMask<Float> BIT0 = bit(0);
  private static final VectorMask<Float> BIT1 = bit(1);
  private static final VectorMask<Float> BIT2 = bit(2);
  private static final VectorMask<Float> BIT3 = bit(3);

  // TURNi: lane l takes lane l + i.
  private static final VectorShuffle<Float> TURN1 = turn(1);
  private static final VectorShuffle<Float> TURN2 = turn(2);
  private static final VectorShuffle<Float> TURN3 = turn(3);
  private static final VectorShuffle<Float> TURN4 = turn(4);
  private static final VectorShuffle<Float> TURN5 = turn(5);
  private static final VectorShuffle<Float> TURN6 = turn(6);
  private static final VectorShuffle<Float> TURN7 = turn(7);
  private static final VectorShuffle<Float> TURN8 = turn(8);
  private static final VectorShuffle<Float> TURN9 = turn(9);
  private static final VectorShuffle<Float> TURN10 = turn(10);
  private static final VectorShuffle<Float> TURN11 = turn(11);
  private static final VectorShuffle<Float> TURN12 = turn(12);
  private static final VectorShuffle<Float> TURN13 = turn(13);
  private static final VectorShuffle<Float> TURN14 = turn(14);
  private static final VectorShuffle<Float> TURN15 = turn(15);

  // EIGHTi: likewise among each eight lanes.
  private static final VectorShuffle<Float> EIGHT1 = turnEight(1);
  private static final VectorShuffle<Float> EIGHT2 = turnEight(2);
  private static final VectorShuffle<Float> EIGHT3 = turnEight(3);
  private static final VectorShuffle<Float> EIGHT4 = turnEight(4);
  private static final VectorShuffle<Float> EIGHT5 = turnEight(5);
  private static final VectorShuffle<Float> EIGHT6 = turnEight(6);
  private static final VectorShuffle<Float> EIGHT7 = turnEight(7);

  private Transposition() {}

  private static VectorMask<Float> bit(int b) {
    boolean[] set = new boolean[LANES];
    for (int l = 0; l < LANES; l++) {
      set[l] = (l >> b & 1) == 1;
    }
    return VectorMask.fromArray(S, set, 0);
  }

  private static VectorShuffle<Float> turn(int by) {
    return VectorShuffle.fromOp(S, l -> (l + by) % LANES);
  }

  private static VectorShuffle<Float> turnEight(int by) {
    return VectorShuffle.fromOp(S, l -> (l & ~7) | ((l + by) & 7));
  }

  /**
   * {@code y[j, i] ← x[i, j]} for one square.
   *
   * @param xPitch from one row of x to the next
   * @param yPitch from one row of y to the next
   */
  static void square(float[] x, int xOffset, int xPitch, float[] y, int yOffset, int yPitch) {
    if (LANES == 8) {
      eightRows(x, xOffset, xPitch, y, yOffset, yPitch);
    } else if (LANES == 16) {
      square16(x, xOffset, xPitch, y, yOffset, yPitch);
    } else {
      square4(x, xOffset, xPitch, y, yOffset, yPitch);
    }
  }

  /**
   * As {@link #square}, where {@code used} rows of x will do; what other elements of y become is
   * not said. Two squares of eight then go side by side.
   */
  static void fewRows(
      int used, float[] x, int xOffset, int xPitch, float[] y, int yOffset, int yPitch) {
    if (LANES == 16 && used <= 8) {
      eightRows(x, xOffset, xPitch, y, yOffset, yPitch);
    } else {
      square(x, xOffset, xPitch, y, yOffset, yPitch);
    }
  }

  /**
   * As {@link #square}, where {@code used} columns of x will do; what other rows of y become is not
   * said.
   */
  static void fewColumns(
      int used, float[] x, int xOffset, int xPitch, float[] y, int yOffset, int yPitch) {
    if (LANES == 16 && used <= 8) {
      eightColumns(x, xOffset, xPitch, y, yOffset, yPitch);
    } else {
      square(x, xOffset, xPitch, y, yOffset, yPitch);
    }
  }

  /**
   * {@code y[i, j] ← x[j, i]} for y {@code [m, n]}. Read of x are whole squares; written of y is
   * nothing else.
   *
   * @param tile between, for what must not run over
   */
  static void exact(
      int m, int n, float[] x, int xPitch, float[] y, int yOffset, int yPitch, float[] tile) {
    for (int j = 0; j < n; j += LANES) {
      int columns = Math.min(LANES, n - j);
      for (int i = 0; i < m; i += LANES) {
        int rows = Math.min(LANES, m - i);
        int from = j * xPitch + i;
        int at = yOffset + i * yPitch + j;
        boolean whole = rows == LANES && columns == LANES;
        // Rows written later end those of a narrow y.
        if (whole || (yPitch == n && n < LANES && (m - i - LANES) * n >= LANES - n)) {
          fewRows(columns, x, from, xPitch, y, at, yPitch);
          continue;
        }
        fewRows(columns, x, from, xPitch, tile, 0, columns);
        for (int r = 0; r < rows; r++) {
          System.arraycopy(tile, r * columns, y, at + r * yPitch, columns);
        }
      }
    }
  }

  /**
   * {@code y[j, i] ← x[i, j]} for x {@code [m, n]}. Written of y are whole squares.
   *
   * @param tile between, where x ends
   */
  static void matrix(
      int m,
      int n,
      float[] x,
      int xOffset,
      int xPitch,
      float[] y,
      int yOffset,
      int yPitch,
      float[] tile) {
    for (int i = 0; i < m; i += LANES) {
      for (int j = 0; j < n; j += LANES) {
        int from = xOffset + i * xPitch + j;
        int to = yOffset + j * yPitch + i;
        if ((LANES - 1L) * xPitch + from + LANES <= x.length) {
          fewColumns(n - j, x, from, xPitch, y, to, yPitch);
          continue;
        }
        int columns = Math.min(LANES, n - j);
        for (int r = 0; r < Math.min(LANES, m - i); r++) {
          System.arraycopy(x, from + r * xPitch, tile, r * LANES, columns);
        }
        square(tile, 0, LANES, y, to, yPitch);
      }
    }
  }

  private static void square4(
      float[] x, int xOffset, int xPitch, float[] y, int yOffset, int yPitch) {
    FloatVector a0 = FloatVector.fromArray(S, x, xOffset);
    FloatVector a1 = FloatVector.fromArray(S, x, xOffset + 3 * xPitch).rearrange(TURN1);
    FloatVector a2 = FloatVector.fromArray(S, x, xOffset + 2 * xPitch).rearrange(TURN2);
    FloatVector a3 = FloatVector.fromArray(S, x, xOffset + xPitch).rearrange(TURN3);
    FloatVector b0 = a0.blend(a3, BIT0);
    FloatVector b1 = a1.blend(a0, BIT0);
    FloatVector b2 = a2.blend(a1, BIT0);
    FloatVector b3 = a3.blend(a2, BIT0);
    FloatVector c0 = b0.blend(b2, BIT1);
    FloatVector c1 = b1.blend(b3, BIT1);
    FloatVector c2 = b2.blend(b0, BIT1);
    FloatVector c3 = b3.blend(b1, BIT1);
    c0.intoArray(y, yOffset);
    c1.rearrange(TURN1).intoArray(y, yOffset + yPitch);
    c2.rearrange(TURN2).intoArray(y, yOffset + 2 * yPitch);
    c3.rearrange(TURN3).intoArray(y, yOffset + 3 * yPitch);
  }

  /** Eight rows of x: one square of eight, or two side by side. */
  private static void eightRows(
      float[] x, int xOffset, int xPitch, float[] y, int yOffset, int yPitch) {
    FloatVector a0 = FloatVector.fromArray(S, x, xOffset);
    FloatVector a1 = FloatVector.fromArray(S, x, xOffset + 7 * xPitch).rearrange(EIGHT1);
    FloatVector a2 = FloatVector.fromArray(S, x, xOffset + 6 * xPitch).rearrange(EIGHT2);
    FloatVector a3 = FloatVector.fromArray(S, x, xOffset + 5 * xPitch).rearrange(EIGHT3);
    FloatVector a4 = FloatVector.fromArray(S, x, xOffset + 4 * xPitch).rearrange(EIGHT4);
    FloatVector a5 = FloatVector.fromArray(S, x, xOffset + 3 * xPitch).rearrange(EIGHT5);
    FloatVector a6 = FloatVector.fromArray(S, x, xOffset + 2 * xPitch).rearrange(EIGHT6);
    FloatVector a7 = FloatVector.fromArray(S, x, xOffset + xPitch).rearrange(EIGHT7);
    FloatVector b0 = a0.blend(a7, BIT0);
    FloatVector b1 = a1.blend(a0, BIT0);
    FloatVector b2 = a2.blend(a1, BIT0);
    FloatVector b3 = a3.blend(a2, BIT0);
    FloatVector b4 = a4.blend(a3, BIT0);
    FloatVector b5 = a5.blend(a4, BIT0);
    FloatVector b6 = a6.blend(a5, BIT0);
    FloatVector b7 = a7.blend(a6, BIT0);
    FloatVector c0 = b0.blend(b6, BIT1);
    FloatVector c1 = b1.blend(b7, BIT1);
    FloatVector c2 = b2.blend(b0, BIT1);
    FloatVector c3 = b3.blend(b1, BIT1);
    FloatVector c4 = b4.blend(b2, BIT1);
    FloatVector c5 = b5.blend(b3, BIT1);
    FloatVector c6 = b6.blend(b4, BIT1);
    FloatVector c7 = b7.blend(b5, BIT1);
    FloatVector d0 = c0.blend(c4, BIT2);
    FloatVector d1 = c1.blend(c5, BIT2).rearrange(EIGHT1);
    FloatVector d2 = c2.blend(c6, BIT2).rearrange(EIGHT2);
    FloatVector d3 = c3.blend(c7, BIT2).rearrange(EIGHT3);
    FloatVector d4 = c4.blend(c0, BIT2).rearrange(EIGHT4);
    FloatVector d5 = c5.blend(c1, BIT2).rearrange(EIGHT5);
    FloatVector d6 = c6.blend(c2, BIT2).rearrange(EIGHT6);
    FloatVector d7 = c7.blend(c3, BIT2).rearrange(EIGHT7);
    d0.intoArray(y, yOffset);
    d1.intoArray(y, yOffset + yPitch);
    d2.intoArray(y, yOffset + 2 * yPitch);
    d3.intoArray(y, yOffset + 3 * yPitch);
    d4.intoArray(y, yOffset + 4 * yPitch);
    d5.intoArray(y, yOffset + 5 * yPitch);
    d6.intoArray(y, yOffset + 6 * yPitch);
    d7.intoArray(y, yOffset + 7 * yPitch);
    if (LANES == 16) {
      d0.rearrange(TURN8).intoArray(y, yOffset + 8 * yPitch);
      d1.rearrange(TURN8).intoArray(y, yOffset + 9 * yPitch);
      d2.rearrange(TURN8).intoArray(y, yOffset + 10 * yPitch);
      d3.rearrange(TURN8).intoArray(y, yOffset + 11 * yPitch);
      d4.rearrange(TURN8).intoArray(y, yOffset + 12 * yPitch);
      d5.rearrange(TURN8).intoArray(y, yOffset + 13 * yPitch);
      d6.rearrange(TURN8).intoArray(y, yOffset + 14 * yPitch);
      d7.rearrange(TURN8).intoArray(y, yOffset + 15 * yPitch);
    }
  }

  /** Eight columns of x: two squares of eight, one below the other in x. */
  private static void eightColumns(
      float[] x, int xOffset, int xPitch, float[] y, int yOffset, int yPitch) {
    FloatVector a0 =
        FloatVector.fromArray(S, x, xOffset)
            .blend(FloatVector.fromArray(S, x, xOffset + 8 * xPitch - 8), BIT3);
    FloatVector a1 =
        FloatVector.fromArray(S, x, xOffset + 7 * xPitch)
            .blend(FloatVector.fromArray(S, x, xOffset + 15 * xPitch - 8), BIT3)
            .rearrange(EIGHT1);
    FloatVector a2 =
        FloatVector.fromArray(S, x, xOffset + 6 * xPitch)
            .blend(FloatVector.fromArray(S, x, xOffset + 14 * xPitch - 8), BIT3)
            .rearrange(EIGHT2);
    FloatVector a3 =
        FloatVector.fromArray(S, x, xOffset + 5 * xPitch)
            .blend(FloatVector.fromArray(S, x, xOffset + 13 * xPitch - 8), BIT3)
            .rearrange(EIGHT3);
    FloatVector a4 =
        FloatVector.fromArray(S, x, xOffset + 4 * xPitch)
            .blend(FloatVector.fromArray(S, x, xOffset + 12 * xPitch - 8), BIT3)
            .rearrange(EIGHT4);
    FloatVector a5 =
        FloatVector.fromArray(S, x, xOffset + 3 * xPitch)
            .blend(FloatVector.fromArray(S, x, xOffset + 11 * xPitch - 8), BIT3)
            .rearrange(EIGHT5);
    FloatVector a6 =
        FloatVector.fromArray(S, x, xOffset + 2 * xPitch)
            .blend(FloatVector.fromArray(S, x, xOffset + 10 * xPitch - 8), BIT3)
            .rearrange(EIGHT6);
    FloatVector a7 =
        FloatVector.fromArray(S, x, xOffset + xPitch)
            .blend(FloatVector.fromArray(S, x, xOffset + 9 * xPitch - 8), BIT3)
            .rearrange(EIGHT7);
    FloatVector b0 = a0.blend(a7, BIT0);
    FloatVector b1 = a1.blend(a0, BIT0);
    FloatVector b2 = a2.blend(a1, BIT0);
    FloatVector b3 = a3.blend(a2, BIT0);
    FloatVector b4 = a4.blend(a3, BIT0);
    FloatVector b5 = a5.blend(a4, BIT0);
    FloatVector b6 = a6.blend(a5, BIT0);
    FloatVector b7 = a7.blend(a6, BIT0);
    FloatVector c0 = b0.blend(b6, BIT1);
    FloatVector c1 = b1.blend(b7, BIT1);
    FloatVector c2 = b2.blend(b0, BIT1);
    FloatVector c3 = b3.blend(b1, BIT1);
    FloatVector c4 = b4.blend(b2, BIT1);
    FloatVector c5 = b5.blend(b3, BIT1);
    FloatVector c6 = b6.blend(b4, BIT1);
    FloatVector c7 = b7.blend(b5, BIT1);
    FloatVector d0 = c0.blend(c4, BIT2);
    FloatVector d1 = c1.blend(c5, BIT2).rearrange(EIGHT1);
    FloatVector d2 = c2.blend(c6, BIT2).rearrange(EIGHT2);
    FloatVector d3 = c3.blend(c7, BIT2).rearrange(EIGHT3);
    FloatVector d4 = c4.blend(c0, BIT2).rearrange(EIGHT4);
    FloatVector d5 = c5.blend(c1, BIT2).rearrange(EIGHT5);
    FloatVector d6 = c6.blend(c2, BIT2).rearrange(EIGHT6);
    FloatVector d7 = c7.blend(c3, BIT2).rearrange(EIGHT7);
    d0.intoArray(y, yOffset);
    d1.intoArray(y, yOffset + yPitch);
    d2.intoArray(y, yOffset + 2 * yPitch);
    d3.intoArray(y, yOffset + 3 * yPitch);
    d4.intoArray(y, yOffset + 4 * yPitch);
    d5.intoArray(y, yOffset + 5 * yPitch);
    d6.intoArray(y, yOffset + 6 * yPitch);
    d7.intoArray(y, yOffset + 7 * yPitch);
  }

  private static void square16(
      float[] x, int xOffset, int xPitch, float[] y, int yOffset, int yPitch) {
    FloatVector a0 = FloatVector.fromArray(S, x, xOffset);
    FloatVector a1 = FloatVector.fromArray(S, x, xOffset + 15 * xPitch).rearrange(TURN1);
    FloatVector a2 = FloatVector.fromArray(S, x, xOffset + 14 * xPitch).rearrange(TURN2);
    FloatVector a3 = FloatVector.fromArray(S, x, xOffset + 13 * xPitch).rearrange(TURN3);
    FloatVector a4 = FloatVector.fromArray(S, x, xOffset + 12 * xPitch).rearrange(TURN4);
    FloatVector a5 = FloatVector.fromArray(S, x, xOffset + 11 * xPitch).rearrange(TURN5);
    FloatVector a6 = FloatVector.fromArray(S, x, xOffset + 10 * xPitch).rearrange(TURN6);
    FloatVector a7 = FloatVector.fromArray(S, x, xOffset + 9 * xPitch).rearrange(TURN7);
    FloatVector a8 = FloatVector.fromArray(S, x, xOffset + 8 * xPitch).rearrange(TURN8);
    FloatVector a9 = FloatVector.fromArray(S, x, xOffset + 7 * xPitch).rearrange(TURN9);
    FloatVector a10 = FloatVector.fromArray(S, x, xOffset + 6 * xPitch).rearrange(TURN10);
    FloatVector a11 = FloatVector.fromArray(S, x, xOffset + 5 * xPitch).rearrange(TURN11);
    FloatVector a12 = FloatVector.fromArray(S, x, xOffset + 4 * xPitch).rearrange(TURN12);
    FloatVector a13 = FloatVector.fromArray(S, x, xOffset + 3 * xPitch).rearrange(TURN13);
    FloatVector a14 = FloatVector.fromArray(S, x, xOffset + 2 * xPitch).rearrange(TURN14);
    FloatVector a15 = FloatVector.fromArray(S, x, xOffset + xPitch).rearrange(TURN15);
    FloatVector b0 = a0.blend(a15, BIT0);
    FloatVector b1 = a1.blend(a0, BIT0);
    FloatVector b2 = a2.blend(a1, BIT0);
    FloatVector b3 = a3.blend(a2, BIT0);
    FloatVector b4 = a4.blend(a3, BIT0);
    FloatVector b5 = a5.blend(a4, BIT0);
    FloatVector b6 = a6.blend(a5, BIT0);
    FloatVector b7 = a7.blend(a6, BIT0);
    FloatVector b8 = a8.blend(a7, BIT0);
    FloatVector b9 = a9.blend(a8, BIT0);
    FloatVector b10 = a10.blend(a9, BIT0);
    FloatVector b11 = a11.blend(a10, BIT0);
    FloatVector b12 = a12.blend(a11, BIT0);
    FloatVector b13 = a13.blend(a12, BIT0);
    FloatVector b14 = a14.blend(a13, BIT0);
    FloatVector b15 = a15.blend(a14, BIT0);
    FloatVector c0 = b0.blend(b14, BIT1);
    FloatVector c1 = b1.blend(b15, BIT1);
    FloatVector c2 = b2.blend(b0, BIT1);
    FloatVector c3 = b3.blend(b1, BIT1);
    FloatVector c4 = b4.blend(b2, BIT1);
    FloatVector c5 = b5.blend(b3, BIT1);
    FloatVector c6 = b6.blend(b4, BIT1);
    FloatVector c7 = b7.blend(b5, BIT1);
    FloatVector c8 = b8.blend(b6, BIT1);
    FloatVector c9 = b9.blend(b7, BIT1);
    FloatVector c10 = b10.blend(b8, BIT1);
    FloatVector c11 = b11.blend(b9, BIT1);
    FloatVector c12 = b12.blend(b10, BIT1);
    FloatVector c13 = b13.blend(b11, BIT1);
    FloatVector c14 = b14.blend(b12, BIT1);
    FloatVector c15 = b15.blend(b13, BIT1);
    FloatVector d0 = c0.blend(c12, BIT2);
    FloatVector d1 = c1.blend(c13, BIT2);
    FloatVector d2 = c2.blend(c14, BIT2);
    FloatVector d3 = c3.blend(c15, BIT2);
    FloatVector d4 = c4.blend(c0, BIT2);
    FloatVector d5 = c5.blend(c1, BIT2);
    FloatVector d6 = c6.blend(c2, BIT2);
    FloatVector d7 = c7.blend(c3, BIT2);
    FloatVector d8 = c8.blend(c4, BIT2);
    FloatVector d9 = c9.blend(c5, BIT2);
    FloatVector d10 = c10.blend(c6, BIT2);
    FloatVector d11 = c11.blend(c7, BIT2);
    FloatVector d12 = c12.blend(c8, BIT2);
    FloatVector d13 = c13.blend(c9, BIT2);
    FloatVector d14 = c14.blend(c10, BIT2);
    FloatVector d15 = c15.blend(c11, BIT2);
    FloatVector e0 = d0.blend(d8, BIT3);
    FloatVector e1 = d1.blend(d9, BIT3);
    FloatVector e2 = d2.blend(d10, BIT3);
    FloatVector e3 = d3.blend(d11, BIT3);
    FloatVector e4 = d4.blend(d12, BIT3);
    FloatVector e5 = d5.blend(d13, BIT3);
    FloatVector e6 = d6.blend(d14, BIT3);
    FloatVector e7 = d7.blend(d15, BIT3);
    FloatVector e8 = d8.blend(d0, BIT3);
    FloatVector e9 = d9.blend(d1, BIT3);
    FloatVector e10 = d10.blend(d2, BIT3);
    FloatVector e11 = d11.blend(d3, BIT3);
    FloatVector e12 = d12.blend(d4, BIT3);
    FloatVector e13 = d13.blend(d5, BIT3);
    FloatVector e14 = d14.blend(d6, BIT3);
    FloatVector e15 = d15.blend(d7, BIT3);
    e0.intoArray(y, yOffset);
    e1.rearrange(TURN1).intoArray(y, yOffset + yPitch);
    e2.rearrange(TURN2).intoArray(y, yOffset + 2 * yPitch);
    e3.rearrange(TURN3).intoArray(y, yOffset + 3 * yPitch);
    e4.rearrange(TURN4).intoArray(y, yOffset + 4 * yPitch);
    e5.rearrange(TURN5).intoArray(y, yOffset + 5 * yPitch);
    e6.rearrange(TURN6).intoArray(y, yOffset + 6 * yPitch);
    e7.rearrange(TURN7).intoArray(y, yOffset + 7 * yPitch);
    e8.rearrange(TURN8).intoArray(y, yOffset + 8 * yPitch);
    e9.rearrange(TURN9).intoArray(y, yOffset + 9 * yPitch);
    e10.rearrange(TURN10).intoArray(y, yOffset + 10 * yPitch);
    e11.rearrange(TURN11).intoArray(y, yOffset + 11 * yPitch);
    e12.rearrange(TURN12).intoArray(y, yOffset + 12 * yPitch);
    e13.rearrange(TURN13).intoArray(y, yOffset + 13 * yPitch);
    e14.rearrange(TURN14).intoArray(y, yOffset + 14 * yPitch);
    e15.rearrange(TURN15).intoArray(y, yOffset + 15 * yPitch);
  }
}
