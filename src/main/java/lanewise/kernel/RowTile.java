package lanewise.kernel;

import static lanewise.kernel.Microkernel.LANES;
import static lanewise.kernel.Microkernel.LENGTHS;
import static lanewise.kernel.Microkernel.MR;
import static lanewise.kernel.Microkernel.OFFSETS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The {@link Microkernel} whose left operand is rows, each with k along memory from an offset of
 * its own, in {@code runs} runs of {@code length} elements that start {@code stride} apart. Panels
 * of 2 vectors are those of {@link SixRowTile}; for those of one {@link #multiply} and {@link
 * #finish}, the common ways, loop over all tiles of a panel; a {@link #tile} is one call. With a
 * choice between ways in the loop over tiles, C2 boxes the sums.
 */
final class RowTile {
  private static final VectorSpecies<Float> S = Simd.FLOATS;

  private RowTile() {}

  /**
   * {@code C ← A · B + prior} for a panel of one vector and {@code rows} rows, a multiple of {@code
   * MR}.
   */
  static void multiply(
      int rows,
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
    int even = rows / (2 * MR) * (2 * MR);
    multiply8x1(
        even, runs, length, stride, a, aOffset, offsets, b, bOffset, prior, mask, c, cOffset, ldc);
    if (even < rows) {
      tile(
          LANES,
          runs,
          length,
          stride,
          a,
          aOffset + offsets[even],
          aOffset + offsets[even + 1],
          aOffset + offsets[even + 2],
          aOffset + offsets[even + 3],
          b,
          bOffset,
          prior,
          mask,
          false,
          c,
          0,
          0,
          c,
          cOffset + even * ldc,
          ldc);
    }
  }

  /**
   * {@code C ← max(A · B + bias, floor)} for a panel of one vector and {@code rows} rows, a
   * multiple of {@code MR}.
   */
  static void finish(
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
    int even = rows / (2 * MR) * (2 * MR);
    finish8x1(
        even,
        runs,
        length,
        stride,
        a,
        aOffset,
        offsets,
        b,
        bOffset,
        bias,
        biasOffset,
        floor,
        c,
        cOffset,
        ldc);
    if (even < rows) {
      tile(
          LANES,
          runs,
          length,
          stride,
          a,
          aOffset + offsets[even],
          aOffset + offsets[even + 1],
          aOffset + offsets[even + 2],
          aOffset + offsets[even + 3],
          b,
          bOffset,
          TileStore.NO_PRIOR,
          0,
          true,
          bias,
          biasOffset,
          floor,
          c,
          cOffset + even * ldc,
          ldc);
    }
  }

  /**
   * One tile of {@code MR} rows: {@code C ← A · B + prior} or, {@code bounded}, {@code C ← max(A ·
   * B + prior + bias, floor)}.
   */
  static void tile(
      int width,
      int runs,
      int length,
      int stride,
      float[] a,
      int a0,
      int a1,
      int a2,
      int a3,
      float[] b,
      int bOffset,
      float[] prior,
      int mask,
      boolean bounded,
      float[] bias,
      int biasOffset,
      float floor,
      float[] c,
      int cOffset,
      int ldc) {
    if (width == 2 * LANES) {
      tile4x2(
          runs,
          length,
          stride,
          a,
          a0,
          a1,
          a2,
          a3,
          b,
          bOffset,
          prior,
          mask,
          bounded,
          bias,
          biasOffset,
          floor,
          c,
          cOffset,
          ldc);
    } else {
      tile4x1(
          runs,
          length,
          stride,
          a,
          a0,
          a1,
          a2,
          a3,
          b,
          bOffset,
          prior,
          mask,
          bounded,
          bias,
          biasOffset,
          floor,
          c,
          cOffset,
          ldc);
    }
  }

  private static void multiply8x1(
      int rows,
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
    length &= LENGTHS;
    int step = ldc & mask;
    for (int i = 0; i < rows; i += 2 * MR) {
      FloatVector c00 = FloatVector.zero(S);
      FloatVector c10 = FloatVector.zero(S);
      FloatVector c20 = FloatVector.zero(S);
      FloatVector c30 = FloatVector.zero(S);
      FloatVector c40 = FloatVector.zero(S);
      FloatVector c50 = FloatVector.zero(S);
      FloatVector c60 = FloatVector.zero(S);
      FloatVector c70 = FloatVector.zero(S);
      int a0 = aOffset + offsets[i];
      int a1 = aOffset + offsets[i + 1];
      int a2 = aOffset + offsets[i + 2];
      int a3 = aOffset + offsets[i + 3];
      int a4 = aOffset + offsets[i + 4];
      int a5 = aOffset + offsets[i + 5];
      int a6 = aOffset + offsets[i + 6];
      int a7 = aOffset + offsets[i + 7];
      for (int run = 0; run < runs; run++) {
        int r0 = (a0 + run * stride) & OFFSETS;
        int r1 = (a1 + run * stride) & OFFSETS;
        int r2 = (a2 + run * stride) & OFFSETS;
        int r3 = (a3 + run * stride) & OFFSETS;
        int r4 = (a4 + run * stride) & OFFSETS;
        int r5 = (a5 + run * stride) & OFFSETS;
        int r6 = (a6 + run * stride) & OFFSETS;
        int r7 = (a7 + run * stride) & OFFSETS;
        int panel = (bOffset + run * length * LANES) & OFFSETS;
        for (int p = 0; p < length; p++) {
          FloatVector b0 = FloatVector.fromArray(S, b, panel + p * LANES);
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
      }
      int to = cOffset + i * ldc;
      int at = to & mask;
      c00 = c00.add(FloatVector.fromArray(S, prior, at));
      c10 = c10.add(FloatVector.fromArray(S, prior, at + step));
      c20 = c20.add(FloatVector.fromArray(S, prior, at + 2 * step));
      c30 = c30.add(FloatVector.fromArray(S, prior, at + 3 * step));
      c40 = c40.add(FloatVector.fromArray(S, prior, at + 4 * step));
      c50 = c50.add(FloatVector.fromArray(S, prior, at + 5 * step));
      c60 = c60.add(FloatVector.fromArray(S, prior, at + 6 * step));
      c70 = c70.add(FloatVector.fromArray(S, prior, at + 7 * step));
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

  private static void finish8x1(
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
    for (int i = 0; i < rows; i += 2 * MR) {
      FloatVector c00 = FloatVector.zero(S);
      FloatVector c10 = FloatVector.zero(S);
      FloatVector c20 = FloatVector.zero(S);
      FloatVector c30 = FloatVector.zero(S);
      FloatVector c40 = FloatVector.zero(S);
      FloatVector c50 = FloatVector.zero(S);
      FloatVector c60 = FloatVector.zero(S);
      FloatVector c70 = FloatVector.zero(S);
      int a0 = aOffset + offsets[i];
      int a1 = aOffset + offsets[i + 1];
      int a2 = aOffset + offsets[i + 2];
      int a3 = aOffset + offsets[i + 3];
      int a4 = aOffset + offsets[i + 4];
      int a5 = aOffset + offsets[i + 5];
      int a6 = aOffset + offsets[i + 6];
      int a7 = aOffset + offsets[i + 7];
      for (int run = 0; run < runs; run++) {
        int r0 = (a0 + run * stride) & OFFSETS;
        int r1 = (a1 + run * stride) & OFFSETS;
        int r2 = (a2 + run * stride) & OFFSETS;
        int r3 = (a3 + run * stride) & OFFSETS;
        int r4 = (a4 + run * stride) & OFFSETS;
        int r5 = (a5 + run * stride) & OFFSETS;
        int r6 = (a6 + run * stride) & OFFSETS;
        int r7 = (a7 + run * stride) & OFFSETS;
        int panel = (bOffset + run * length * LANES) & OFFSETS;
        for (int p = 0; p < length; p++) {
          FloatVector b0 = FloatVector.fromArray(S, b, panel + p * LANES);
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
      }
      int to = cOffset + i * ldc;
      c00.add(bias0).max(least).intoArray(c, to);
      c10.add(bias0).max(least).intoArray(c, to + ldc);
      c20.add(bias0).max(least).intoArray(c, to + 2 * ldc);
      c30.add(bias0).max(least).intoArray(c, to + 3 * ldc);
      c40.add(bias0).max(least).intoArray(c, to + 4 * ldc);
      c50.add(bias0).max(least).intoArray(c, to + 5 * ldc);
      c60.add(bias0).max(least).intoArray(c, to + 6 * ldc);
      c70.add(bias0).max(least).intoArray(c, to + 7 * ldc);
    }
  }

  private static void tile4x1(
      int runs,
      int length,
      int stride,
      float[] a,
      int a0,
      int a1,
      int a2,
      int a3,
      float[] b,
      int bOffset,
      float[] prior,
      int mask,
      boolean bounded,
      float[] bias,
      int biasOffset,
      float floor,
      float[] c,
      int cOffset,
      int ldc) {
    length &= LENGTHS;
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c20 = FloatVector.zero(S);
    FloatVector c30 = FloatVector.zero(S);
    for (int run = 0; run < runs; run++) {
      int skip = run * stride;
      int r0 = a0 + skip;
      int r1 = a1 + skip;
      int r2 = a2 + skip;
      int r3 = a3 + skip;
      int rb = (bOffset + run * length * LANES) & OFFSETS;
      for (int p = 0; p < length; p++) {
        FloatVector b0 = FloatVector.fromArray(S, b, rb + p * LANES);
        FloatVector x = FloatVector.broadcast(S, a[r0 + p]);
        c00 = x.fma(b0, c00);
        x = FloatVector.broadcast(S, a[r1 + p]);
        c10 = x.fma(b0, c10);
        x = FloatVector.broadcast(S, a[r2 + p]);
        c20 = x.fma(b0, c20);
        x = FloatVector.broadcast(S, a[r3 + p]);
        c30 = x.fma(b0, c30);
      }
    }
    int at = cOffset & mask;
    int step = ldc & mask;
    c00 = c00.add(FloatVector.fromArray(S, prior, at));
    c10 = c10.add(FloatVector.fromArray(S, prior, at + step));
    c20 = c20.add(FloatVector.fromArray(S, prior, at + 2 * step));
    c30 = c30.add(FloatVector.fromArray(S, prior, at + 3 * step));
    if (bounded) {
      FloatVector least = FloatVector.broadcast(S, floor);
      FloatVector bias0 = FloatVector.fromArray(S, bias, biasOffset);
      c00.add(bias0).max(least).intoArray(c, cOffset);
      c10.add(bias0).max(least).intoArray(c, cOffset + ldc);
      c20.add(bias0).max(least).intoArray(c, cOffset + 2 * ldc);
      c30.add(bias0).max(least).intoArray(c, cOffset + 3 * ldc);
      return;
    }
    c00.intoArray(c, cOffset);
    c10.intoArray(c, cOffset + ldc);
    c20.intoArray(c, cOffset + 2 * ldc);
    c30.intoArray(c, cOffset + 3 * ldc);
  }

  private static void tile4x2(
      int runs,
      int length,
      int stride,
      float[] a,
      int a0,
      int a1,
      int a2,
      int a3,
      float[] b,
      int bOffset,
      float[] prior,
      int mask,
      boolean bounded,
      float[] bias,
      int biasOffset,
      float floor,
      float[] c,
      int cOffset,
      int ldc) {
    length &= LENGTHS;
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c01 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c11 = FloatVector.zero(S);
    FloatVector c20 = FloatVector.zero(S);
    FloatVector c21 = FloatVector.zero(S);
    FloatVector c30 = FloatVector.zero(S);
    FloatVector c31 = FloatVector.zero(S);
    for (int run = 0; run < runs; run++) {
      int skip = run * stride;
      int r0 = a0 + skip;
      int r1 = a1 + skip;
      int r2 = a2 + skip;
      int r3 = a3 + skip;
      int rb = (bOffset + run * length * 2 * LANES) & OFFSETS;
      for (int p = 0; p < length; p++) {
        FloatVector b0 = FloatVector.fromArray(S, b, rb + p * 2 * LANES);
        FloatVector b1 = FloatVector.fromArray(S, b, rb + p * 2 * LANES + LANES);
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
    if (bounded) {
      FloatVector least = FloatVector.broadcast(S, floor);
      FloatVector bias0 = FloatVector.fromArray(S, bias, biasOffset);
      FloatVector bias1 = FloatVector.fromArray(S, bias, biasOffset + LANES);
      c00.add(bias0).max(least).intoArray(c, cOffset);
      c01.add(bias1).max(least).intoArray(c, cOffset + LANES);
      c10.add(bias0).max(least).intoArray(c, cOffset + ldc);
      c11.add(bias1).max(least).intoArray(c, cOffset + ldc + LANES);
      c20.add(bias0).max(least).intoArray(c, cOffset + 2 * ldc);
      c21.add(bias1).max(least).intoArray(c, cOffset + 2 * ldc + LANES);
      c30.add(bias0).max(least).intoArray(c, cOffset + 3 * ldc);
      c31.add(bias1).max(least).intoArray(c, cOffset + 3 * ldc + LANES);
      return;
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
}
