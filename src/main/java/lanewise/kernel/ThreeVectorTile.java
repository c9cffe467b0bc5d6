package lanewise.kernel;

import static lanewise.kernel.Microkernel.LANES;
import static lanewise.kernel.Microkernel.LENGTHS;
import static lanewise.kernel.Microkernel.OFFSETS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The {@link Microkernel} of 6 rows by 3 vectors, for the last two panels where the very last is
 * one vector wide: 18 sums, 3 vectors of B and 1 element of a row, in 32 registers. On its own the
 * last vector would have one broadcast for each multiply-add, which Zen 4 makes on the ports that
 * multiply.
 */
final class ThreeVectorTile {
  /** Rows of a tile. */
  static final int ROWS = SixRowTile.ROWS;

  /** Columns of a tile. */
  static final int COLUMNS = 3 * LANES;

  private static final VectorSpecies<Float> S = Simd.FLOATS;

  private ThreeVectorTile() {}

  /** Whether the last panels of {@code columns} columns are two vectors and one. */
  static boolean suits(int columns) {
    return Simd.REGISTERS >= 32 && columns > LANES && columns % Microkernel.NR == LANES;
  }

  /**
   * As {@link SixRowTile#multiply}, for two panels.
   *
   * @param bOffset the panel of two vectors
   * @param lastOffset the panel of one
   */
  static void multiply(
      int first,
      int rows,
      int k,
      float[] a,
      int aOffset,
      int[] offsets,
      float[] b,
      int bOffset,
      int lastOffset,
      float[] prior,
      int mask,
      float[] c,
      int cOffset,
      int ldc) {
    int step = ldc & mask;
    int left = bOffset & OFFSETS;
    int right = lastOffset & OFFSETS;
    k &= LENGTHS;
    for (int i = first; i < first + rows; i += ROWS) {
      int r0 = (aOffset + offsets[i]) & OFFSETS;
      int r1 = (aOffset + offsets[i + 1]) & OFFSETS;
      int r2 = (aOffset + offsets[i + 2]) & OFFSETS;
      int r3 = (aOffset + offsets[i + 3]) & OFFSETS;
      int r4 = (aOffset + offsets[i + 4]) & OFFSETS;
      int r5 = (aOffset + offsets[i + 5]) & OFFSETS;
      FloatVector c00 = FloatVector.zero(S);
      FloatVector c01 = FloatVector.zero(S);
      FloatVector c02 = FloatVector.zero(S);
      FloatVector c10 = FloatVector.zero(S);
      FloatVector c11 = FloatVector.zero(S);
      FloatVector c12 = FloatVector.zero(S);
      FloatVector c20 = FloatVector.zero(S);
      FloatVector c21 = FloatVector.zero(S);
      FloatVector c22 = FloatVector.zero(S);
      FloatVector c30 = FloatVector.zero(S);
      FloatVector c31 = FloatVector.zero(S);
      FloatVector c32 = FloatVector.zero(S);
      FloatVector c40 = FloatVector.zero(S);
      FloatVector c41 = FloatVector.zero(S);
      FloatVector c42 = FloatVector.zero(S);
      FloatVector c50 = FloatVector.zero(S);
      FloatVector c51 = FloatVector.zero(S);
      FloatVector c52 = FloatVector.zero(S);
      for (int p = 0; p < k; p++) {
        FloatVector b0 = FloatVector.fromArray(S, b, left + p * 2 * LANES);
        FloatVector b1 = FloatVector.fromArray(S, b, left + p * 2 * LANES + LANES);
        FloatVector b2 = FloatVector.fromArray(S, b, right + p * LANES);
        FloatVector x = FloatVector.broadcast(S, a[r0 + p]);
        c00 = x.fma(b0, c00);
        c01 = x.fma(b1, c01);
        c02 = x.fma(b2, c02);
        x = FloatVector.broadcast(S, a[r1 + p]);
        c10 = x.fma(b0, c10);
        c11 = x.fma(b1, c11);
        c12 = x.fma(b2, c12);
        x = FloatVector.broadcast(S, a[r2 + p]);
        c20 = x.fma(b0, c20);
        c21 = x.fma(b1, c21);
        c22 = x.fma(b2, c22);
        x = FloatVector.broadcast(S, a[r3 + p]);
        c30 = x.fma(b0, c30);
        c31 = x.fma(b1, c31);
        c32 = x.fma(b2, c32);
        x = FloatVector.broadcast(S, a[r4 + p]);
        c40 = x.fma(b0, c40);
        c41 = x.fma(b1, c41);
        c42 = x.fma(b2, c42);
        x = FloatVector.broadcast(S, a[r5 + p]);
        c50 = x.fma(b0, c50);
        c51 = x.fma(b1, c51);
        c52 = x.fma(b2, c52);
      }
      int to = cOffset + i * ldc;
      int at = to & mask;
      c00 = c00.add(FloatVector.fromArray(S, prior, at));
      c01 = c01.add(FloatVector.fromArray(S, prior, at + LANES));
      c02 = c02.add(FloatVector.fromArray(S, prior, at + 2 * LANES));
      c10 = c10.add(FloatVector.fromArray(S, prior, at + step));
      c11 = c11.add(FloatVector.fromArray(S, prior, at + step + LANES));
      c12 = c12.add(FloatVector.fromArray(S, prior, at + step + 2 * LANES));
      c20 = c20.add(FloatVector.fromArray(S, prior, at + 2 * step));
      c21 = c21.add(FloatVector.fromArray(S, prior, at + 2 * step + LANES));
      c22 = c22.add(FloatVector.fromArray(S, prior, at + 2 * step + 2 * LANES));
      c30 = c30.add(FloatVector.fromArray(S, prior, at + 3 * step));
      c31 = c31.add(FloatVector.fromArray(S, prior, at + 3 * step + LANES));
      c32 = c32.add(FloatVector.fromArray(S, prior, at + 3 * step + 2 * LANES));
      c40 = c40.add(FloatVector.fromArray(S, prior, at + 4 * step));
      c41 = c41.add(FloatVector.fromArray(S, prior, at + 4 * step + LANES));
      c42 = c42.add(FloatVector.fromArray(S, prior, at + 4 * step + 2 * LANES));
      c50 = c50.add(FloatVector.fromArray(S, prior, at + 5 * step));
      c51 = c51.add(FloatVector.fromArray(S, prior, at + 5 * step + LANES));
      c52 = c52.add(FloatVector.fromArray(S, prior, at + 5 * step + 2 * LANES));
      c00.intoArray(c, to);
      c01.intoArray(c, to + LANES);
      c02.intoArray(c, to + 2 * LANES);
      c10.intoArray(c, to + ldc);
      c11.intoArray(c, to + ldc + LANES);
      c12.intoArray(c, to + ldc + 2 * LANES);
      c20.intoArray(c, to + 2 * ldc);
      c21.intoArray(c, to + 2 * ldc + LANES);
      c22.intoArray(c, to + 2 * ldc + 2 * LANES);
      c30.intoArray(c, to + 3 * ldc);
      c31.intoArray(c, to + 3 * ldc + LANES);
      c32.intoArray(c, to + 3 * ldc + 2 * LANES);
      c40.intoArray(c, to + 4 * ldc);
      c41.intoArray(c, to + 4 * ldc + LANES);
      c42.intoArray(c, to + 4 * ldc + 2 * LANES);
      c50.intoArray(c, to + 5 * ldc);
      c51.intoArray(c, to + 5 * ldc + LANES);
      c52.intoArray(c, to + 5 * ldc + 2 * LANES);
    }
  }
}
