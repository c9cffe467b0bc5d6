package lanewise.kernel;

import static lanewise.kernel.Microkernel.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tile whose sums go on from what stands in an image: for pixels whose patches do not
 * overlap, some vectors of each one's patch plus the product of its row of channels and a packed
 * panel.
 */
final class ScatterTile {
  private static final VectorSpecies<Float> S = Simd.FLOATS;

  /** Pixels of a tile. */
  static final int PIXELS = 4;

  /** Beyond any offset in a packed panel, as in {@link RowTile}. */
  private static final int OFFSETS = (1 << 30) - 1;

  /** Beyond any k of a panel, likewise. */
  private static final int LENGTHS = (1 << 22) - 1;

  private ScatterTile() {}

  /**
   * {@code C ← C + A · B} for the pixels {@code first}, {@code first + step} … before {@code end}
   * and, with each, those that come {@code apart}, {@code 2 · apart} and {@code 3 · apart} later.
   *
   * @param width columns of the panel: one or two vectors
   * @param k columns of A to use, of the {@code lda} that it has
   * @param patches where each pixel's vectors start after {@code cOffset}
   */
  static void add(
      int width,
      int first,
      int end,
      int step,
      int apart,
      int k,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int[] patches,
      float[] c,
      int cOffset) {
    if (width == LANES) {
      add4x1(first, end, step, apart, k, a, aOffset, lda, b, bOffset, patches, c, cOffset);
    } else {
      add4x2(first, end, step, apart, k, a, aOffset, lda, b, bOffset, patches, c, cOffset);
    }
  }

  private static void add4x1(
      int first,
      int end,
      int step,
      int apart,
      int k,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int[] patches,
      float[] c,
      int cOffset) {
    k &= LENGTHS;
    bOffset &= OFFSETS;
    for (int i = first; i < end; i += step) {
      int at0 = cOffset + patches[i];
      int at1 = cOffset + patches[i + apart];
      int at2 = cOffset + patches[i + 2 * apart];
      int at3 = cOffset + patches[i + 3 * apart];
      FloatVector c0 = FloatVector.fromArray(S, c, at0);
      FloatVector c1 = FloatVector.fromArray(S, c, at1);
      FloatVector c2 = FloatVector.fromArray(S, c, at2);
      FloatVector c3 = FloatVector.fromArray(S, c, at3);
      int a0 = aOffset + i * lda;
      int a1 = a0 + apart * lda;
      int a2 = a1 + apart * lda;
      int a3 = a2 + apart * lda;
      for (int p = 0; p < k; p++) {
        FloatVector b0 = FloatVector.fromArray(S, b, bOffset + p * LANES);
        c0 = FloatVector.broadcast(S, a[a0 + p]).fma(b0, c0);
        c1 = FloatVector.broadcast(S, a[a1 + p]).fma(b0, c1);
        c2 = FloatVector.broadcast(S, a[a2 + p]).fma(b0, c2);
        c3 = FloatVector.broadcast(S, a[a3 + p]).fma(b0, c3);
      }
      c0.intoArray(c, at0);
      c1.intoArray(c, at1);
      c2.intoArray(c, at2);
      c3.intoArray(c, at3);
    }
  }

  private static void add4x2(
      int first,
      int end,
      int step,
      int apart,
      int k,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int[] patches,
      float[] c,
      int cOffset) {
    k &= LENGTHS;
    bOffset &= OFFSETS;
    for (int i = first; i < end; i += step) {
      int at0 = cOffset + patches[i];
      int at1 = cOffset + patches[i + apart];
      int at2 = cOffset + patches[i + 2 * apart];
      int at3 = cOffset + patches[i + 3 * apart];
      FloatVector c00 = FloatVector.fromArray(S, c, at0);
      FloatVector c01 = FloatVector.fromArray(S, c, at0 + LANES);
      FloatVector c10 = FloatVector.fromArray(S, c, at1);
      FloatVector c11 = FloatVector.fromArray(S, c, at1 + LANES);
      FloatVector c20 = FloatVector.fromArray(S, c, at2);
      FloatVector c21 = FloatVector.fromArray(S, c, at2 + LANES);
      FloatVector c30 = FloatVector.fromArray(S, c, at3);
      FloatVector c31 = FloatVector.fromArray(S, c, at3 + LANES);
      int a0 = aOffset + i * lda;
      int a1 = a0 + apart * lda;
      int a2 = a1 + apart * lda;
      int a3 = a2 + apart * lda;
      for (int p = 0; p < k; p++) {
        FloatVector b0 = FloatVector.fromArray(S, b, bOffset + p * 2 * LANES);
        FloatVector b1 = FloatVector.fromArray(S, b, bOffset + p * 2 * LANES + LANES);
        FloatVector x = FloatVector.broadcast(S, a[a0 + p]);
        c00 = x.fma(b0, c00);
        c01 = x.fma(b1, c01);
        x = FloatVector.broadcast(S, a[a1 + p]);
        c10 = x.fma(b0, c10);
        c11 = x.fma(b1, c11);
        x = FloatVector.broadcast(S, a[a2 + p]);
        c20 = x.fma(b0, c20);
        c21 = x.fma(b1, c21);
        x = FloatVector.broadcast(S, a[a3 + p]);
        c30 = x.fma(b0, c30);
        c31 = x.fma(b1, c31);
      }
      c00.intoArray(c, at0);
      c01.intoArray(c, at0 + LANES);
      c10.intoArray(c, at1);
      c11.intoArray(c, at1 + LANES);
      c20.intoArray(c, at2);
      c21.intoArray(c, at2 + LANES);
      c30.intoArray(c, at3);
      c31.intoArray(c, at3 + LANES);
    }
  }

  /** As {@link #add}, for one pixel. */
  static void addOne(
      int width, int k, float[] a, int aOffset, float[] b, int bOffset, float[] c, int cOffset) {
    for (int j = 0; j < width; j += LANES) {
      FloatVector sum = FloatVector.fromArray(S, c, cOffset + j);
      for (int p = 0; p < k; p++) {
        FloatVector x = FloatVector.broadcast(S, a[aOffset + p]);
        sum = x.fma(FloatVector.fromArray(S, b, bOffset + j + p * width), sum);
      }
      sum.intoArray(c, cOffset + j);
    }
  }
}
