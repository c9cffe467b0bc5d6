package lanewise.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * A row times a matrix where it lies: at few rows, packing the matrix would cost more than
 * multiplying by it. And times one that was packed beforehand, whose sums stay in registers.
 */
final class Skinny {
  private static final int LANES = Simd.LANES;
  private static final int NR = Microkernel.NR;

  private Skinny() {}

  /** {@code sums[j] ← Σ_p a[p] · B[p, j]}, p upward, for p below {@code k}. */
  static void rowTimesMatrix(
      int k, int columns, float[] a, int aOffset, float[] b, int bOffset, int ldb, float[] sums) {
    Arrays.fill(sums, 0, columns, 0);
    int p = 0;
    for (; p <= k - 8; p += 8) {
      addRows8(columns, a, aOffset + p, b, bOffset + p * ldb, ldb, sums);
    }
    for (; p < k; p++) {
      addRow(columns, a[aOffset + p], b, bOffset + p * ldb, sums);
    }
  }

  // Eight rows at once: one load and store of the sums per eight fused multiply-adds, and eight
  // streams to prefetch.
  private static void addRows8(
      int columns, float[] a, int aOffset, float[] b, int bOffset, int ldb, float[] sums) {
    FloatVector a0 = FloatVector.broadcast(Simd.FLOATS, a[aOffset]);
    FloatVector a1 = FloatVector.broadcast(Simd.FLOATS, a[aOffset + 1]);
    FloatVector a2 = FloatVector.broadcast(Simd.FLOATS, a[aOffset + 2]);
    FloatVector a3 = FloatVector.broadcast(Simd.FLOATS, a[aOffset + 3]);
    FloatVector a4 = FloatVector.broadcast(Simd.FLOATS, a[aOffset + 4]);
    FloatVector a5 = FloatVector.broadcast(Simd.FLOATS, a[aOffset + 5]);
    FloatVector a6 = FloatVector.broadcast(Simd.FLOATS, a[aOffset + 6]);
    FloatVector a7 = FloatVector.broadcast(Simd.FLOATS, a[aOffset + 7]);
    int b1 = bOffset + ldb;
    int b2 = b1 + ldb;
    int b3 = b2 + ldb;
    int b4 = b3 + ldb;
    int b5 = b4 + ldb;
    int b6 = b5 + ldb;
    int b7 = b6 + ldb;
    int j = 0;
    for (; j <= columns - Simd.LANES; j += Simd.LANES) {
      FloatVector sum = FloatVector.fromArray(Simd.FLOATS, sums, j);
      sum = a0.fma(FloatVector.fromArray(Simd.FLOATS, b, bOffset + j), sum);
      sum = a1.fma(FloatVector.fromArray(Simd.FLOATS, b, b1 + j), sum);
      sum = a2.fma(FloatVector.fromArray(Simd.FLOATS, b, b2 + j), sum);
      sum = a3.fma(FloatVector.fromArray(Simd.FLOATS, b, b3 + j), sum);
      sum = a4.fma(FloatVector.fromArray(Simd.FLOATS, b, b4 + j), sum);
      sum = a5.fma(FloatVector.fromArray(Simd.FLOATS, b, b5 + j), sum);
      sum = a6.fma(FloatVector.fromArray(Simd.FLOATS, b, b6 + j), sum);
      sum = a7.fma(FloatVector.fromArray(Simd.FLOATS, b, b7 + j), sum);
      sum.intoArray(sums, j);
    }
    for (; j < columns; j++) {
      float sum = sums[j];
      for (int p = 0; p < 8; p++) {
        sum = Math.fma(a[aOffset + p], b[bOffset + p * ldb + j], sum);
      }
      sums[j] = sum;
    }
  }

  private static void addRow(int columns, float a, float[] b, int bOffset, float[] sums) {
    FloatVector x = FloatVector.broadcast(Simd.FLOATS, a);
    int j = 0;
    for (; j <= columns - Simd.LANES; j += Simd.LANES) {
      x.fma(
              FloatVector.fromArray(Simd.FLOATS, b, bOffset + j),
              FloatVector.fromArray(Simd.FLOATS, sums, j))
          .intoArray(sums, j);
    }
    for (; j < columns; j++) {
      sums[j] = Math.fma(a, b[bOffset + j], sums[j]);
    }
  }

  /**
   * {@code sums[j] ← Σ_p a[p] · B[p, j]}, p upward, for columns of a packed B of depth {@code k};
   * what follows the last sum, up to a panel's width, is written as well.
   *
   * @param before the columns that precede column 0 in what was packed
   */
  static void rowTimesPanels(
      int k,
      int columns,
      int before,
      float[] a,
      int aOffset,
      float[] packed,
      int packedOffset,
      float[] sums) {
    k &= Microkernel.LENGTHS;
    int rest = columns % NR;
    int full = columns / NR + (rest > 0 && Microkernel.panelWidth(rest) == NR ? 1 : 0);
    int last = Packing.panelStart(Math.max(0, full - 1) * NR, columns, before);
    int q = 0;
    for (; q + 4 <= full; q += 4) {
      int to3 = q + 4 == full ? last : (q + 3) * NR;
      int from = packedOffset + q * k * NR;
      fourPanels(k, a, aOffset, packed, from, sums, q * NR, (q + 1) * NR, (q + 2) * NR, to3);
    }
    for (; q + 2 <= full; q += 2) {
      int to1 = q + 2 == full ? last : (q + 1) * NR;
      twoPanels(k, a, aOffset, packed, packedOffset + q * k * NR, sums, q * NR, to1);
    }
    if (q < full) {
      onePanel(k, a, aOffset, packed, packedOffset + q * k * NR, sums, last);
    }
    int j = full * NR;
    if (j < columns) {
      int to = Packing.panelStart(j, columns, before);
      oneVector(k, a, aOffset, packed, packedOffset + j * k, sums, to);
    }
  }

  private static void fourPanels(
      int k,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      float[] sums,
      int to0,
      int to1,
      int to2,
      int to3) {
    FloatVector s0 = FloatVector.zero(Simd.FLOATS);
    FloatVector s1 = FloatVector.zero(Simd.FLOATS);
    FloatVector s2 = FloatVector.zero(Simd.FLOATS);
    FloatVector s3 = FloatVector.zero(Simd.FLOATS);
    FloatVector s4 = FloatVector.zero(Simd.FLOATS);
    FloatVector s5 = FloatVector.zero(Simd.FLOATS);
    FloatVector s6 = FloatVector.zero(Simd.FLOATS);
    FloatVector s7 = FloatVector.zero(Simd.FLOATS);
    int b1 = bOffset + k * NR;
    int b2 = b1 + k * NR;
    int b3 = b2 + k * NR;
    for (int p = 0; p < k; p++) {
      FloatVector x = FloatVector.broadcast(Simd.FLOATS, a[aOffset + p]);
      s0 = x.fma(FloatVector.fromArray(Simd.FLOATS, b, bOffset + p * NR), s0);
      s1 = x.fma(FloatVector.fromArray(Simd.FLOATS, b, bOffset + p * NR + LANES), s1);
      s2 = x.fma(FloatVector.fromArray(Simd.FLOATS, b, b1 + p * NR), s2);
      s3 = x.fma(FloatVector.fromArray(Simd.FLOATS, b, b1 + p * NR + LANES), s3);
      s4 = x.fma(FloatVector.fromArray(Simd.FLOATS, b, b2 + p * NR), s4);
      s5 = x.fma(FloatVector.fromArray(Simd.FLOATS, b, b2 + p * NR + LANES), s5);
      s6 = x.fma(FloatVector.fromArray(Simd.FLOATS, b, b3 + p * NR), s6);
      s7 = x.fma(FloatVector.fromArray(Simd.FLOATS, b, b3 + p * NR + LANES), s7);
    }
    s0.intoArray(sums, to0);
    s1.intoArray(sums, to0 + LANES);
    s2.intoArray(sums, to1);
    s3.intoArray(sums, to1 + LANES);
    s4.intoArray(sums, to2);
    s5.intoArray(sums, to2 + LANES);
    s6.intoArray(sums, to3);
    s7.intoArray(sums, to3 + LANES);
  }

  private static void twoPanels(
      int k, float[] a, int aOffset, float[] b, int bOffset, float[] sums, int to0, int to1) {
    FloatVector s0 = FloatVector.zero(Simd.FLOATS);
    FloatVector s1 = FloatVector.zero(Simd.FLOATS);
    FloatVector s2 = FloatVector.zero(Simd.FLOATS);
    FloatVector s3 = FloatVector.zero(Simd.FLOATS);
    int b1 = bOffset + k * NR;
    for (int p = 0; p < k; p++) {
      FloatVector x = FloatVector.broadcast(Simd.FLOATS, a[aOffset + p]);
      s0 = x.fma(FloatVector.fromArray(Simd.FLOATS, b, bOffset + p * NR), s0);
      s1 = x.fma(FloatVector.fromArray(Simd.FLOATS, b, bOffset + p * NR + LANES), s1);
      s2 = x.fma(FloatVector.fromArray(Simd.FLOATS, b, b1 + p * NR), s2);
      s3 = x.fma(FloatVector.fromArray(Simd.FLOATS, b, b1 + p * NR + LANES), s3);
    }
    s0.intoArray(sums, to0);
    s1.intoArray(sums, to0 + LANES);
    s2.intoArray(sums, to1);
    s3.intoArray(sums, to1 + LANES);
  }

  private static void onePanel(
      int k, float[] a, int aOffset, float[] b, int bOffset, float[] sums, int to0) {
    FloatVector s0 = FloatVector.zero(Simd.FLOATS);
    FloatVector s1 = FloatVector.zero(Simd.FLOATS);
    for (int p = 0; p < k; p++) {
      FloatVector x = FloatVector.broadcast(Simd.FLOATS, a[aOffset + p]);
      s0 = x.fma(FloatVector.fromArray(Simd.FLOATS, b, bOffset + p * NR), s0);
      s1 = x.fma(FloatVector.fromArray(Simd.FLOATS, b, bOffset + p * NR + LANES), s1);
    }
    s0.intoArray(sums, to0);
    s1.intoArray(sums, to0 + LANES);
  }

  private static void oneVector(
      int k, float[] a, int aOffset, float[] b, int bOffset, float[] sums, int to) {
    FloatVector s0 = FloatVector.zero(Simd.FLOATS);
    for (int p = 0; p < k; p++) {
      FloatVector x = FloatVector.broadcast(Simd.FLOATS, a[aOffset + p]);
      s0 = x.fma(FloatVector.fromArray(Simd.FLOATS, b, bOffset + p * LANES), s0);
    }
    s0.intoArray(sums, to);
  }
}
