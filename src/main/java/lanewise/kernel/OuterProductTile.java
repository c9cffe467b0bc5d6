package lanewise.kernel;

import static lanewise.kernel.Microkernel.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@code C ← Aᵀ · B} where both operands lie: the register tile adds the outer products of a run of
 * A's row p and of a vector or two of B's. For gradients of weights, whose k runs over samples or
 * pixels; with 16 registers it spills, and packing pays.
 */
final class OuterProductTile {
  /** The least number of rows. */
  static final int ROWS = 8;

  private static final VectorSpecies<Float> S = Simd.FLOATS;

  private OuterProductTile() {}

  /** Whether it computes {@code m} rows of C sooner than tiles of packed operands. */
  static boolean suits(int m) {
    return Simd.REGISTERS >= 32 && m >= ROWS;
  }

  /**
   * {@code C ← store(Aᵀ · B)}, C {@code [m, n]}. Of the last tile, the first rows may be done.
   *
   * @param aStep from a row to the next in A {@code [k, m]}
   * @param bStep and in B {@code [k, n]}
   */
  static void multiply(
      int m,
      int n,
      int k,
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      TileStore store,
      float[] c,
      int cOffset,
      int ldc,
      Scratch scratch) {
    int size = (k - 1) * bStep + n;
    if (bOffset + size - n + Microkernel.packedWidth(n) > b.length) { // no room for a last vector
      float[] copy = scratch.right(size + LANES);
      System.arraycopy(b, bOffset, copy, 0, size);
      multiply(m, n, k, a, aOffset, aStep, copy, 0, bStep, store, c, cOffset, ldc, scratch);
      return;
    }
    float[] tile = scratch.tile;
    for (int j = 0; j < n; j += Microkernel.panelWidth(n - j)) {
      int width = Microkernel.panelWidth(n - j);
      int used = Math.min(width, n - j);
      int height = width > LANES && m % ROWS != 0 && m % 5 == 0 ? 5 : ROWS;
      for (int i = 0; i < m; i += height) {
        int done = Math.max(0, i + height - m);
        boolean whole = done == 0 && used == width;
        int at = cOffset + i * ldc + j;
        int from = aOffset + i - done;
        float[] prior = whole ? store.prior(c) : TileStore.NO_PRIOR;
        int mask = whole ? store.mask() : 0;
        float[] to = whole ? c : tile;
        int toOffset = whole ? at : 0;
        int toStep = whole ? ldc : width;
        if (width == LANES) {
          rows8x1(k, a, from, aStep, b, bOffset + j, bStep, prior, mask, to, toOffset, toStep);
        } else if (height == 5) {
          rows5x2(k, a, from, aStep, b, bOffset + j, bStep, prior, mask, to, toOffset, toStep);
        } else {
          rows8x2(k, a, from, aStep, b, bOffset + j, bStep, prior, mask, to, toOffset, toStep);
        }
        if (!whole) {
          store.finish(height - done, used, tile, done * width, width, c, at, ldc, j);
        }
      }
    }
  }

  private static void rows8x1(
      int k,
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      float[] prior,
      int mask,
      float[] c,
      int cOffset,
      int ldc) {
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c20 = FloatVector.zero(S);
    FloatVector c30 = FloatVector.zero(S);
    FloatVector c40 = FloatVector.zero(S);
    FloatVector c50 = FloatVector.zero(S);
    FloatVector c60 = FloatVector.zero(S);
    FloatVector c70 = FloatVector.zero(S);
    for (int p = 0; p < k; p++) {
      int at = aOffset + p * aStep;
      int from = bOffset + p * bStep;
      FloatVector b0 = FloatVector.fromArray(S, b, from);
      FloatVector x = FloatVector.broadcast(S, a[at]);
      c00 = x.fma(b0, c00);
      x = FloatVector.broadcast(S, a[at + 1]);
      c10 = x.fma(b0, c10);
      x = FloatVector.broadcast(S, a[at + 2]);
      c20 = x.fma(b0, c20);
      x = FloatVector.broadcast(S, a[at + 3]);
      c30 = x.fma(b0, c30);
      x = FloatVector.broadcast(S, a[at + 4]);
      c40 = x.fma(b0, c40);
      x = FloatVector.broadcast(S, a[at + 5]);
      c50 = x.fma(b0, c50);
      x = FloatVector.broadcast(S, a[at + 6]);
      c60 = x.fma(b0, c60);
      x = FloatVector.broadcast(S, a[at + 7]);
      c70 = x.fma(b0, c70);
    }
    int at = cOffset & mask;
    int step = ldc & mask;
    c00 = c00.add(FloatVector.fromArray(S, prior, at));
    c10 = c10.add(FloatVector.fromArray(S, prior, at + step));
    c20 = c20.add(FloatVector.fromArray(S, prior, at + 2 * step));
    c30 = c30.add(FloatVector.fromArray(S, prior, at + 3 * step));
    c40 = c40.add(FloatVector.fromArray(S, prior, at + 4 * step));
    c50 = c50.add(FloatVector.fromArray(S, prior, at + 5 * step));
    c60 = c60.add(FloatVector.fromArray(S, prior, at + 6 * step));
    c70 = c70.add(FloatVector.fromArray(S, prior, at + 7 * step));
    c00.intoArray(c, cOffset);
    c10.intoArray(c, cOffset + ldc);
    c20.intoArray(c, cOffset + 2 * ldc);
    c30.intoArray(c, cOffset + 3 * ldc);
    c40.intoArray(c, cOffset + 4 * ldc);
    c50.intoArray(c, cOffset + 5 * ldc);
    c60.intoArray(c, cOffset + 6 * ldc);
    c70.intoArray(c, cOffset + 7 * ldc);
  }

  private static void rows8x2(
      int k,
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      float[] prior,
      int mask,
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
    FloatVector c40 = FloatVector.zero(S);
    FloatVector c41 = FloatVector.zero(S);
    FloatVector c50 = FloatVector.zero(S);
    FloatVector c51 = FloatVector.zero(S);
    FloatVector c60 = FloatVector.zero(S);
    FloatVector c61 = FloatVector.zero(S);
    FloatVector c70 = FloatVector.zero(S);
    FloatVector c71 = FloatVector.zero(S);
    for (int p = 0; p < k; p++) {
      int at = aOffset + p * aStep;
      int from = bOffset + p * bStep;
      FloatVector b0 = FloatVector.fromArray(S, b, from);
      FloatVector b1 = FloatVector.fromArray(S, b, from + LANES);
      FloatVector x = FloatVector.broadcast(S, a[at]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(S, a[at + 1]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(S, a[at + 2]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(S, a[at + 3]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      x = FloatVector.broadcast(S, a[at + 4]);
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
      x = FloatVector.broadcast(S, a[at + 5]);
      c50 = x.fma(b0, c50);
      c51 = x.fma(b1, c51);
      x = FloatVector.broadcast(S, a[at + 6]);
      c60 = x.fma(b0, c60);
      c61 = x.fma(b1, c61);
      x = FloatVector.broadcast(S, a[at + 7]);
      c70 = x.fma(b0, c70);
      c71 = x.fma(b1, c71);
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
    c40 = c40.add(FloatVector.fromArray(S, prior, at + 4 * step));
    c41 = c41.add(FloatVector.fromArray(S, prior, at + 4 * step + LANES));
    c50 = c50.add(FloatVector.fromArray(S, prior, at + 5 * step));
    c51 = c51.add(FloatVector.fromArray(S, prior, at + 5 * step + LANES));
    c60 = c60.add(FloatVector.fromArray(S, prior, at + 6 * step));
    c61 = c61.add(FloatVector.fromArray(S, prior, at + 6 * step + LANES));
    c70 = c70.add(FloatVector.fromArray(S, prior, at + 7 * step));
    c71 = c71.add(FloatVector.fromArray(S, prior, at + 7 * step + LANES));
    c00.intoArray(c, cOffset);
    c01.intoArray(c, cOffset + LANES);
    c10.intoArray(c, cOffset + ldc);
    c11.intoArray(c, cOffset + ldc + LANES);
    c20.intoArray(c, cOffset + 2 * ldc);
    c21.intoArray(c, cOffset + 2 * ldc + LANES);
    c30.intoArray(c, cOffset + 3 * ldc);
    c31.intoArray(c, cOffset + 3 * ldc + LANES);
    c40.intoArray(c, cOffset + 4 * ldc);
    c41.intoArray(c, cOffset + 4 * ldc + LANES);
    c50.intoArray(c, cOffset + 5 * ldc);
    c51.intoArray(c, cOffset + 5 * ldc + LANES);
    c60.intoArray(c, cOffset + 6 * ldc);
    c61.intoArray(c, cOffset + 6 * ldc + LANES);
    c70.intoArray(c, cOffset + 7 * ldc);
    c71.intoArray(c, cOffset + 7 * ldc + LANES);
  }

  private static void rows5x2(
      int k,
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      float[] prior,
      int mask,
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
    FloatVector c40 = FloatVector.zero(S);
    FloatVector c41 = FloatVector.zero(S);
    for (int p = 0; p < k; p++) {
      int at = aOffset + p * aStep;
      int from = bOffset + p * bStep;
      FloatVector b0 = FloatVector.fromArray(S, b, from);
      FloatVector b1 = FloatVector.fromArray(S, b, from + LANES);
      FloatVector x = FloatVector.broadcast(S, a[at]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(S, a[at + 1]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(S, a[at + 2]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(S, a[at + 3]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      x = FloatVector.broadcast(S, a[at + 4]);
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
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
    c40 = c40.add(FloatVector.fromArray(S, prior, at + 4 * step));
    c41 = c41.add(FloatVector.fromArray(S, prior, at + 4 * step + LANES));
    c00.intoArray(c, cOffset);
    c01.intoArray(c, cOffset + LANES);
    c10.intoArray(c, cOffset + ldc);
    c11.intoArray(c, cOffset + ldc + LANES);
    c20.intoArray(c, cOffset + 2 * ldc);
    c21.intoArray(c, cOffset + 2 * ldc + LANES);
    c30.intoArray(c, cOffset + 3 * ldc);
    c31.intoArray(c, cOffset + 3 * ldc + LANES);
    c40.intoArray(c, cOffset + 4 * ldc);
    c41.intoArray(c, cOffset + 4 * ldc + LANES);
  }
}
