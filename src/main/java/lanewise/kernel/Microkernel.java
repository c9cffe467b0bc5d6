package lanewise.kernel;

import jdk.incubator.vector.FloatVector;

/**
 * The register tile: {@code MR = 4} rows of C by 1, 2 or 4 vectors, its sums in named locals while k runs upward.
 *
 * <p>The right operand is a packed panel: for each p, its row of 1, 2 or 4 vectors. The left one is read in one of two
 * ways: <em>rows</em>, each with k along memory from an offset of its own, in {@code runs} runs of {@code length}
 * elements that start {@code stride} apart (a convolution's patch lies so in its image; a matrix is one run); or
 * <em>columns</em>, a packed panel of {@link #LEFT_STEP} rows, for each p one vector of them.
 *
 * <p>A core with two FMA ports and four cycles of latency wants 8 sums in flight: 4 × 2 vectors, which with 2 vectors of
 * the right operand and 1 of the left fit 16 registers; with 32 registers 4 × 4 halves the loads per FMA.
 */
final class Microkernel {
  private static final int LANES = Simd.LANES;

  /** Rows of a tile. */
  static final int MR = 4;

  /** Vectors in a full tile's row. */
  static final int VECTORS = Simd.REGISTERS >= 32 ? 4 : 2;

  /** Columns of a full tile. */
  static final int NR = VECTORS * LANES;

  /** Rows that a packed left panel holds side by side. */
  static final int LEFT_STEP = LANES;

  private Microkernel() {}

  /** Columns of the panel that starts with {@code remaining} columns to go, as packed: whole vectors. */
  static int panelWidth(int remaining) {
    int vectors = (remaining + LANES - 1) / LANES;
    return (vectors >= VECTORS ? VECTORS : vectors >= 2 ? 2 : 1) * LANES;
  }

  /** Columns of all panels together. */
  static int packedWidth(int columns) {
    return (columns + LANES - 1) / LANES * LANES;
  }

  /** One tile, its left operand in rows: {@code C ← A · B}, or with {@code add} {@code C ← A · B + C}. */
  static void rows(
      int width, int runs, int length, int stride, float[] a, int a0, int a1, int a2, int a3, float[] b, int bOffset,
      boolean add, float[] c, int cOffset, int ldc) {
    if (width == 2 * LANES) {
      rows4x2(runs, length, stride, a, a0, a1, a2, a3, b, bOffset, add, c, cOffset, ldc);
    } else if (width == LANES) {
      rows4x1(runs, length, stride, a, a0, a1, a2, a3, b, bOffset, add, c, cOffset, ldc);
    } else {
      rows4x4(runs, length, stride, a, a0, a1, a2, a3, b, bOffset, add, c, cOffset, ldc);
    }
  }

  /** One tile, its left operand in columns. */
  static void columns(
      int width, int k, float[] a, int aOffset, float[] b, int bOffset, boolean add, float[] c, int cOffset,
      int ldc) {
    if (width == 2 * LANES) {
      columns4x2(k, a, aOffset, b, bOffset, add, c, cOffset, ldc);
    } else if (width == LANES) {
      columns4x1(k, a, aOffset, b, bOffset, add, c, cOffset, ldc);
    } else {
      columns4x4(k, a, aOffset, b, bOffset, add, c, cOffset, ldc);
    }
  }

  private static void rows4x1(
      int runs, int length, int stride, float[] a, int a0, int a1, int a2, int a3, float[] b,
      int bOffset, boolean add, float[] c, int cOffset, int ldc) {
    FloatVector c00 = Simd.zero();
    FloatVector c10 = Simd.zero();
    FloatVector c20 = Simd.zero();
    FloatVector c30 = Simd.zero();
    for (int run = 0; run < runs; run++) {
      int skip = run * stride;
      int r0 = a0 + skip;
      int r1 = a1 + skip;
      int r2 = a2 + skip;
      int r3 = a3 + skip;
      int rb = bOffset + run * length * LANES;
      for (int p = 0; p < length; p++) {
        FloatVector b0 = Simd.load(b, rb + p * LANES);
        FloatVector x = Simd.broadcast(a[r0 + p]);
        c00 = x.fma(b0, c00);
        x = Simd.broadcast(a[r1 + p]);
        c10 = x.fma(b0, c10);
        x = Simd.broadcast(a[r2 + p]);
        c20 = x.fma(b0, c20);
        x = Simd.broadcast(a[r3 + p]);
        c30 = x.fma(b0, c30);
      }
    }
    if (add) {
      c00 = c00.add(Simd.load(c, cOffset));
      c10 = c10.add(Simd.load(c, cOffset + ldc));
      c20 = c20.add(Simd.load(c, cOffset + 2 * ldc));
      c30 = c30.add(Simd.load(c, cOffset + 3 * ldc));
    }
    c00.intoArray(c, cOffset);
    c10.intoArray(c, cOffset + ldc);
    c20.intoArray(c, cOffset + 2 * ldc);
    c30.intoArray(c, cOffset + 3 * ldc);
  }

  private static void rows4x2(
      int runs, int length, int stride, float[] a, int a0, int a1, int a2, int a3, float[] b,
      int bOffset, boolean add, float[] c, int cOffset, int ldc) {
    FloatVector c00 = Simd.zero();
    FloatVector c01 = Simd.zero();
    FloatVector c10 = Simd.zero();
    FloatVector c11 = Simd.zero();
    FloatVector c20 = Simd.zero();
    FloatVector c21 = Simd.zero();
    FloatVector c30 = Simd.zero();
    FloatVector c31 = Simd.zero();
    for (int run = 0; run < runs; run++) {
      int skip = run * stride;
      int r0 = a0 + skip;
      int r1 = a1 + skip;
      int r2 = a2 + skip;
      int r3 = a3 + skip;
      int rb = bOffset + run * length * 2 * LANES;
      for (int p = 0; p < length; p++) {
        FloatVector b0 = Simd.load(b, rb + p * (2 * LANES));
        FloatVector b1 = Simd.load(b, rb + p * (2 * LANES) + LANES);
        FloatVector x = Simd.broadcast(a[r0 + p]);
        c00 = x.fma(b0, c00);
        c01 = x.fma(b1, c01);
        x = Simd.broadcast(a[r1 + p]);
        c10 = x.fma(b0, c10);
        c11 = x.fma(b1, c11);
        x = Simd.broadcast(a[r2 + p]);
        c20 = x.fma(b0, c20);
        c21 = x.fma(b1, c21);
        x = Simd.broadcast(a[r3 + p]);
        c30 = x.fma(b0, c30);
        c31 = x.fma(b1, c31);
      }
    }
    if (add) {
      c00 = c00.add(Simd.load(c, cOffset));
      c01 = c01.add(Simd.load(c, cOffset + LANES));
      c10 = c10.add(Simd.load(c, cOffset + ldc));
      c11 = c11.add(Simd.load(c, cOffset + ldc + LANES));
      c20 = c20.add(Simd.load(c, cOffset + 2 * ldc));
      c21 = c21.add(Simd.load(c, cOffset + 2 * ldc + LANES));
      c30 = c30.add(Simd.load(c, cOffset + 3 * ldc));
      c31 = c31.add(Simd.load(c, cOffset + 3 * ldc + LANES));
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

  private static void rows4x4(
      int runs, int length, int stride, float[] a, int a0, int a1, int a2, int a3, float[] b,
      int bOffset, boolean add, float[] c, int cOffset, int ldc) {
    FloatVector c00 = Simd.zero();
    FloatVector c01 = Simd.zero();
    FloatVector c02 = Simd.zero();
    FloatVector c03 = Simd.zero();
    FloatVector c10 = Simd.zero();
    FloatVector c11 = Simd.zero();
    FloatVector c12 = Simd.zero();
    FloatVector c13 = Simd.zero();
    FloatVector c20 = Simd.zero();
    FloatVector c21 = Simd.zero();
    FloatVector c22 = Simd.zero();
    FloatVector c23 = Simd.zero();
    FloatVector c30 = Simd.zero();
    FloatVector c31 = Simd.zero();
    FloatVector c32 = Simd.zero();
    FloatVector c33 = Simd.zero();
    for (int run = 0; run < runs; run++) {
      int skip = run * stride;
      int r0 = a0 + skip;
      int r1 = a1 + skip;
      int r2 = a2 + skip;
      int r3 = a3 + skip;
      int rb = bOffset + run * length * 4 * LANES;
      for (int p = 0; p < length; p++) {
        FloatVector b0 = Simd.load(b, rb + p * (4 * LANES));
        FloatVector b1 = Simd.load(b, rb + p * (4 * LANES) + LANES);
        FloatVector b2 = Simd.load(b, rb + p * (4 * LANES) + 2 * LANES);
        FloatVector b3 = Simd.load(b, rb + p * (4 * LANES) + 3 * LANES);
        FloatVector x = Simd.broadcast(a[r0 + p]);
        c00 = x.fma(b0, c00);
        c01 = x.fma(b1, c01);
        c02 = x.fma(b2, c02);
        c03 = x.fma(b3, c03);
        x = Simd.broadcast(a[r1 + p]);
        c10 = x.fma(b0, c10);
        c11 = x.fma(b1, c11);
        c12 = x.fma(b2, c12);
        c13 = x.fma(b3, c13);
        x = Simd.broadcast(a[r2 + p]);
        c20 = x.fma(b0, c20);
        c21 = x.fma(b1, c21);
        c22 = x.fma(b2, c22);
        c23 = x.fma(b3, c23);
        x = Simd.broadcast(a[r3 + p]);
        c30 = x.fma(b0, c30);
        c31 = x.fma(b1, c31);
        c32 = x.fma(b2, c32);
        c33 = x.fma(b3, c33);
      }
    }
    if (add) {
      c00 = c00.add(Simd.load(c, cOffset));
      c01 = c01.add(Simd.load(c, cOffset + LANES));
      c02 = c02.add(Simd.load(c, cOffset + 2 * LANES));
      c03 = c03.add(Simd.load(c, cOffset + 3 * LANES));
      c10 = c10.add(Simd.load(c, cOffset + ldc));
      c11 = c11.add(Simd.load(c, cOffset + ldc + LANES));
      c12 = c12.add(Simd.load(c, cOffset + ldc + 2 * LANES));
      c13 = c13.add(Simd.load(c, cOffset + ldc + 3 * LANES));
      c20 = c20.add(Simd.load(c, cOffset + 2 * ldc));
      c21 = c21.add(Simd.load(c, cOffset + 2 * ldc + LANES));
      c22 = c22.add(Simd.load(c, cOffset + 2 * ldc + 2 * LANES));
      c23 = c23.add(Simd.load(c, cOffset + 2 * ldc + 3 * LANES));
      c30 = c30.add(Simd.load(c, cOffset + 3 * ldc));
      c31 = c31.add(Simd.load(c, cOffset + 3 * ldc + LANES));
      c32 = c32.add(Simd.load(c, cOffset + 3 * ldc + 2 * LANES));
      c33 = c33.add(Simd.load(c, cOffset + 3 * ldc + 3 * LANES));
    }
    c00.intoArray(c, cOffset);
    c01.intoArray(c, cOffset + LANES);
    c02.intoArray(c, cOffset + 2 * LANES);
    c03.intoArray(c, cOffset + 3 * LANES);
    c10.intoArray(c, cOffset + ldc);
    c11.intoArray(c, cOffset + ldc + LANES);
    c12.intoArray(c, cOffset + ldc + 2 * LANES);
    c13.intoArray(c, cOffset + ldc + 3 * LANES);
    c20.intoArray(c, cOffset + 2 * ldc);
    c21.intoArray(c, cOffset + 2 * ldc + LANES);
    c22.intoArray(c, cOffset + 2 * ldc + 2 * LANES);
    c23.intoArray(c, cOffset + 2 * ldc + 3 * LANES);
    c30.intoArray(c, cOffset + 3 * ldc);
    c31.intoArray(c, cOffset + 3 * ldc + LANES);
    c32.intoArray(c, cOffset + 3 * ldc + 2 * LANES);
    c33.intoArray(c, cOffset + 3 * ldc + 3 * LANES);
  }

  private static void columns4x1(
      int k, float[] a, int aOffset, float[] b, int bOffset, boolean add, float[] c, int cOffset,
      int ldc) {
    FloatVector c00 = Simd.zero();
    FloatVector c10 = Simd.zero();
    FloatVector c20 = Simd.zero();
    FloatVector c30 = Simd.zero();
    for (int p = 0; p < k; p++) {
      FloatVector b0 = Simd.load(b, bOffset + p * LANES);
      FloatVector x = Simd.broadcast(a[aOffset + p * LEFT_STEP]);
      c00 = x.fma(b0, c00);
      x = Simd.broadcast(a[aOffset + p * LEFT_STEP + 1]);
      c10 = x.fma(b0, c10);
      x = Simd.broadcast(a[aOffset + p * LEFT_STEP + 2]);
      c20 = x.fma(b0, c20);
      x = Simd.broadcast(a[aOffset + p * LEFT_STEP + 3]);
      c30 = x.fma(b0, c30);
    }
    if (add) {
      c00 = c00.add(Simd.load(c, cOffset));
      c10 = c10.add(Simd.load(c, cOffset + ldc));
      c20 = c20.add(Simd.load(c, cOffset + 2 * ldc));
      c30 = c30.add(Simd.load(c, cOffset + 3 * ldc));
    }
    c00.intoArray(c, cOffset);
    c10.intoArray(c, cOffset + ldc);
    c20.intoArray(c, cOffset + 2 * ldc);
    c30.intoArray(c, cOffset + 3 * ldc);
  }

  private static void columns4x2(
      int k, float[] a, int aOffset, float[] b, int bOffset, boolean add, float[] c, int cOffset,
      int ldc) {
    FloatVector c00 = Simd.zero();
    FloatVector c01 = Simd.zero();
    FloatVector c10 = Simd.zero();
    FloatVector c11 = Simd.zero();
    FloatVector c20 = Simd.zero();
    FloatVector c21 = Simd.zero();
    FloatVector c30 = Simd.zero();
    FloatVector c31 = Simd.zero();
    for (int p = 0; p < k; p++) {
      FloatVector b0 = Simd.load(b, bOffset + p * (2 * LANES));
      FloatVector b1 = Simd.load(b, bOffset + p * (2 * LANES) + LANES);
      FloatVector x = Simd.broadcast(a[aOffset + p * LEFT_STEP]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = Simd.broadcast(a[aOffset + p * LEFT_STEP + 1]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = Simd.broadcast(a[aOffset + p * LEFT_STEP + 2]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = Simd.broadcast(a[aOffset + p * LEFT_STEP + 3]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
    }
    if (add) {
      c00 = c00.add(Simd.load(c, cOffset));
      c01 = c01.add(Simd.load(c, cOffset + LANES));
      c10 = c10.add(Simd.load(c, cOffset + ldc));
      c11 = c11.add(Simd.load(c, cOffset + ldc + LANES));
      c20 = c20.add(Simd.load(c, cOffset + 2 * ldc));
      c21 = c21.add(Simd.load(c, cOffset + 2 * ldc + LANES));
      c30 = c30.add(Simd.load(c, cOffset + 3 * ldc));
      c31 = c31.add(Simd.load(c, cOffset + 3 * ldc + LANES));
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

  private static void columns4x4(
      int k, float[] a, int aOffset, float[] b, int bOffset, boolean add, float[] c, int cOffset,
      int ldc) {
    FloatVector c00 = Simd.zero();
    FloatVector c01 = Simd.zero();
    FloatVector c02 = Simd.zero();
    FloatVector c03 = Simd.zero();
    FloatVector c10 = Simd.zero();
    FloatVector c11 = Simd.zero();
    FloatVector c12 = Simd.zero();
    FloatVector c13 = Simd.zero();
    FloatVector c20 = Simd.zero();
    FloatVector c21 = Simd.zero();
    FloatVector c22 = Simd.zero();
    FloatVector c23 = Simd.zero();
    FloatVector c30 = Simd.zero();
    FloatVector c31 = Simd.zero();
    FloatVector c32 = Simd.zero();
    FloatVector c33 = Simd.zero();
    for (int p = 0; p < k; p++) {
      FloatVector b0 = Simd.load(b, bOffset + p * (4 * LANES));
      FloatVector b1 = Simd.load(b, bOffset + p * (4 * LANES) + LANES);
      FloatVector b2 = Simd.load(b, bOffset + p * (4 * LANES) + 2 * LANES);
      FloatVector b3 = Simd.load(b, bOffset + p * (4 * LANES) + 3 * LANES);
      FloatVector x = Simd.broadcast(a[aOffset + p * LEFT_STEP]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      c02 = x.fma(b2, c02);
      c03 = x.fma(b3, c03);
      x = Simd.broadcast(a[aOffset + p * LEFT_STEP + 1]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      c12 = x.fma(b2, c12);
      c13 = x.fma(b3, c13);
      x = Simd.broadcast(a[aOffset + p * LEFT_STEP + 2]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      c22 = x.fma(b2, c22);
      c23 = x.fma(b3, c23);
      x = Simd.broadcast(a[aOffset + p * LEFT_STEP + 3]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      c32 = x.fma(b2, c32);
      c33 = x.fma(b3, c33);
    }
    if (add) {
      c00 = c00.add(Simd.load(c, cOffset));
      c01 = c01.add(Simd.load(c, cOffset + LANES));
      c02 = c02.add(Simd.load(c, cOffset + 2 * LANES));
      c03 = c03.add(Simd.load(c, cOffset + 3 * LANES));
      c10 = c10.add(Simd.load(c, cOffset + ldc));
      c11 = c11.add(Simd.load(c, cOffset + ldc + LANES));
      c12 = c12.add(Simd.load(c, cOffset + ldc + 2 * LANES));
      c13 = c13.add(Simd.load(c, cOffset + ldc + 3 * LANES));
      c20 = c20.add(Simd.load(c, cOffset + 2 * ldc));
      c21 = c21.add(Simd.load(c, cOffset + 2 * ldc + LANES));
      c22 = c22.add(Simd.load(c, cOffset + 2 * ldc + 2 * LANES));
      c23 = c23.add(Simd.load(c, cOffset + 2 * ldc + 3 * LANES));
      c30 = c30.add(Simd.load(c, cOffset + 3 * ldc));
      c31 = c31.add(Simd.load(c, cOffset + 3 * ldc + LANES));
      c32 = c32.add(Simd.load(c, cOffset + 3 * ldc + 2 * LANES));
      c33 = c33.add(Simd.load(c, cOffset + 3 * ldc + 3 * LANES));
    }
    c00.intoArray(c, cOffset);
    c01.intoArray(c, cOffset + LANES);
    c02.intoArray(c, cOffset + 2 * LANES);
    c03.intoArray(c, cOffset + 3 * LANES);
    c10.intoArray(c, cOffset + ldc);
    c11.intoArray(c, cOffset + ldc + LANES);
    c12.intoArray(c, cOffset + ldc + 2 * LANES);
    c13.intoArray(c, cOffset + ldc + 3 * LANES);
    c20.intoArray(c, cOffset + 2 * ldc);
    c21.intoArray(c, cOffset + 2 * ldc + LANES);
    c22.intoArray(c, cOffset + 2 * ldc + 2 * LANES);
    c23.intoArray(c, cOffset + 2 * ldc + 3 * LANES);
    c30.intoArray(c, cOffset + 3 * ldc);
    c31.intoArray(c, cOffset + 3 * ldc + LANES);
    c32.intoArray(c, cOffset + 3 * ldc + 2 * LANES);
    c33.intoArray(c, cOffset + 3 * ldc + 3 * LANES);
  }
}
