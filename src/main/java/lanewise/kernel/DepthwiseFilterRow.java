package lanewise.kernel;

import static lanewise.kernel.Simd.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What a row of pixels adds to the gradient of a depthwise filter of 3 × 3, whose sums stay in
 * registers along the row. Two and three rows of taps have kernels of their own: where a condition
 * tells them apart within a loop, C2 boxes vectors. The first {@code block} of the channels are
 * summed. A first pixel ({@code before}) may have its first tap outside, and a last one ({@code
 * after}) its last.
 */
final class DepthwiseFilterRow {
  private static final VectorSpecies<Float> S = Simd.FLOATS;

  private DepthwiseFilterRow() {}

  /**
   * A row of pixels added to all taps of 3 × 3, where pixels lie as far apart as taps: a pixel
   * brings in one column of the input.
   */
  static void add(
      int block,
      int channels,
      int before,
      int number,
      int after,
      float[] x,
      int xOffset,
      int xRow,
      int xColumn,
      float[] d,
      int dOffset,
      float[] w,
      int wOffset,
      int wRow) {
    int c = 0;
    for (; c <= block - LANES; c += LANES) {
      int tap0 = wOffset + c;
      int tap1 = tap0 + wRow;
      int tap2 = tap1 + wRow;
      int row0 = xOffset + c;
      int row1 = row0 + xRow;
      int row2 = row1 + xRow;
      FloatVector w0 = FloatVector.fromArray(S, w, tap0);
      FloatVector w1 = FloatVector.fromArray(S, w, tap0 + channels);
      FloatVector w2 = FloatVector.fromArray(S, w, tap0 + 2 * channels);
      FloatVector w3 = FloatVector.fromArray(S, w, tap1);
      FloatVector w4 = FloatVector.fromArray(S, w, tap1 + channels);
      FloatVector w5 = FloatVector.fromArray(S, w, tap1 + 2 * channels);
      FloatVector w6 = FloatVector.fromArray(S, w, tap2);
      FloatVector w7 = FloatVector.fromArray(S, w, tap2 + channels);
      FloatVector w8 = FloatVector.fromArray(S, w, tap2 + 2 * channels);
      FloatVector x0 = FloatVector.fromArray(S, x, row0);
      FloatVector x1 = FloatVector.fromArray(S, x, row0 + xColumn);
      FloatVector x3 = FloatVector.fromArray(S, x, row1);
      FloatVector x4 = FloatVector.fromArray(S, x, row1 + xColumn);
      FloatVector x6 = FloatVector.fromArray(S, x, row2);
      FloatVector x7 = FloatVector.fromArray(S, x, row2 + xColumn);
      if (before > 0) {
        FloatVector d0 = FloatVector.fromArray(S, d, dOffset - channels + c);
        w1 = x0.fma(d0, w1);
        w2 = x1.fma(d0, w2);
        w4 = x3.fma(d0, w4);
        w5 = x4.fma(d0, w5);
        w7 = x6.fma(d0, w7);
        w8 = x7.fma(d0, w8);
      }
      for (int p = 0; p < number; p++) {
        FloatVector d0 = FloatVector.fromArray(S, d, dOffset + p * channels + c);
        FloatVector x2 = FloatVector.fromArray(S, x, row0 + (p + 2) * xColumn);
        FloatVector x5 = FloatVector.fromArray(S, x, row1 + (p + 2) * xColumn);
        FloatVector x8 = FloatVector.fromArray(S, x, row2 + (p + 2) * xColumn);
        w0 = x0.fma(d0, w0);
        w1 = x1.fma(d0, w1);
        w2 = x2.fma(d0, w2);
        w3 = x3.fma(d0, w3);
        w4 = x4.fma(d0, w4);
        w5 = x5.fma(d0, w5);
        w6 = x6.fma(d0, w6);
        w7 = x7.fma(d0, w7);
        w8 = x8.fma(d0, w8);
        x0 = x1;
        x1 = x2;
        x3 = x4;
        x4 = x5;
        x6 = x7;
        x7 = x8;
      }
      if (after > 0) {
        FloatVector d0 = FloatVector.fromArray(S, d, dOffset + number * channels + c);
        w0 = x0.fma(d0, w0);
        w1 = x1.fma(d0, w1);
        w3 = x3.fma(d0, w3);
        w4 = x4.fma(d0, w4);
        w6 = x6.fma(d0, w6);
        w7 = x7.fma(d0, w7);
      }
      w0.intoArray(w, tap0);
      w1.intoArray(w, tap0 + channels);
      w2.intoArray(w, tap0 + 2 * channels);
      w3.intoArray(w, tap1);
      w4.intoArray(w, tap1 + channels);
      w5.intoArray(w, tap1 + 2 * channels);
      w6.intoArray(w, tap2);
      w7.intoArray(w, tap2 + channels);
      w8.intoArray(w, tap2 + 2 * channels);
    }
    addRowRest(
        3, c, block, channels, before, number, after, x, xOffset, xRow, xColumn, xColumn, d,
        dOffset, w, wOffset, wRow);
  }

  /** The same for two rows of taps: the third lies outside. */
  static void addPair(
      int block,
      int channels,
      int before,
      int number,
      int after,
      float[] x,
      int xOffset,
      int xRow,
      int xColumn,
      float[] d,
      int dOffset,
      float[] w,
      int wOffset,
      int wRow) {
    int c = 0;
    for (; c <= block - LANES; c += LANES) {
      int tap0 = wOffset + c;
      int tap1 = tap0 + wRow;
      int row0 = xOffset + c;
      int row1 = row0 + xRow;
      FloatVector w0 = FloatVector.fromArray(S, w, tap0);
      FloatVector w1 = FloatVector.fromArray(S, w, tap0 + channels);
      FloatVector w2 = FloatVector.fromArray(S, w, tap0 + 2 * channels);
      FloatVector w3 = FloatVector.fromArray(S, w, tap1);
      FloatVector w4 = FloatVector.fromArray(S, w, tap1 + channels);
      FloatVector w5 = FloatVector.fromArray(S, w, tap1 + 2 * channels);
      FloatVector x0 = FloatVector.fromArray(S, x, row0);
      FloatVector x1 = FloatVector.fromArray(S, x, row0 + xColumn);
      FloatVector x3 = FloatVector.fromArray(S, x, row1);
      FloatVector x4 = FloatVector.fromArray(S, x, row1 + xColumn);
      if (before > 0) {
        FloatVector d0 = FloatVector.fromArray(S, d, dOffset - channels + c);
        w1 = x0.fma(d0, w1);
        w2 = x1.fma(d0, w2);
        w4 = x3.fma(d0, w4);
        w5 = x4.fma(d0, w5);
      }
      for (int p = 0; p < number; p++) {
        FloatVector d0 = FloatVector.fromArray(S, d, dOffset + p * channels + c);
        FloatVector x2 = FloatVector.fromArray(S, x, row0 + (p + 2) * xColumn);
        FloatVector x5 = FloatVector.fromArray(S, x, row1 + (p + 2) * xColumn);
        w0 = x0.fma(d0, w0);
        w1 = x1.fma(d0, w1);
        w2 = x2.fma(d0, w2);
        w3 = x3.fma(d0, w3);
        w4 = x4.fma(d0, w4);
        w5 = x5.fma(d0, w5);
        x0 = x1;
        x1 = x2;
        x3 = x4;
        x4 = x5;
      }
      if (after > 0) {
        FloatVector d0 = FloatVector.fromArray(S, d, dOffset + number * channels + c);
        w0 = x0.fma(d0, w0);
        w1 = x1.fma(d0, w1);
        w3 = x3.fma(d0, w3);
        w4 = x4.fma(d0, w4);
      }
      w0.intoArray(w, tap0);
      w1.intoArray(w, tap0 + channels);
      w2.intoArray(w, tap0 + 2 * channels);
      w3.intoArray(w, tap1);
      w4.intoArray(w, tap1 + channels);
      w5.intoArray(w, tap1 + 2 * channels);
    }
    addRowRest(
        2, c, block, channels, before, number, after, x, xOffset, xRow, xColumn, xColumn, d,
        dOffset, w, wOffset, wRow);
  }

  /** As {@link #add} where pixels lie twice as far apart as taps, with two new columns. */
  static void addByTwo(
      int block,
      int channels,
      int before,
      int number,
      int after,
      float[] x,
      int xOffset,
      int xRow,
      int xColumn,
      float[] d,
      int dOffset,
      float[] w,
      int wOffset,
      int wRow) {
    int c = 0;
    for (; c <= block - LANES; c += LANES) {
      int tap0 = wOffset + c;
      int tap1 = tap0 + wRow;
      int tap2 = tap1 + wRow;
      int row0 = xOffset + c;
      int row1 = row0 + xRow;
      int row2 = row1 + xRow;
      FloatVector w0 = FloatVector.fromArray(S, w, tap0);
      FloatVector w1 = FloatVector.fromArray(S, w, tap0 + channels);
      FloatVector w2 = FloatVector.fromArray(S, w, tap0 + 2 * channels);
      FloatVector w3 = FloatVector.fromArray(S, w, tap1);
      FloatVector w4 = FloatVector.fromArray(S, w, tap1 + channels);
      FloatVector w5 = FloatVector.fromArray(S, w, tap1 + 2 * channels);
      FloatVector w6 = FloatVector.fromArray(S, w, tap2);
      FloatVector w7 = FloatVector.fromArray(S, w, tap2 + channels);
      FloatVector w8 = FloatVector.fromArray(S, w, tap2 + 2 * channels);
      FloatVector x0 = FloatVector.fromArray(S, x, row0);
      FloatVector x3 = FloatVector.fromArray(S, x, row1);
      FloatVector x6 = FloatVector.fromArray(S, x, row2);
      if (before > 0) {
        FloatVector d0 = FloatVector.fromArray(S, d, dOffset - channels + c);
        w1 = FloatVector.fromArray(S, x, row0 - xColumn).fma(d0, w1);
        w2 = x0.fma(d0, w2);
        w4 = FloatVector.fromArray(S, x, row1 - xColumn).fma(d0, w4);
        w5 = x3.fma(d0, w5);
        w7 = FloatVector.fromArray(S, x, row2 - xColumn).fma(d0, w7);
        w8 = x6.fma(d0, w8);
      }
      int next = xColumn;
      int dEnd = dOffset + number * channels + c;
      for (int at = dOffset + c; at < dEnd; at += channels) {
        FloatVector d0 = FloatVector.fromArray(S, d, at);
        FloatVector x2 = FloatVector.fromArray(S, x, row0 + next + xColumn);
        FloatVector x5 = FloatVector.fromArray(S, x, row1 + next + xColumn);
        FloatVector x8 = FloatVector.fromArray(S, x, row2 + next + xColumn);
        w0 = x0.fma(d0, w0);
        w1 = FloatVector.fromArray(S, x, row0 + next).fma(d0, w1);
        w2 = x2.fma(d0, w2);
        w3 = x3.fma(d0, w3);
        w4 = FloatVector.fromArray(S, x, row1 + next).fma(d0, w4);
        w5 = x5.fma(d0, w5);
        w6 = x6.fma(d0, w6);
        w7 = FloatVector.fromArray(S, x, row2 + next).fma(d0, w7);
        w8 = x8.fma(d0, w8);
        x0 = x2;
        x3 = x5;
        x6 = x8;
        next += 2 * xColumn;
      }
      if (after > 0) {
        FloatVector d0 = FloatVector.fromArray(S, d, dOffset + number * channels + c);
        w0 = x0.fma(d0, w0);
        w1 = FloatVector.fromArray(S, x, row0 + next).fma(d0, w1);
        w3 = x3.fma(d0, w3);
        w4 = FloatVector.fromArray(S, x, row1 + next).fma(d0, w4);
        w6 = x6.fma(d0, w6);
        w7 = FloatVector.fromArray(S, x, row2 + next).fma(d0, w7);
      }
      w0.intoArray(w, tap0);
      w1.intoArray(w, tap0 + channels);
      w2.intoArray(w, tap0 + 2 * channels);
      w3.intoArray(w, tap1);
      w4.intoArray(w, tap1 + channels);
      w5.intoArray(w, tap1 + 2 * channels);
      w6.intoArray(w, tap2);
      w7.intoArray(w, tap2 + channels);
      w8.intoArray(w, tap2 + 2 * channels);
    }
    addRowRest(
        3,
        c,
        block,
        channels,
        before,
        number,
        after,
        x,
        xOffset,
        xRow,
        xColumn,
        2 * xColumn,
        d,
        dOffset,
        w,
        wOffset,
        wRow);
  }

  /** The channels that fill no vector. */
  private static void addRowRest(
      int tapRows,
      int firstChannel,
      int block,
      int channels,
      int before,
      int number,
      int after,
      float[] x,
      int xOffset,
      int xRow,
      int xColumn,
      int xStep,
      float[] d,
      int dOffset,
      float[] w,
      int wOffset,
      int wRow) {
    for (int i = 0; i < tapRows; i++) {
      for (int j = 0; j < 3; j++) {
        int first = j == 0 ? 0 : -before;
        int end = j == 2 ? number : number + after;
        int from = xOffset + i * xRow + j * xColumn;
        int to = wOffset + i * wRow + j * channels;
        addRest(firstChannel, block, channels, first, end, x, from, xStep, d, dOffset, w, to);
      }
    }
  }

  /** The channels that fill no vector, by one tap. */
  static void addRest(
      int firstChannel,
      int block,
      int channels,
      int first,
      int end,
      float[] x,
      int xOffset,
      int xStep,
      float[] d,
      int dOffset,
      float[] w,
      int wOffset) {
    for (int c = firstChannel; c < block; c++) {
      float sum = w[wOffset + c];
      for (int p = first; p < end; p++) {
        sum = Math.fma(x[xOffset + p * xStep + c], d[dOffset + p * channels + c], sum);
      }
      w[wOffset + c] = sum;
    }
  }
}
