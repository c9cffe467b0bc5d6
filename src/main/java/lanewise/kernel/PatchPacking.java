package lanewise.kernel;

import jdk.incubator.vector.FloatVector;

/** Copies the elements of patches side by side, for products that cannot read them in place. */
final class PatchPacking {
  private final int k;
  private final int run;
  private final int outWidth;
  private final int rowStep;
  private final int pixelStep;
  private final int[] taps;

  /**
   * Patches of rows of {@code outWidth} pixels.
   *
   * @param k elements of a patch
   * @param run elements that lie side by side
   * @param rowStep from the first patch of a row of pixels to the next row's
   * @param pixelStep from a patch to its neighbour's
   * @param taps where each element stands after a patch's first
   */
  PatchPacking(int k, int run, int outWidth, int rowStep, int pixelStep, int[] taps) {
    this.k = k;
    this.run = run;
    this.outWidth = outWidth;
    this.rowStep = rowStep;
    this.pixelStep = pixelStep;
    this.taps = taps;
  }

  /** Copies the patches of {@code rows} rows of pixels side by side, and sets their offsets. */
  float[] gather(int rows, int[] offsets, float[] image, int base, Scratch scratch) {
    int distance = k - run + Microkernel.packedWidth(run);
    int pixels = rows * outWidth;
    float[] patches = scratch.patches(pixels * distance + Simd.LANES);
    for (int e = 0; e < k; e += run) {
      for (int part = 0; part < run; part += Simd.LANES) {
        for (int y = 0; y < rows; y++) {
          int from = base + taps[e] + part + y * rowStep;
          copyVectors(
              outWidth,
              image,
              from,
              pixelStep,
              patches,
              y * outWidth * distance + e + part,
              distance);
        }
      }
    }
    for (int p = 0; p < pixels; p++) {
      offsets[p] = p * distance;
    }
    return patches;
  }

  // What a vector holds beyond its run, the next run's writes over, and after the last there is
  // room for it.
  private static void copyVectors(
      int n, float[] x, int xOffset, int xStep, float[] y, int yOffset, int yStep) {
    int from = xOffset;
    int to = yOffset;
    for (int i = 0; i < n; i++) {
      FloatVector.fromArray(Simd.FLOATS, x, from).intoArray(y, to);
      from += xStep;
      to += yStep;
    }
  }

  /**
   * Packs elements {@code first … first + rows − 1} of the patches of {@code pixelRows} rows of
   * pixels as a left operand in columns, k running over the pixels.
   */
  void columns(int pixelRows, float[] image, int base, int first, int rows, float[] packed) {
    int step = Microkernel.LEFT_STEP;
    int wide = Packing.TOGETHER * step;
    int pixels = pixelRows * outWidth;
    int e = 0;
    while (e < rows) {
      int used = Math.min(step, rows - e);
      boolean together = e + wide <= rows && contiguous(first + e, wide);
      boolean whole = used == step && contiguous(first + e, step);
      for (int y = 0; y < pixelRows; y++) {
        int from = base + y * rowStep + taps[first + e];
        int to = e * pixels + y * outWidth * step;
        if (together) {
          Packing.vectors(outWidth, image, from, pixelStep, packed, to, step, pixels * step, 1);
        } else if (whole) {
          copyVectors(outWidth, image, from, pixelStep, packed, to, step);
        } else {
          packScattered(image, from - taps[first + e], first + e, used, packed, to);
        }
      }
      e += together ? wide : step;
    }
  }

  /**
   * Packs elements {@code first … first + columns − 1} of the patches of {@code pixelRows} rows of
   * pixels as a right operand, k running over the pixels; the columns beyond the last hold
   * anything.
   */
  void rows(
      int pixelRows,
      float[] image,
      int base,
      int first,
      int columns,
      float[] packed,
      Scratch scratch) {
    int lanes = Simd.LANES;
    int pixels = pixelRows * outWidth;
    int[] pieces = scratch.offsets(2 * Microkernel.NR); // offset in the image, column in the panel
    for (int j = 0; j < columns; j += Microkernel.panelWidth(columns - j)) {
      int width = Microkernel.panelWidth(columns - j);
      int end = Math.min(width, columns - j);
      int count = 0;
      for (int e = 0; e < end; count++) {
        pieces[2 * count] = taps[first + j + e];
        pieces[2 * count + 1] = e;
        int length = 1;
        while (length < lanes && e + length < end && contiguous(first + j + e, length + 1)) {
          length++;
        }
        e += length;
      }
      for (int y = 0; y < pixelRows; y++) {
        int row = base + y * rowStep;
        int at = pixels * j + y * outWidth * width;
        copyPieces(outWidth, image, row, pixelStep, packed, at, width, pieces, count);
      }
    }
  }

  // Pixel after pixel and piece after piece: what a vector holds beyond its piece, the next one's
  // writes over.
  private static void copyPieces(
      int n,
      float[] x,
      int xOffset,
      int xStep,
      float[] y,
      int yOffset,
      int yStep,
      int[] pieces,
      int count) {
    int lanes = Simd.LANES;
    for (int i = 0; i < n; i++) {
      for (int piece = 0; piece < count; piece++) {
        int source = xOffset + i * xStep + pieces[2 * piece];
        int target = yOffset + i * yStep + pieces[2 * piece + 1];
        if (source <= x.length - lanes) {
          FloatVector.fromArray(Simd.FLOATS, x, source).intoArray(y, target);
        } else {
          System.arraycopy(x, source, y, target, x.length - source);
        }
      }
    }
  }

  /** Whether {@code n} elements of a patch from {@code e} on lie side by side. */
  private boolean contiguous(int e, int n) {
    return taps[e + n - 1] - taps[e] == n - 1;
  }

  /** Packs {@code used} elements of the patches of one row of pixels. */
  private void packScattered(
      float[] image, int rowOffset, int first, int used, float[] packed, int to) {
    int step = Microkernel.LEFT_STEP;
    for (int x = 0; x < outWidth; x++) {
      int from = rowOffset + x * pixelStep;
      for (int e = 0; e < used; e++) {
        packed[to + x * step + e] = image[from + taps[first + e]];
      }
      for (int e = used; e < step; e++) {
        packed[to + x * step + e] = 0;
      }
    }
  }
}
