package lanewise.kernel;

import static lanewise.kernel.Microkernel.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * As {@link PixelTile}, for patches made of triples, three elements side by side: three triples by
 * one or two vectors of output channels, read where they lie in the image. Its 18 sums need 32
 * registers.
 */
final class TriplePixelTile {
  private static final VectorSpecies<Float> S = Simd.FLOATS;

  /** Triples in a tile. */
  private static final int TRIPLES = 3;

  /** Rows of a tile. */
  static final int ROWS = 3 * TRIPLES;

  private TriplePixelTile() {}

  /** Whether the gradient of a filter for patches of such runs is made this way. */
  static boolean suits(int run, int patchSize, int columns) {
    return Simd.REGISTERS >= 32 && run % 3 == 0 && patchSize >= ROWS && columns % LANES == 0;
  }

  /**
   * {@code C ← store(Pᵀ · B)} for {@code rows} elements, from {@code first} on, of the patches of
   * {@code lines} lines of pixels. Of the last tile, the first rows may be done.
   *
   * @param taps where each element stands after the patch's first
   * @param aStep from a patch to its neighbour, {@code aLine} to the one below
   * @param bStep from a pixel to the next, or 0 if B is packed in panels
   */
  static void multiply(
      int lines,
      int pixels,
      float[] a,
      int aOffset,
      int[] taps,
      int first,
      int rows,
      int aStep,
      int aLine,
      int columns,
      float[] b,
      int bOffset,
      int bStep,
      TileStore store,
      float[] c,
      int cOffset,
      int ldc,
      Scratch scratch) {
    float[] tile = scratch.tile;
    for (int j = 0; j < columns; j += Microkernel.panelWidth(columns - j)) {
      int width = Microkernel.panelWidth(columns - j);
      int from = bStep > 0 ? bOffset + j : bOffset + lines * pixels * j;
      int step = bStep > 0 ? bStep : width;
      for (int i = 0; i < rows; i += ROWS) {
        int done = Math.max(0, i + ROWS - rows);
        int row = first + i - done;
        int at = aOffset + taps[row];
        int second = taps[row + 3] - taps[row];
        int third = taps[row + 6] - taps[row];
        float[] prior = done == 0 ? store.prior(c) : TileStore.NO_PRIOR;
        int mask = done == 0 ? store.mask() : 0;
        float[] to = done == 0 ? c : tile;
        int toOffset = done == 0 ? cOffset + i * ldc + j : 0;
        int toStep = done == 0 ? ldc : width;
        if (width == LANES) {
          rows9x1(
              lines, pixels, a, at, second, third, aStep, aLine, b, from, step, prior, mask, to,
              toOffset, toStep);
        } else {
          rows9x2(
              lines, pixels, a, at, second, third, aStep, aLine, b, from, step, prior, mask, to,
              toOffset, toStep);
        }
        if (done > 0) {
          int left = cOffset + i * ldc + j;
          store.finish(ROWS - done, width, tile, done * width, width, c, left, ldc, j);
        }
      }
    }
  }

  private static void rows9x1(
      int lines,
      int pixels,
      float[] a,
      int aOffset,
      int second,
      int third,
      int aStep,
      int aLine,
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
    FloatVector c80 = FloatVector.zero(S);
    int from = bOffset;
    for (int line = 0; line < lines; line++) {
      int at = aOffset + line * aLine;
      for (int p = 0; p < pixels; p++) {
        FloatVector b0 = FloatVector.fromArray(S, b, from);
        int at1 = at + second;
        int at2 = at + third;
        FloatVector x = FloatVector.broadcast(S, a[at]);
        c00 = x.fma(b0, c00);
        x = FloatVector.broadcast(S, a[at + 1]);
        c10 = x.fma(b0, c10);
        x = FloatVector.broadcast(S, a[at + 2]);
        c20 = x.fma(b0, c20);
        x = FloatVector.broadcast(S, a[at1]);
        c30 = x.fma(b0, c30);
        x = FloatVector.broadcast(S, a[at1 + 1]);
        c40 = x.fma(b0, c40);
        x = FloatVector.broadcast(S, a[at1 + 2]);
        c50 = x.fma(b0, c50);
        x = FloatVector.broadcast(S, a[at2]);
        c60 = x.fma(b0, c60);
        x = FloatVector.broadcast(S, a[at2 + 1]);
        c70 = x.fma(b0, c70);
        x = FloatVector.broadcast(S, a[at2 + 2]);
        c80 = x.fma(b0, c80);
        at += aStep;
        from += bStep;
      }
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
    c80 = c80.add(FloatVector.fromArray(S, prior, at + 8 * step));
    c00.intoArray(c, cOffset);
    c10.intoArray(c, cOffset + ldc);
    c20.intoArray(c, cOffset + 2 * ldc);
    c30.intoArray(c, cOffset + 3 * ldc);
    c40.intoArray(c, cOffset + 4 * ldc);
    c50.intoArray(c, cOffset + 5 * ldc);
    c60.intoArray(c, cOffset + 6 * ldc);
    c70.intoArray(c, cOffset + 7 * ldc);
    c80.intoArray(c, cOffset + 8 * ldc);
  }

  private static void rows9x2(
      int lines,
      int pixels,
      float[] a,
      int aOffset,
      int second,
      int third,
      int aStep,
      int aLine,
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
    FloatVector c80 = FloatVector.zero(S);
    FloatVector c81 = FloatVector.zero(S);
    int from = bOffset;
    for (int line = 0; line < lines; line++) {
      int at = aOffset + line * aLine;
      for (int p = 0; p < pixels; p++) {
        FloatVector b0 = FloatVector.fromArray(S, b, from);
        FloatVector b1 = FloatVector.fromArray(S, b, from + LANES);
        int at1 = at + second;
        int at2 = at + third;
        FloatVector x = FloatVector.broadcast(S, a[at]);
        c00 = x.fma(b0, c00);
        c01 = x.fma(b1, c01);
        x = FloatVector.broadcast(S, a[at + 1]);
        c10 = x.fma(b0, c10);
        c11 = x.fma(b1, c11);
        x = FloatVector.broadcast(S, a[at + 2]);
        c20 = x.fma(b0, c20);
        c21 = x.fma(b1, c21);
        x = FloatVector.broadcast(S, a[at1]);
        c30 = x.fma(b0, c30);
        c31 = x.fma(b1, c31);
        x = FloatVector.broadcast(S, a[at1 + 1]);
        c40 = x.fma(b0, c40);
        c41 = x.fma(b1, c41);
        x = FloatVector.broadcast(S, a[at1 + 2]);
        c50 = x.fma(b0, c50);
        c51 = x.fma(b1, c51);
        x = FloatVector.broadcast(S, a[at2]);
        c60 = x.fma(b0, c60);
        c61 = x.fma(b1, c61);
        x = FloatVector.broadcast(S, a[at2 + 1]);
        c70 = x.fma(b0, c70);
        c71 = x.fma(b1, c71);
        x = FloatVector.broadcast(S, a[at2 + 2]);
        c80 = x.fma(b0, c80);
        c81 = x.fma(b1, c81);
        at += aStep;
        from += bStep;
      }
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
    c80 = c80.add(FloatVector.fromArray(S, prior, at + 8 * step));
    c81 = c81.add(FloatVector.fromArray(S, prior, at + 8 * step + LANES));
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
    c80.intoArray(c, cOffset + 8 * ldc);
    c81.intoArray(c, cOffset + 8 * ldc + LANES);
  }
}
