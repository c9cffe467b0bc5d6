package lanewise.kernel;

import static lanewise.kernel.Microkernel.LANES;
import static lanewise.kernel.Microkernel.LENGTHS;
import static lanewise.kernel.Microkernel.OFFSETS;

import java.lang.invoke.VarHandle;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The {@link Microkernel} of 6 rows by 2 vectors: its 12 sums, 2 vectors of the panel and 1 element
 * of a row fill all but one of 16 registers. Each method loops over rows and, inside, over panels
 * {@code panelStep} apart, so that C is written along its rows; it finishes its tiles in one way.
 * Row i of A starts at {@code aOffset + offsets[i]}; the methods for runs read {@code runs} of
 * {@code length} elements that start {@code stride} apart.
 *
 * <p>Left alone, C2 loads the elements of several rows first and spills the sums. So after each row
 * stands a fence that keeps loads in order: on x86 it is no instruction, but C2 moves no load
 * across it. Offsets and k are masked so that C2 knows that their sums cannot overflow, and
 * addresses both operands by the loop's counter alone.
 */
final class SixRowTile {
  /** Rows of a tile. */
  static final int ROWS = 6;

  private static final VectorSpecies<Float> S = Simd.FLOATS;

  /** Whether tiles are so small that {@link #store}, which reads no prior, takes less time. */
  static final boolean STORES = Simd.REGISTERS < 32;

  /** Where a fence costs something, registers suffice without it. */
  static final boolean IN_ORDER = Simd.REGISTERS < 32;

  private SixRowTile() {}

  /** {@code C ← A · B} for {@code rows} rows, a multiple of {@link #ROWS}, each of k elements. */
  static void store(
      int first,
      int rows,
      int panels,
      int panelStep,
      int k,
      float[] a,
      int aOffset,
      int[] offsets,
      float[] b,
      int bOffset,
      float[] c,
      int cOffset,
      int ldc) {
    k &= LENGTHS;
    for (int i = first; i < first + rows; i += ROWS) {
      int r0 = (aOffset + offsets[i]) & OFFSETS;
      int r1 = (aOffset + offsets[i + 1]) & OFFSETS;
      int r2 = (aOffset + offsets[i + 2]) & OFFSETS;
      int r3 = (aOffset + offsets[i + 3]) & OFFSETS;
      int r4 = (aOffset + offsets[i + 4]) & OFFSETS;
      int r5 = (aOffset + offsets[i + 5]) & OFFSETS;
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
          FloatVector x = FloatVector.broadcast(S, a[r0 + p]);
          c00 = x.fma(b0, c00);
          c01 = x.fma(b1, c01);
          if (IN_ORDER) {
            VarHandle.acquireFence();
          }
          x = FloatVector.broadcast(S, a[r1 + p]);
          c10 = x.fma(b0, c10);
          c11 = x.fma(b1, c11);
          if (IN_ORDER) {
            VarHandle.acquireFence();
          }
          x = FloatVector.broadcast(S, a[r2 + p]);
          c20 = x.fma(b0, c20);
          c21 = x.fma(b1, c21);
          if (IN_ORDER) {
            VarHandle.acquireFence();
          }
          x = FloatVector.broadcast(S, a[r3 + p]);
          c30 = x.fma(b0, c30);
          c31 = x.fma(b1, c31);
          if (IN_ORDER) {
            VarHandle.acquireFence();
          }
          x = FloatVector.broadcast(S, a[r4 + p]);
          c40 = x.fma(b0, c40);
          c41 = x.fma(b1, c41);
          if (IN_ORDER) {
            VarHandle.acquireFence();
          }
          x = FloatVector.broadcast(S, a[r5 + p]);
          c50 = x.fma(b0, c50);
          c51 = x.fma(b1, c51);
          if (IN_ORDER) {
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

  /**
   * {@code C ← A · B + prior}, as {@link #store}.
   *
   * @param prior with {@code mask}, as {@link TileStore} has it
   */
  static void multiply(
      int first,
      int rows,
      int panels,
      int panelStep,
      int k,
      float[] a,
      int aOffset,
      int[] offsets,
      float[] b,
      int bOffset,
      float[] prior,
      int mask,
      float[] c,
      int cOffset,
      int ldc) {
    int step = ldc & mask;
    k &= LENGTHS;
    for (int i = first; i < first + rows; i += ROWS) {
      int r0 = (aOffset + offsets[i]) & OFFSETS;
      int r1 = (aOffset + offsets[i + 1]) & OFFSETS;
      int r2 = (aOffset + offsets[i + 2]) & OFFSETS;
      int r3 = (aOffset + offsets[i + 3]) & OFFSETS;
      int r4 = (aOffset + offsets[i + 4]) & OFFSETS;
      int r5 = (aOffset + offsets[i + 5]) & OFFSETS;
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
          FloatVector x = FloatVector.broadcast(S, a[r0 + p]);
          c00 = x.fma(b0, c00);
          c01 = x.fma(b1, c01);
          if (IN_ORDER) {
            VarHandle.acquireFence();
          }
          x = FloatVector.broadcast(S, a[r1 + p]);
          c10 = x.fma(b0, c10);
          c11 = x.fma(b1, c11);
          if (IN_ORDER) {
            VarHandle.acquireFence();
          }
          x = FloatVector.broadcast(S, a[r2 + p]);
          c20 = x.fma(b0, c20);
          c21 = x.fma(b1, c21);
          if (IN_ORDER) {
            VarHandle.acquireFence();
          }
          x = FloatVector.broadcast(S, a[r3 + p]);
          c30 = x.fma(b0, c30);
          c31 = x.fma(b1, c31);
          if (IN_ORDER) {
            VarHandle.acquireFence();
          }
          x = FloatVector.broadcast(S, a[r4 + p]);
          c40 = x.fma(b0, c40);
          c41 = x.fma(b1, c41);
          if (IN_ORDER) {
            VarHandle.acquireFence();
          }
          x = FloatVector.broadcast(S, a[r5 + p]);
          c50 = x.fma(b0, c50);
          c51 = x.fma(b1, c51);
          if (IN_ORDER) {
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

  /** {@code C ← max(A · B + bias, floor)}, for one panel, its bias in registers. */
  static void finish(
      int first,
      int rows,
      int k,
      float[] a,
      int aOffset,
      int[] offsets,
      float[] b,
      int bOffset,
      float[] bias,
      int biasOffset,
      float floor,
      float[] c,
      int cOffset,
      int ldc) {
    k &= LENGTHS;
    bOffset &= OFFSETS;
    FloatVector least = FloatVector.broadcast(S, floor);
    FloatVector bias0 = FloatVector.fromArray(S, bias, biasOffset);
    FloatVector bias1 = FloatVector.fromArray(S, bias, biasOffset + LANES);
    for (int i = first; i < first + rows; i += ROWS) {
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
      int r0 = (aOffset + offsets[i]) & OFFSETS;
      int r1 = (aOffset + offsets[i + 1]) & OFFSETS;
      int r2 = (aOffset + offsets[i + 2]) & OFFSETS;
      int r3 = (aOffset + offsets[i + 3]) & OFFSETS;
      int r4 = (aOffset + offsets[i + 4]) & OFFSETS;
      int r5 = (aOffset + offsets[i + 5]) & OFFSETS;
      for (int p = 0; p < k; p++) {
        FloatVector b0 = FloatVector.fromArray(S, b, bOffset + p * 2 * LANES);
        FloatVector b1 = FloatVector.fromArray(S, b, bOffset + p * 2 * LANES + LANES);
        FloatVector x = FloatVector.broadcast(S, a[r0 + p]);
        c00 = x.fma(b0, c00);
        c01 = x.fma(b1, c01);
        if (IN_ORDER) {
          VarHandle.acquireFence();
        }
        x = FloatVector.broadcast(S, a[r1 + p]);
        c10 = x.fma(b0, c10);
        c11 = x.fma(b1, c11);
        if (IN_ORDER) {
          VarHandle.acquireFence();
        }
        x = FloatVector.broadcast(S, a[r2 + p]);
        c20 = x.fma(b0, c20);
        c21 = x.fma(b1, c21);
        if (IN_ORDER) {
          VarHandle.acquireFence();
        }
        x = FloatVector.broadcast(S, a[r3 + p]);
        c30 = x.fma(b0, c30);
        c31 = x.fma(b1, c31);
        if (IN_ORDER) {
          VarHandle.acquireFence();
        }
        x = FloatVector.broadcast(S, a[r4 + p]);
        c40 = x.fma(b0, c40);
        c41 = x.fma(b1, c41);
        if (IN_ORDER) {
          VarHandle.acquireFence();
        }
        x = FloatVector.broadcast(S, a[r5 + p]);
        c50 = x.fma(b0, c50);
        c51 = x.fma(b1, c51);
        if (IN_ORDER) {
          VarHandle.acquireFence();
        }
      }
      int to = cOffset + i * ldc;
      c00.add(bias0).max(least).intoArray(c, to);
      c01.add(bias1).max(least).intoArray(c, to + LANES);
      c10.add(bias0).max(least).intoArray(c, to + ldc);
      c11.add(bias1).max(least).intoArray(c, to + ldc + LANES);
      c20.add(bias0).max(least).intoArray(c, to + 2 * ldc);
      c21.add(bias1).max(least).intoArray(c, to + 2 * ldc + LANES);
      c30.add(bias0).max(least).intoArray(c, to + 3 * ldc);
      c31.add(bias1).max(least).intoArray(c, to + 3 * ldc + LANES);
      c40.add(bias0).max(least).intoArray(c, to + 4 * ldc);
      c41.add(bias1).max(least).intoArray(c, to + 4 * ldc + LANES);
      c50.add(bias0).max(least).intoArray(c, to + 5 * ldc);
      c51.add(bias1).max(least).intoArray(c, to + 5 * ldc + LANES);
    }
  }

  /** {@code C ← A · B} for {@code rows} rows, a multiple of {@link #ROWS}, each of some runs. */
  static void storeRuns(
      int first,
      int rows,
      int panels,
      int panelStep,
      int runs,
      int length,
      int stride,
      float[] a,
      int aOffset,
      int[] offsets,
      float[] b,
      int bOffset,
      float[] c,
      int cOffset,
      int ldc) {
    length &= LENGTHS;
    for (int i = first; i < first + rows; i += ROWS) {
      int a0 = aOffset + offsets[i];
      int a1 = aOffset + offsets[i + 1];
      int a2 = aOffset + offsets[i + 2];
      int a3 = aOffset + offsets[i + 3];
      int a4 = aOffset + offsets[i + 4];
      int a5 = aOffset + offsets[i + 5];
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
        int from = bOffset + j * panelStep;
        for (int run = 0; run < runs; run++) {
          int r0 = (a0 + run * stride) & OFFSETS;
          int r1 = (a1 + run * stride) & OFFSETS;
          int r2 = (a2 + run * stride) & OFFSETS;
          int r3 = (a3 + run * stride) & OFFSETS;
          int r4 = (a4 + run * stride) & OFFSETS;
          int r5 = (a5 + run * stride) & OFFSETS;
          int panel = (from + run * length * 2 * LANES) & OFFSETS;
          for (int p = 0; p < length; p++) {
            FloatVector b0 = FloatVector.fromArray(S, b, panel + p * 2 * LANES);
            FloatVector b1 = FloatVector.fromArray(S, b, panel + p * 2 * LANES + LANES);
            FloatVector x = FloatVector.broadcast(S, a[r0 + p]);
            c00 = x.fma(b0, c00);
            c01 = x.fma(b1, c01);
            if (IN_ORDER) {
              VarHandle.acquireFence();
            }
            x = FloatVector.broadcast(S, a[r1 + p]);
            c10 = x.fma(b0, c10);
            c11 = x.fma(b1, c11);
            if (IN_ORDER) {
              VarHandle.acquireFence();
            }
            x = FloatVector.broadcast(S, a[r2 + p]);
            c20 = x.fma(b0, c20);
            c21 = x.fma(b1, c21);
            if (IN_ORDER) {
              VarHandle.acquireFence();
            }
            x = FloatVector.broadcast(S, a[r3 + p]);
            c30 = x.fma(b0, c30);
            c31 = x.fma(b1, c31);
            if (IN_ORDER) {
              VarHandle.acquireFence();
            }
            x = FloatVector.broadcast(S, a[r4 + p]);
            c40 = x.fma(b0, c40);
            c41 = x.fma(b1, c41);
            if (IN_ORDER) {
              VarHandle.acquireFence();
            }
            x = FloatVector.broadcast(S, a[r5 + p]);
            c50 = x.fma(b0, c50);
            c51 = x.fma(b1, c51);
            if (IN_ORDER) {
              VarHandle.acquireFence();
            }
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

  /** {@code C ← A · B + prior}, as {@link #storeRuns}. */
  static void multiplyRuns(
      int first,
      int rows,
      int panels,
      int panelStep,
      int runs,
      int length,
      int stride,
      float[] a,
      int aOffset,
      int[] offsets,
      float[] b,
      int bOffset,
      float[] prior,
      int mask,
      float[] c,
      int cOffset,
      int ldc) {
    int step = ldc & mask;
    length &= LENGTHS;
    for (int i = first; i < first + rows; i += ROWS) {
      int a0 = aOffset + offsets[i];
      int a1 = aOffset + offsets[i + 1];
      int a2 = aOffset + offsets[i + 2];
      int a3 = aOffset + offsets[i + 3];
      int a4 = aOffset + offsets[i + 4];
      int a5 = aOffset + offsets[i + 5];
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
        int from = bOffset + j * panelStep;
        for (int run = 0; run < runs; run++) {
          int r0 = (a0 + run * stride) & OFFSETS;
          int r1 = (a1 + run * stride) & OFFSETS;
          int r2 = (a2 + run * stride) & OFFSETS;
          int r3 = (a3 + run * stride) & OFFSETS;
          int r4 = (a4 + run * stride) & OFFSETS;
          int r5 = (a5 + run * stride) & OFFSETS;
          int panel = (from + run * length * 2 * LANES) & OFFSETS;
          for (int p = 0; p < length; p++) {
            FloatVector b0 = FloatVector.fromArray(S, b, panel + p * 2 * LANES);
            FloatVector b1 = FloatVector.fromArray(S, b, panel + p * 2 * LANES + LANES);
            FloatVector x = FloatVector.broadcast(S, a[r0 + p]);
            c00 = x.fma(b0, c00);
            c01 = x.fma(b1, c01);
            if (IN_ORDER) {
              VarHandle.acquireFence();
            }
            x = FloatVector.broadcast(S, a[r1 + p]);
            c10 = x.fma(b0, c10);
            c11 = x.fma(b1, c11);
            if (IN_ORDER) {
              VarHandle.acquireFence();
            }
            x = FloatVector.broadcast(S, a[r2 + p]);
            c20 = x.fma(b0, c20);
            c21 = x.fma(b1, c21);
            if (IN_ORDER) {
              VarHandle.acquireFence();
            }
            x = FloatVector.broadcast(S, a[r3 + p]);
            c30 = x.fma(b0, c30);
            c31 = x.fma(b1, c31);
            if (IN_ORDER) {
              VarHandle.acquireFence();
            }
            x = FloatVector.broadcast(S, a[r4 + p]);
            c40 = x.fma(b0, c40);
            c41 = x.fma(b1, c41);
            if (IN_ORDER) {
              VarHandle.acquireFence();
            }
            x = FloatVector.broadcast(S, a[r5 + p]);
            c50 = x.fma(b0, c50);
            c51 = x.fma(b1, c51);
            if (IN_ORDER) {
              VarHandle.acquireFence();
            }
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

  /** {@code C ← max(A · B + bias, floor)}, as {@link #finish}, each row of some runs. */
  static void finishRuns(
      int first,
      int rows,
      int runs,
      int length,
      int stride,
      float[] a,
      int aOffset,
      int[] offsets,
      float[] b,
      int bOffset,
      float[] bias,
      int biasOffset,
      float floor,
      float[] c,
      int cOffset,
      int ldc) {
    length &= LENGTHS;
    FloatVector least = FloatVector.broadcast(S, floor);
    FloatVector bias0 = FloatVector.fromArray(S, bias, biasOffset);
    FloatVector bias1 = FloatVector.fromArray(S, bias, biasOffset + LANES);
    for (int i = first; i < first + rows; i += ROWS) {
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
      int a0 = aOffset + offsets[i];
      int a1 = aOffset + offsets[i + 1];
      int a2 = aOffset + offsets[i + 2];
      int a3 = aOffset + offsets[i + 3];
      int a4 = aOffset + offsets[i + 4];
      int a5 = aOffset + offsets[i + 5];
      for (int run = 0; run < runs; run++) {
        int r0 = (a0 + run * stride) & OFFSETS;
        int r1 = (a1 + run * stride) & OFFSETS;
        int r2 = (a2 + run * stride) & OFFSETS;
        int r3 = (a3 + run * stride) & OFFSETS;
        int r4 = (a4 + run * stride) & OFFSETS;
        int r5 = (a5 + run * stride) & OFFSETS;
        int panel = (bOffset + run * length * 2 * LANES) & OFFSETS;
        for (int p = 0; p < length; p++) {
          FloatVector b0 = FloatVector.fromArray(S, b, panel + p * 2 * LANES);
          FloatVector b1 = FloatVector.fromArray(S, b, panel + p * 2 * LANES + LANES);
          FloatVector x = FloatVector.broadcast(S, a[r0 + p]);
          c00 = x.fma(b0, c00);
          c01 = x.fma(b1, c01);
          if (IN_ORDER) {
            VarHandle.acquireFence();
          }
          x = FloatVector.broadcast(S, a[r1 + p]);
          c10 = x.fma(b0, c10);
          c11 = x.fma(b1, c11);
          if (IN_ORDER) {
            VarHandle.acquireFence();
          }
          x = FloatVector.broadcast(S, a[r2 + p]);
          c20 = x.fma(b0, c20);
          c21 = x.fma(b1, c21);
          if (IN_ORDER) {
            VarHandle.acquireFence();
          }
          x = FloatVector.broadcast(S, a[r3 + p]);
          c30 = x.fma(b0, c30);
          c31 = x.fma(b1, c31);
          if (IN_ORDER) {
            VarHandle.acquireFence();
          }
          x = FloatVector.broadcast(S, a[r4 + p]);
          c40 = x.fma(b0, c40);
          c41 = x.fma(b1, c41);
          if (IN_ORDER) {
            VarHandle.acquireFence();
          }
          x = FloatVector.broadcast(S, a[r5 + p]);
          c50 = x.fma(b0, c50);
          c51 = x.fma(b1, c51);
          if (IN_ORDER) {
            VarHandle.acquireFence();
          }
        }
      }
      int to = cOffset + i * ldc;
      c00.add(bias0).max(least).intoArray(c, to);
      c01.add(bias1).max(least).intoArray(c, to + LANES);
      c10.add(bias0).max(least).intoArray(c, to + ldc);
      c11.add(bias1).max(least).intoArray(c, to + ldc + LANES);
      c20.add(bias0).max(least).intoArray(c, to + 2 * ldc);
      c21.add(bias1).max(least).intoArray(c, to + 2 * ldc + LANES);
      c30.add(bias0).max(least).intoArray(c, to + 3 * ldc);
      c31.add(bias1).max(least).intoArray(c, to + 3 * ldc + LANES);
      c40.add(bias0).max(least).intoArray(c, to + 4 * ldc);
      c41.add(bias1).max(least).intoArray(c, to + 4 * ldc + LANES);
      c50.add(bias0).max(least).intoArray(c, to + 5 * ldc);
      c51.add(bias1).max(least).intoArray(c, to + 5 * ldc + LANES);
    }
  }
}
