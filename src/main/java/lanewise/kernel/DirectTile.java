package lanewise.kernel;

import static lanewise.kernel.Microkernel.LANES;
import static lanewise.kernel.Microkernel.NR;
import static lanewise.kernel.Microkernel.OFFSETS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@code C ← A · B} where both operands lie, for a B so small that packing it takes a good part of
 * the time. A tile is 8 rows by 2 vectors; a last one that would run over starts earlier. Only for
 * vectors of 512 bits: with narrower ones the addresses of B's rows take as long as the
 * multiply-adds.
 */
final class DirectTile {
  private static final int ROWS = 8;

  /** The least number of rows. */
  private static final int FOUR = 4;

  /** Rows up to which it pays to read block after block of B so. */
  private static final int FEW = 128;

  /** Rows from which three vectors at a time are worth packing. */
  private static final int MANY = 64;

  /** Elements of a block of B that the second-level cache holds, 512 KB. */
  private static final int MOST = 1 << 17;

  /** Rows, and elements of all of B, 4 MB, up to which to pack it takes longer even so. */
  private static final int FEWER = 32;

  private static final int NEAR = 1 << 20;

  private static final VectorSpecies<Float> S = Simd.FLOATS;

  private DirectTile() {}

  /** Whether it computes a product sooner than tiles of a packed B. */
  static boolean suits(int m, int n, int k, float[] a, int ldb) {
    boolean whole = m % ROWS == 0 && n % NR == 0 && m <= FEW;
    boolean near =
        (long) Math.min(k, Gemm.KC) * ldb <= MOST || (m <= FEWER && (long) k * ldb <= NEAR);
    return LANES == 16
        && m >= FOUR
        && n >= LANES
        && (m < MANY || !ThreeVectorTile.suits(n))
        && (k <= Gemm.KC || whole)
        && near
        && a.length <= Microkernel.LONGEST;
  }

  /**
   * {@code C ← A · B}, or {@code C ← A · B + C}, which takes whole tiles.
   *
   * @param m at least 4
   * @param n at least a vector
   */
  static void multiply(
      boolean adds,
      int m,
      int n,
      int k,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb,
      float[] c,
      int cOffset,
      int ldc) {
    if (adds) {
      add8x2(m, n, k, a, aOffset, lda, b, bOffset, ldb, c, cOffset, ldc);
      return;
    }
    int eights = m % ROWS > FOUR && m > ROWS ? m : m / ROWS * ROWS;
    store8x2(0, eights, n, k, a, aOffset, lda, b, bOffset, ldb, c, cOffset, ldc);
    store4x2(eights, m, n, k, a, aOffset, lda, b, bOffset, ldb, c, cOffset, ldc);
    if (Math.ceilDiv(n, LANES) % 2 == 1) {
      int right = bOffset + n - LANES;
      int to = cOffset + n - LANES;
      store8x1(0, eights, k, a, aOffset, lda, b, right, ldb, c, to, ldc);
      store4x1(eights, m, k, a, aOffset, lda, b, right, ldb, c, to, ldc);
    }
  }

  private static void store8x2(
      int first,
      int m,
      int n,
      int k,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb,
      float[] c,
      int cOffset,
      int ldc) {
    for (int i = first; i < m; i += ROWS) {
      int row = Math.min(i, m - ROWS);
      int r0 = (aOffset + row * lda) & OFFSETS;
      int r1 = (r0 + lda) & OFFSETS;
      int r2 = (r1 + lda) & OFFSETS;
      int r3 = (r2 + lda) & OFFSETS;
      int r4 = (r3 + lda) & OFFSETS;
      int r5 = (r4 + lda) & OFFSETS;
      int r6 = (r5 + lda) & OFFSETS;
      int r7 = (r6 + lda) & OFFSETS;
      for (int j = 0; j + LANES < n; j += NR) {
        int second = Math.min(LANES, n - LANES - j);
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
        FloatVector c60 = FloatVector.zero(S);
        FloatVector c61 = FloatVector.zero(S);
        FloatVector c70 = FloatVector.zero(S);
        FloatVector c71 = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
          int from = bOffset + p * ldb + j;
          FloatVector b0 = FloatVector.fromArray(S, b, from);
          FloatVector b1 = FloatVector.fromArray(S, b, from + second);
          FloatVector x = FloatVector.broadcast(S, a[r0 + p]);
          c00 = x.fma(b0, c00);
          c01 = x.fma(b1, c01);
          x = FloatVector.broadcast(S, a[r1 + p]);
          c10 = x.fma(b0, c10);
          c11 = x.fma(b1, c11);
          x = FloatVector.broadcast(S, a[r2 + p]);
          c20 = x.fma(b0, c20);
          c21 = x.fma(b1, c21);
          x = FloatVector.broadcast(S, a[r3 + p]);
          c30 = x.fma(b0, c30);
          c31 = x.fma(b1, c31);
          x = FloatVector.broadcast(S, a[r4 + p]);
          c40 = x.fma(b0, c40);
          c41 = x.fma(b1, c41);
          x = FloatVector.broadcast(S, a[r5 + p]);
          c50 = x.fma(b0, c50);
          c51 = x.fma(b1, c51);
          x = FloatVector.broadcast(S, a[r6 + p]);
          c60 = x.fma(b0, c60);
          c61 = x.fma(b1, c61);
          x = FloatVector.broadcast(S, a[r7 + p]);
          c70 = x.fma(b0, c70);
          c71 = x.fma(b1, c71);
        }
        int to = cOffset + row * ldc + j;
        c00.intoArray(c, to);
        c01.intoArray(c, to + second);
        c10.intoArray(c, to + ldc);
        c11.intoArray(c, to + ldc + second);
        c20.intoArray(c, to + 2 * ldc);
        c21.intoArray(c, to + 2 * ldc + second);
        c30.intoArray(c, to + 3 * ldc);
        c31.intoArray(c, to + 3 * ldc + second);
        c40.intoArray(c, to + 4 * ldc);
        c41.intoArray(c, to + 4 * ldc + second);
        c50.intoArray(c, to + 5 * ldc);
        c51.intoArray(c, to + 5 * ldc + second);
        c60.intoArray(c, to + 6 * ldc);
        c61.intoArray(c, to + 6 * ldc + second);
        c70.intoArray(c, to + 7 * ldc);
        c71.intoArray(c, to + 7 * ldc + second);
      }
    }
  }

  private static void add8x2(
      int m,
      int n,
      int k,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb,
      float[] c,
      int cOffset,
      int ldc) {
    for (int i = 0; i < m; i += ROWS) {
      int r0 = (aOffset + i * lda) & OFFSETS;
      int r1 = (r0 + lda) & OFFSETS;
      int r2 = (r1 + lda) & OFFSETS;
      int r3 = (r2 + lda) & OFFSETS;
      int r4 = (r3 + lda) & OFFSETS;
      int r5 = (r4 + lda) & OFFSETS;
      int r6 = (r5 + lda) & OFFSETS;
      int r7 = (r6 + lda) & OFFSETS;
      for (int j = 0; j < n; j += NR) {
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
        FloatVector c60 = FloatVector.zero(S);
        FloatVector c61 = FloatVector.zero(S);
        FloatVector c70 = FloatVector.zero(S);
        FloatVector c71 = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
          int from = bOffset + p * ldb + j;
          FloatVector b0 = FloatVector.fromArray(S, b, from);
          FloatVector b1 = FloatVector.fromArray(S, b, from + LANES);
          FloatVector x = FloatVector.broadcast(S, a[r0 + p]);
          c00 = x.fma(b0, c00);
          c01 = x.fma(b1, c01);
          x = FloatVector.broadcast(S, a[r1 + p]);
          c10 = x.fma(b0, c10);
          c11 = x.fma(b1, c11);
          x = FloatVector.broadcast(S, a[r2 + p]);
          c20 = x.fma(b0, c20);
          c21 = x.fma(b1, c21);
          x = FloatVector.broadcast(S, a[r3 + p]);
          c30 = x.fma(b0, c30);
          c31 = x.fma(b1, c31);
          x = FloatVector.broadcast(S, a[r4 + p]);
          c40 = x.fma(b0, c40);
          c41 = x.fma(b1, c41);
          x = FloatVector.broadcast(S, a[r5 + p]);
          c50 = x.fma(b0, c50);
          c51 = x.fma(b1, c51);
          x = FloatVector.broadcast(S, a[r6 + p]);
          c60 = x.fma(b0, c60);
          c61 = x.fma(b1, c61);
          x = FloatVector.broadcast(S, a[r7 + p]);
          c70 = x.fma(b0, c70);
          c71 = x.fma(b1, c71);
        }
        int to = cOffset + i * ldc + j;
        c00.add(FloatVector.fromArray(S, c, to)).intoArray(c, to);
        c01.add(FloatVector.fromArray(S, c, to + LANES)).intoArray(c, to + LANES);
        c10.add(FloatVector.fromArray(S, c, to + ldc)).intoArray(c, to + ldc);
        c11.add(FloatVector.fromArray(S, c, to + ldc + LANES)).intoArray(c, to + ldc + LANES);
        c20.add(FloatVector.fromArray(S, c, to + 2 * ldc)).intoArray(c, to + 2 * ldc);
        c21.add(FloatVector.fromArray(S, c, to + 2 * ldc + LANES))
            .intoArray(c, to + 2 * ldc + LANES);
        c30.add(FloatVector.fromArray(S, c, to + 3 * ldc)).intoArray(c, to + 3 * ldc);
        c31.add(FloatVector.fromArray(S, c, to + 3 * ldc + LANES))
            .intoArray(c, to + 3 * ldc + LANES);
        c40.add(FloatVector.fromArray(S, c, to + 4 * ldc)).intoArray(c, to + 4 * ldc);
        c41.add(FloatVector.fromArray(S, c, to + 4 * ldc + LANES))
            .intoArray(c, to + 4 * ldc + LANES);
        c50.add(FloatVector.fromArray(S, c, to + 5 * ldc)).intoArray(c, to + 5 * ldc);
        c51.add(FloatVector.fromArray(S, c, to + 5 * ldc + LANES))
            .intoArray(c, to + 5 * ldc + LANES);
        c60.add(FloatVector.fromArray(S, c, to + 6 * ldc)).intoArray(c, to + 6 * ldc);
        c61.add(FloatVector.fromArray(S, c, to + 6 * ldc + LANES))
            .intoArray(c, to + 6 * ldc + LANES);
        c70.add(FloatVector.fromArray(S, c, to + 7 * ldc)).intoArray(c, to + 7 * ldc);
        c71.add(FloatVector.fromArray(S, c, to + 7 * ldc + LANES))
            .intoArray(c, to + 7 * ldc + LANES);
      }
    }
  }

  private static void store4x2(
      int first,
      int m,
      int n,
      int k,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb,
      float[] c,
      int cOffset,
      int ldc) {
    for (int i = first; i < m; i += FOUR) {
      int row = Math.min(i, m - FOUR);
      int r0 = (aOffset + row * lda) & OFFSETS;
      int r1 = (r0 + lda) & OFFSETS;
      int r2 = (r1 + lda) & OFFSETS;
      int r3 = (r2 + lda) & OFFSETS;
      for (int j = 0; j + LANES < n; j += NR) {
        int second = Math.min(LANES, n - LANES - j);
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c01 = FloatVector.zero(S);
        FloatVector c10 = FloatVector.zero(S);
        FloatVector c11 = FloatVector.zero(S);
        FloatVector c20 = FloatVector.zero(S);
        FloatVector c21 = FloatVector.zero(S);
        FloatVector c30 = FloatVector.zero(S);
        FloatVector c31 = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
          int from = bOffset + p * ldb + j;
          FloatVector b0 = FloatVector.fromArray(S, b, from);
          FloatVector b1 = FloatVector.fromArray(S, b, from + second);
          FloatVector x = FloatVector.broadcast(S, a[r0 + p]);
          c00 = x.fma(b0, c00);
          c01 = x.fma(b1, c01);
          x = FloatVector.broadcast(S, a[r1 + p]);
          c10 = x.fma(b0, c10);
          c11 = x.fma(b1, c11);
          x = FloatVector.broadcast(S, a[r2 + p]);
          c20 = x.fma(b0, c20);
          c21 = x.fma(b1, c21);
          x = FloatVector.broadcast(S, a[r3 + p]);
          c30 = x.fma(b0, c30);
          c31 = x.fma(b1, c31);
        }
        int to = cOffset + row * ldc + j;
        c00.intoArray(c, to);
        c01.intoArray(c, to + second);
        c10.intoArray(c, to + ldc);
        c11.intoArray(c, to + ldc + second);
        c20.intoArray(c, to + 2 * ldc);
        c21.intoArray(c, to + 2 * ldc + second);
        c30.intoArray(c, to + 3 * ldc);
        c31.intoArray(c, to + 3 * ldc + second);
      }
    }
  }

  private static void store8x1(
      int first,
      int m,
      int k,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb,
      float[] c,
      int cOffset,
      int ldc) {
    for (int i = first; i < m; i += ROWS) {
      int row = Math.min(i, m - ROWS);
      int r0 = (aOffset + row * lda) & OFFSETS;
      int r1 = (r0 + lda) & OFFSETS;
      int r2 = (r1 + lda) & OFFSETS;
      int r3 = (r2 + lda) & OFFSETS;
      int r4 = (r3 + lda) & OFFSETS;
      int r5 = (r4 + lda) & OFFSETS;
      int r6 = (r5 + lda) & OFFSETS;
      int r7 = (r6 + lda) & OFFSETS;
      FloatVector c00 = FloatVector.zero(S);
      FloatVector c10 = FloatVector.zero(S);
      FloatVector c20 = FloatVector.zero(S);
      FloatVector c30 = FloatVector.zero(S);
      FloatVector c40 = FloatVector.zero(S);
      FloatVector c50 = FloatVector.zero(S);
      FloatVector c60 = FloatVector.zero(S);
      FloatVector c70 = FloatVector.zero(S);
      for (int p = 0; p < k; p++) {
        int from = bOffset + p * ldb;
        FloatVector b0 = FloatVector.fromArray(S, b, from);
        FloatVector x = FloatVector.broadcast(S, a[r0 + p]);
        c00 = x.fma(b0, c00);
        x = FloatVector.broadcast(S, a[r1 + p]);
        c10 = x.fma(b0, c10);
        x = FloatVector.broadcast(S, a[r2 + p]);
        c20 = x.fma(b0, c20);
        x = FloatVector.broadcast(S, a[r3 + p]);
        c30 = x.fma(b0, c30);
        x = FloatVector.broadcast(S, a[r4 + p]);
        c40 = x.fma(b0, c40);
        x = FloatVector.broadcast(S, a[r5 + p]);
        c50 = x.fma(b0, c50);
        x = FloatVector.broadcast(S, a[r6 + p]);
        c60 = x.fma(b0, c60);
        x = FloatVector.broadcast(S, a[r7 + p]);
        c70 = x.fma(b0, c70);
      }
      int to = cOffset + row * ldc;
      c00.intoArray(c, to);
      c10.intoArray(c, to + ldc);
      c20.intoArray(c, to + 2 * ldc);
      c30.intoArray(c, to + 3 * ldc);
      c40.intoArray(c, to + 4 * ldc);
      c50.intoArray(c, to + 5 * ldc);
      c60.intoArray(c, to + 6 * ldc);
      c70.intoArray(c, to + 7 * ldc);
    }
  }

  private static void store4x1(
      int first,
      int m,
      int k,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb,
      float[] c,
      int cOffset,
      int ldc) {
    for (int i = first; i < m; i += FOUR) {
      int row = Math.min(i, m - FOUR);
      int r0 = (aOffset + row * lda) & OFFSETS;
      int r1 = (r0 + lda) & OFFSETS;
      int r2 = (r1 + lda) & OFFSETS;
      int r3 = (r2 + lda) & OFFSETS;
      FloatVector c00 = FloatVector.zero(S);
      FloatVector c10 = FloatVector.zero(S);
      FloatVector c20 = FloatVector.zero(S);
      FloatVector c30 = FloatVector.zero(S);
      for (int p = 0; p < k; p++) {
        int from = bOffset + p * ldb;
        FloatVector b0 = FloatVector.fromArray(S, b, from);
        FloatVector x = FloatVector.broadcast(S, a[r0 + p]);
        c00 = x.fma(b0, c00);
        x = FloatVector.broadcast(S, a[r1 + p]);
        c10 = x.fma(b0, c10);
        x = FloatVector.broadcast(S, a[r2 + p]);
        c20 = x.fma(b0, c20);
        x = FloatVector.broadcast(S, a[r3 + p]);
        c30 = x.fma(b0, c30);
      }
      int to = cOffset + row * ldc;
      c00.intoArray(c, to);
      c10.intoArray(c, to + ldc);
      c20.intoArray(c, to + 2 * ldc);
      c30.intoArray(c, to + 3 * ldc);
    }
  }
}
