package lanewise.kernel;

import static lanewise.kernel.Microkernel.LANES;
import static lanewise.kernel.Microkernel.LEFT_STEP;
import static lanewise.kernel.Microkernel.LENGTHS;
import static lanewise.kernel.Microkernel.OFFSETS;

import java.lang.invoke.VarHandle;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link SixRowTile} over a left operand packed in columns: row i starts at {@code i / LEFT_STEP ·
 * LEFT_STEP · k + i % LEFT_STEP}, and its elements are {@link Microkernel#LEFT_STEP} apart, a
 * distance that must be a constant for C2 to leave out the range checks.
 */
final class SixColumnTile {
  private static final int ROWS = SixRowTile.ROWS;

  private static final VectorSpecies<Float> S = Simd.FLOATS;

  private SixColumnTile() {}

  /** {@code C ← A · B} for {@code rows} rows, a multiple of {@link SixRowTile#ROWS}. */
  static void store(
      int rows,
      int panels,
      int panelStep,
      int k,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      float[] c,
      int cOffset,
      int ldc) {
    k &= LENGTHS;
    for (int i = 0; i < rows; i += ROWS) {
      int r0 = (aOffset + offset(i, k)) & OFFSETS;
      int r1 = (aOffset + offset(i + 1, k)) & OFFSETS;
      int r2 = (aOffset + offset(i + 2, k)) & OFFSETS;
      int r3 = (aOffset + offset(i + 3, k)) & OFFSETS;
      int r4 = (aOffset + offset(i + 4, k)) & OFFSETS;
      int r5 = (aOffset + offset(i + 5, k)) & OFFSETS;
      for (int j = 0; j < panels; j++) {
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c01 = FloatVector.zero(S);
        FloatVector c10 = FloatVector.zero(S);
        FloatVector c11 = FloatVector.zero(S);
        FloatVector c20 = FloatVector.zero(S);
        FloatVector c21 = FloatVector.zero(S);
        FloatVector c30 = FloatVector.zero(S);
        FloatVector c31 = FloatVector.zero(S);
        FloatVector c40 = FloatVector.zero(S);
        FloatVector c41 = FloatVector.zero(S);
        FloatVector c50 = FloatVector.zero(S);
        FloatVector c51 = FloatVector.zero(S);
        int panel = (bOffset + j * panelStep) & OFFSETS;
        for (int p = 0; p < k; p++) {
          FloatVector b0 = FloatVector.fromArray(S, b, panel + p * 2 * LANES);
          FloatVector b1 = FloatVector.fromArray(S, b, panel + p * 2 * LANES + LANES);
          FloatVector x = FloatVector.broadcast(S, a[r0 + p * LEFT_STEP]);
          c00 = x.fma(b0, c00);
          c01 = x.fma(b1, c01);
          if (SixRowTile.IN_ORDER) {
            VarHandle.acquireFence();
          }
          x = FloatVector.broadcast(S, a[r1 + p * LEFT_STEP]);
          c10 = x.fma(b0, c10);
          c11 = x.fma(b1, c11);
          if (SixRowTile.IN_ORDER) {
            VarHandle.acquireFence();
          }
          x = FloatVector.broadcast(S, a[r2 + p * LEFT_STEP]);
          c20 = x.fma(b0, c20);
          c21 = x.fma(b1, c21);
          if (SixRowTile.IN_ORDER) {
            VarHandle.acquireFence();
          }
          x = FloatVector.broadcast(S, a[r3 + p * LEFT_STEP]);
          c30 = x.fma(b0, c30);
          c31 = x.fma(b1, c31);
          if (SixRowTile.IN_ORDER) {
            VarHandle.acquireFence();
          }
          x = FloatVector.broadcast(S, a[r4 + p * LEFT_STEP]);
          c40 = x.fma(b0, c40);
          c41 = x.fma(b1, c41);
          if (SixRowTile.IN_ORDER) {
            VarHandle.acquireFence();
          }
          x = FloatVector.broadcast(S, a[r5 + p * LEFT_STEP]);
          c50 = x.fma(b0, c50);
          c51 = x.fma(b1, c51);
          if (SixRowTile.IN_ORDER) {
            VarHandle.acquireFence();
          }
        }
        int to = cOffset + i * ldc + j * 2 * LANES;
        c00.intoArray(c, to);
        c01.intoArray(c, to + LANES);
        c10.intoArray(c, to + ldc);
        c11.intoArray(c, to + ldc + LANES);
        c20.intoArray(c, to + 2 * ldc);
        c21.intoArray(c, to + 2 * ldc + LANES);
        c30.intoArray(c, to + 3 * ldc);
        c31.intoArray(c, to + 3 * ldc + LANES);
        c40.intoArray(c, to + 4 * ldc);
        c41.intoArray(c, to + 4 * ldc + LANES);
        c50.intoArray(c, to + 5 * ldc);
        c51.intoArray(c, to + 5 * ldc + LANES);
      }
    }
  }

  /** {@code C ← A · B + prior}, likewise, as {@link SixRowTile#multiply}. */
  static void multiply(
      int rows,
      int panels,
      int panelStep,
      int k,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      float[] prior,
      int mask,
      float[] c,
      int cOffset,
      int ldc) {
    int step = ldc & mask;
    k &= LENGTHS;
    for (int i = 0; i < rows; i += ROWS) {
      int r0 = (aOffset + offset(i, k)) & OFFSETS;
      int r1 = (aOffset + offset(i + 1, k)) & OFFSETS;
      int r2 = (aOffset + offset(i + 2, k)) & OFFSETS;
      int r3 = (aOffset + offset(i + 3, k)) & OFFSETS;
      int r4 = (aOffset + offset(i + 4, k)) & OFFSETS;
      int r5 = (aOffset + offset(i + 5, k)) & OFFSETS;
      for (int j = 0; j < panels; j++) {
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c01 = FloatVector.zero(S);
        FloatVector c10 = FloatVector.zero(S);
        FloatVector c11 = FloatVector.zero(S);
        FloatVector c20 = FloatVector.zero(S);
        FloatVector c21 = FloatVector.zero(S);
        FloatVector c30 = FloatVector.zero(S);
        FloatVector c31 = FloatVector.zero(S);
        FloatVector c40 = FloatVector.zero(S);
        FloatVector c41 = FloatVector.zero(S);
        FloatVector c50 = FloatVector.zero(S);
        FloatVector c51 = FloatVector.zero(S);
        int panel = (bOffset + j * panelStep) & OFFSETS;
        for (int p = 0; p < k; p++) {
          FloatVector b0 = FloatVector.fromArray(S, b, panel + p * 2 * LANES);
          FloatVector b1 = FloatVector.fromArray(S, b, panel + p * 2 * LANES + LANES);
          FloatVector x = FloatVector.broadcast(S, a[r0 + p * LEFT_STEP]);
          c00 = x.fma(b0, c00);
          c01 = x.fma(b1, c01);
          if (SixRowTile.IN_ORDER) {
            VarHandle.acquireFence();
          }
          x = FloatVector.broadcast(S, a[r1 + p * LEFT_STEP]);
          c10 = x.fma(b0, c10);
          c11 = x.fma(b1, c11);
          if (SixRowTile.IN_ORDER) {
            VarHandle.acquireFence();
          }
          x = FloatVector.broadcast(S, a[r2 + p * LEFT_STEP]);
          c20 = x.fma(b0, c20);
          c21 = x.fma(b1, c21);
          if (SixRowTile.IN_ORDER) {
            VarHandle.acquireFence();
          }
          x = FloatVector.broadcast(S, a[r3 + p * LEFT_STEP]);
          c30 = x.fma(b0, c30);
          c31 = x.fma(b1, c31);
          if (SixRowTile.IN_ORDER) {
            VarHandle.acquireFence();
          }
          x = FloatVector.broadcast(S, a[r4 + p * LEFT_STEP]);
          c40 = x.fma(b0, c40);
          c41 = x.fma(b1, c41);
          if (SixRowTile.IN_ORDER) {
            VarHandle.acquireFence();
          }
          x = FloatVector.broadcast(S, a[r5 + p * LEFT_STEP]);
          c50 = x.fma(b0, c50);
          c51 = x.fma(b1, c51);
          if (SixRowTile.IN_ORDER) {
            VarHandle.acquireFence();
          }
        }
        int to = cOffset + i * ldc + j * 2 * LANES;
        int at = to & mask;
        c00 = c00.add(FloatVector.fromArray(S, prior, at));
        c01 = c01.add(FloatVector.fromArray(S, prior, at + LANES));
        c10 = c10.add(FloatVector.fromArray(S, prior, at + step));
        c11 = c11.add(FloatVector.fromArray(S, prior, at + step + LANES));
        c20 = c20.add(FloatVector.fromArray(S, prior, at + 2 * step));
        c21 = c21.add(FloatVector.fromArray(S, prior, at + 2 * step + LANES));
        c30 = c30.add(FloatVector.fromArray(S, prior, at + 3 * step));
        c31 = c31.add(FloatVector.fromArray(S, prior, at + 3 * step + LANES));
        c40 = c40.add(FloatVector.fromArray(S, prior, at + 4 * step));
        c41 = c41.add(FloatVector.fromArray(S, prior, at + 4 * step + LANES));
        c50 = c50.add(FloatVector.fromArray(S, prior, at + 5 * step));
        c51 = c51.add(FloatVector.fromArray(S, prior, at + 5 * step + LANES));
        c00.intoArray(c, to);
        c01.intoArray(c, to + LANES);
        c10.intoArray(c, to + ldc);
        c11.intoArray(c, to + ldc + LANES);
        c20.intoArray(c, to + 2 * ldc);
        c21.intoArray(c, to + 2 * ldc + LANES);
        c30.intoArray(c, to + 3 * ldc);
        c31.intoArray(c, to + 3 * ldc + LANES);
        c40.intoArray(c, to + 4 * ldc);
        c41.intoArray(c, to + 4 * ldc + LANES);
        c50.intoArray(c, to + 5 * ldc);
        c51.intoArray(c, to + 5 * ldc + LANES);
      }
    }
  }

  private static int offset(int row, int k) {
    return row / LEFT_STEP * LEFT_STEP * k + row % LEFT_STEP;
  }
}
