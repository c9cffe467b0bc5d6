package lanewise.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * A row times a matrix where it lies: at few rows, packing the matrix would cost more than
 * multiplying by it.
 */
final class Skinny {
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
}
