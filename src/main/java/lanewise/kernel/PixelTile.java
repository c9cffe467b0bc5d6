package lanewise.kernel;

import static lanewise.kernel.Microkernel.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tile whose k runs over the pixels of an image, for the gradient of a filter on few
 * channels: each row of the left operand is k elements side by side in a plane of the image, from
 * an offset of its own. The right operand is a packed panel.
 */
final class PixelTile {
  private static final VectorSpecies<Float> S = Simd.FLOATS;

  private PixelTile() {}

  /** Rows of the next tile, of {@code remaining}, whose panel is {@code width} columns wide. */
  static int rows(int width, int remaining) {
    if (width == LANES) {
      return 8;
    }
    return 5 * (remaining % 4) <= remaining && remaining % 4 > 0 ? 5 : 4;
  }

  /**
   * {@code C ← A · B + prior} for one tile, k running over {@code pixelRows} rows of {@code
   * pixels}.
   *
   * @param aRow from a row of pixels to the next in a plane
   * @param rows as {@link #rows} has it
   * @param taps where each row's elements start after {@code aOffset}, from {@code first} on
   * @param prior with {@code mask}, as {@link TileStore} has it
   */
  static void multiply(
      int rows,
      int width,
      int pixelRows,
      int pixels,
      float[] a,
      int aOffset,
      int aRow,
      int[] taps,
      int first,
      float[] b,
      int bOffset,
      int bStep,
      float[] prior,
      int mask,
      float[] c,
      int cOffset,
      int ldc) {
    if (width == LANES) {
      rows8x1(
          pixelRows, pixels, a, aOffset, aRow, taps, first, b, bOffset, bStep, prior, mask, c,
          cOffset, ldc);
    } else if (rows == 5) {
      rows5x2(
          pixelRows, pixels, a, aOffset, aRow, taps, first, b, bOffset, bStep, prior, mask, c,
          cOffset, ldc);
    } else {
      rows4x2(
          pixelRows, pixels, a, aOffset, aRow, taps, first, b, bOffset, bStep, prior, mask, c,
          cOffset, ldc);
    }
  }

  private static void rows8x1(
      int pixelRows,
      int pixels,
      float[] a,
      int aOffset,
      int aRow,
      int[] taps,
      int first,
      float[] b,
      int bOffset,
      int bStep,
      float[] prior,
      int mask,
      float[] c,
      int cOffset,
      int ldc) {
    int a0 = aOffset + taps[first];
    int a1 = aOffset + taps[first + 1];
    int a2 = aOffset + taps[first + 2];
    int a3 = aOffset + taps[first + 3];
    int a4 = aOffset + taps[first + 4];
    int a5 = aOffset + taps[first + 5];
    int a6 = aOffset + taps[first + 6];
    int a7 = aOffset + taps[first + 7];
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c20 = FloatVector.zero(S);
    FloatVector c30 = FloatVector.zero(S);
    FloatVector c40 = FloatVector.zero(S);
    FloatVector c50 = FloatVector.zero(S);
    FloatVector c60 = FloatVector.zero(S);
    FloatVector c70 = FloatVector.zero(S);
    for (int y = 0; y < pixelRows; y++) {
      int from = bOffset + y * pixels * bStep;
      for (int p = 0; p < pixels; p++) {
        FloatVector b0 = FloatVector.fromArray(S, b, from + p * bStep);
        FloatVector x = FloatVector.broadcast(S, a[a0 + p]);
        c00 = x.fma(b0, c00);
        x = FloatVector.broadcast(S, a[a1 + p]);
        c10 = x.fma(b0, c10);
        x = FloatVector.broadcast(S, a[a2 + p]);
        c20 = x.fma(b0, c20);
        x = FloatVector.broadcast(S, a[a3 + p]);
        c30 = x.fma(b0, c30);
        x = FloatVector.broadcast(S, a[a4 + p]);
        c40 = x.fma(b0, c40);
        x = FloatVector.broadcast(S, a[a5 + p]);
        c50 = x.fma(b0, c50);
        x = FloatVector.broadcast(S, a[a6 + p]);
        c60 = x.fma(b0, c60);
        x = FloatVector.broadcast(S, a[a7 + p]);
        c70 = x.fma(b0, c70);
      }
      a0 += aRow;
      a1 += aRow;
      a2 += aRow;
      a3 += aRow;
      a4 += aRow;
      a5 += aRow;
      a6 += aRow;
      a7 += aRow;
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

  private static void rows4x2(
      int pixelRows,
      int pixels,
      float[] a,
      int aOffset,
      int aRow,
      int[] taps,
      int first,
      float[] b,
      int bOffset,
      int bStep,
      float[] prior,
      int mask,
      float[] c,
      int cOffset,
      int ldc) {
    int a0 = aOffset + taps[first];
    int a1 = aOffset + taps[first + 1];
    int a2 = aOffset + taps[first + 2];
    int a3 = aOffset + taps[first + 3];
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c01 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c11 = FloatVector.zero(S);
    FloatVector c20 = FloatVector.zero(S);
    FloatVector c21 = FloatVector.zero(S);
    FloatVector c30 = FloatVector.zero(S);
    FloatVector c31 = FloatVector.zero(S);
    for (int y = 0; y < pixelRows; y++) {
      int from = bOffset + y * pixels * bStep;
      for (int p = 0; p < pixels; p++) {
        FloatVector b0 = FloatVector.fromArray(S, b, from + p * bStep);
        FloatVector b1 = FloatVector.fromArray(S, b, from + p * bStep + LANES);
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
      a0 += aRow;
      a1 += aRow;
      a2 += aRow;
      a3 += aRow;
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
    c00.intoArray(c, cOffset);
    c01.intoArray(c, cOffset + LANES);
    c10.intoArray(c, cOffset + ldc);
    c11.intoArray(c, cOffset + ldc + LANES);
    c20.intoArray(c, cOffset + 2 * ldc);
    c21.intoArray(c, cOffset + 2 * ldc + LANES);
    c30.intoArray(c, cOffset + 3 * ldc);
    c31.intoArray(c, cOffset + 3 * ldc + LANES);
  }

  private static void rows5x2(
      int pixelRows,
      int pixels,
      float[] a,
      int aOffset,
      int aRow,
      int[] taps,
      int first,
      float[] b,
      int bOffset,
      int bStep,
      float[] prior,
      int mask,
      float[] c,
      int cOffset,
      int ldc) {
    int a0 = aOffset + taps[first];
    int a1 = aOffset + taps[first + 1];
    int a2 = aOffset + taps[first + 2];
    int a3 = aOffset + taps[first + 3];
    int a4 = aOffset + taps[first + 4];
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
    for (int y = 0; y < pixelRows; y++) {
      int from = bOffset + y * pixels * bStep;
      for (int p = 0; p < pixels; p++) {
        FloatVector b0 = FloatVector.fromArray(S, b, from + p * bStep);
        FloatVector b1 = FloatVector.fromArray(S, b, from + p * bStep + LANES);
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
        x = FloatVector.broadcast(S, a[a4 + p]);
        c40 = x.fma(b0, c40);
        c41 = x.fma(b1, c41);
      }
      a0 += aRow;
      a1 += aRow;
      a2 += aRow;
      a3 += aRow;
      a4 += aRow;
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
