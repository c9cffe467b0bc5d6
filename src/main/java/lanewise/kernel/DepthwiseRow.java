package lanewise.kernel;

import static lanewise.kernel.Simd.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A row of pixels by taps of a depthwise filter that is 3 wide; the taps stay in registers along
 * the row. A first pixel ({@code before}) may have its first tap outside, and a last one ({@code
 * after}) its last.
 */
final class DepthwiseRow {
  private static final VectorSpecies<Float> S = Simd.FLOATS;

  private DepthwiseRow() {}

  /**
   * A row by all taps of 3 × 3, where pixels lie as far apart as taps: a pixel brings in one column
   * of the source.
   */
  static void sum(
      int channels,
      int before,
      int number,
      int after,
      float[] x,
      int xOffset,
      int xRow,
      int xColumn,
      float[] w,
      int wOffset,
      int wRow,
      int wColumn,
      boolean finishes,
      float[] bias,
      int biasOffset,
      float floor,
      float[] y,
      int yOffset,
      int yStep) {
    int c = 0;
    for (; c <= channels - LANES; c += LANES) {
      int tap1 = wOffset + wRow + c;
      int tap2 = tap1 + wRow;
      FloatVector k0 = FloatVector.fromArray(S, w, wOffset + c);
      FloatVector k1 = FloatVector.fromArray(S, w, wOffset + wColumn + c);
      FloatVector k2 = FloatVector.fromArray(S, w, wOffset + 2 * wColumn + c);
      FloatVector k3 = FloatVector.fromArray(S, w, tap1);
      FloatVector k4 = FloatVector.fromArray(S, w, tap1 + wColumn);
      FloatVector k5 = FloatVector.fromArray(S, w, tap1 + 2 * wColumn);
      FloatVector k6 = FloatVector.fromArray(S, w, tap2);
      FloatVector k7 = FloatVector.fromArray(S, w, tap2 + wColumn);
      FloatVector k8 = FloatVector.fromArray(S, w, tap2 + 2 * wColumn);
      FloatVector zero = FloatVector.zero(S);
      FloatVector b = finishes ? FloatVector.fromArray(S, bias, biasOffset + c) : zero;
      FloatVector least = FloatVector.broadcast(S, floor);
      int row0 = xOffset + c;
      int row1 = row0 + xRow;
      int row2 = row1 + xRow;
      FloatVector x0 = FloatVector.fromArray(S, x, row0);
      FloatVector x1 = FloatVector.fromArray(S, x, row0 + xColumn);
      FloatVector x3 = FloatVector.fromArray(S, x, row1);
      FloatVector x4 = FloatVector.fromArray(S, x, row1 + xColumn);
      FloatVector x6 = FloatVector.fromArray(S, x, row2);
      FloatVector x7 = FloatVector.fromArray(S, x, row2 + xColumn);
      if (before > 0) {
        FloatVector sum = x1.fma(k2, x0.fma(k1, zero));
        sum = x4.fma(k5, x3.fma(k4, sum));
        sum = x7.fma(k8, x6.fma(k7, sum));
        if (finishes) {
          sum = sum.add(b).max(least);
        }
        sum.intoArray(y, yOffset - yStep + c);
      }
      for (int p = 0; p < number; p++) {
        FloatVector x2 = FloatVector.fromArray(S, x, row0 + (p + 2) * xColumn);
        FloatVector x5 = FloatVector.fromArray(S, x, row1 + (p + 2) * xColumn);
        FloatVector x8 = FloatVector.fromArray(S, x, row2 + (p + 2) * xColumn);
        FloatVector sum = x2.fma(k2, x1.fma(k1, x0.fma(k0, zero)));
        sum = x5.fma(k5, x4.fma(k4, x3.fma(k3, sum)));
        sum = x8.fma(k8, x7.fma(k7, x6.fma(k6, sum)));
        if (finishes) {
          sum = sum.add(b).max(least);
        }
        sum.intoArray(y, yOffset + p * yStep + c);
        x0 = x1;
        x1 = x2;
        x3 = x4;
        x4 = x5;
        x6 = x7;
        x7 = x8;
      }
      if (after > 0) {
        FloatVector sum = x1.fma(k1, x0.fma(k0, zero));
        sum = x4.fma(k4, x3.fma(k3, sum));
        sum = x7.fma(k7, x6.fma(k6, sum));
        if (finishes) {
          sum = sum.add(b).max(least);
        }
        sum.intoArray(y, yOffset + number * yStep + c);
      }
    }
    sumRest(
        3,
        c,
        channels,
        before,
        number,
        after,
        x,
        xOffset,
        xRow,
        xColumn,
        xColumn,
        w,
        wOffset,
        wRow,
        wColumn,
        finishes,
        bias,
        biasOffset,
        floor,
        y,
        yOffset,
        yStep);
  }

  /** The same by two rows of taps: the third lies outside. */
  static void sumPair(
      int channels,
      int before,
      int number,
      int after,
      float[] x,
      int xOffset,
      int xRow,
      int xColumn,
      float[] w,
      int wOffset,
      int wRow,
      int wColumn,
      boolean finishes,
      float[] bias,
      int biasOffset,
      float floor,
      float[] y,
      int yOffset,
      int yStep) {
    int c = 0;
    for (; c <= channels - LANES; c += LANES) {
      int tap1 = wOffset + wRow + c;
      FloatVector k0 = FloatVector.fromArray(S, w, wOffset + c);
      FloatVector k1 = FloatVector.fromArray(S, w, wOffset + wColumn + c);
      FloatVector k2 = FloatVector.fromArray(S, w, wOffset + 2 * wColumn + c);
      FloatVector k3 = FloatVector.fromArray(S, w, tap1);
      FloatVector k4 = FloatVector.fromArray(S, w, tap1 + wColumn);
      FloatVector k5 = FloatVector.fromArray(S, w, tap1 + 2 * wColumn);
      FloatVector zero = FloatVector.zero(S);
      FloatVector b = finishes ? FloatVector.fromArray(S, bias, biasOffset + c) : zero;
      FloatVector least = FloatVector.broadcast(S, floor);
      int row0 = xOffset + c;
      int row1 = row0 + xRow;
      FloatVector x0 = FloatVector.fromArray(S, x, row0);
      FloatVector x1 = FloatVector.fromArray(S, x, row0 + xColumn);
      FloatVector x3 = FloatVector.fromArray(S, x, row1);
      FloatVector x4 = FloatVector.fromArray(S, x, row1 + xColumn);
      if (before > 0) {
        FloatVector sum = x1.fma(k2, x0.fma(k1, zero));
        sum = x4.fma(k5, x3.fma(k4, sum));
        if (finishes) {
          sum = sum.add(b).max(least);
        }
        sum.intoArray(y, yOffset - yStep + c);
      }
      for (int p = 0; p < number; p++) {
        FloatVector x2 = FloatVector.fromArray(S, x, row0 + (p + 2) * xColumn);
        FloatVector x5 = FloatVector.fromArray(S, x, row1 + (p + 2) * xColumn);
        FloatVector sum = x2.fma(k2, x1.fma(k1, x0.fma(k0, zero)));
        sum = x5.fma(k5, x4.fma(k4, x3.fma(k3, sum)));
        if (finishes) {
          sum = sum.add(b).max(least);
        }
        sum.intoArray(y, yOffset + p * yStep + c);
        x0 = x1;
        x1 = x2;
        x3 = x4;
        x4 = x5;
      }
      if (after > 0) {
        FloatVector sum = x1.fma(k1, x0.fma(k0, zero));
        sum = x4.fma(k4, x3.fma(k3, sum));
        if (finishes) {
          sum = sum.add(b).max(least);
        }
        sum.intoArray(y, yOffset + number * yStep + c);
      }
    }
    sumRest(
        2,
        c,
        channels,
        before,
        number,
        after,
        x,
        xOffset,
        xRow,
        xColumn,
        xColumn,
        w,
        wOffset,
        wRow,
        wColumn,
        finishes,
        bias,
        biasOffset,
        floor,
        y,
        yOffset,
        yStep);
  }

  /** As {@link #sum} where pixels lie twice as far apart as taps, with two new columns. */
  static void sumByTwo(
      int channels,
      int before,
      int number,
      int after,
      float[] x,
      int xOffset,
      int xRow,
      int xColumn,
      float[] w,
      int wOffset,
      int wRow,
      int wColumn,
      boolean finishes,
      float[] bias,
      int biasOffset,
      float floor,
      float[] y,
      int yOffset,
      int yStep) {
    int c = 0;
    for (; c <= channels - LANES; c += LANES) {
      int tap1 = wOffset + wRow + c;
      int tap2 = tap1 + wRow;
      FloatVector k0 = FloatVector.fromArray(S, w, wOffset + c);
      FloatVector k1 = FloatVector.fromArray(S, w, wOffset + wColumn + c);
      FloatVector k2 = FloatVector.fromArray(S, w, wOffset + 2 * wColumn + c);
      FloatVector k3 = FloatVector.fromArray(S, w, tap1);
      FloatVector k4 = FloatVector.fromArray(S, w, tap1 + wColumn);
      FloatVector k5 = FloatVector.fromArray(S, w, tap1 + 2 * wColumn);
      FloatVector k6 = FloatVector.fromArray(S, w, tap2);
      FloatVector k7 = FloatVector.fromArray(S, w, tap2 + wColumn);
      FloatVector k8 = FloatVector.fromArray(S, w, tap2 + 2 * wColumn);
      FloatVector zero = FloatVector.zero(S);
      FloatVector b = finishes ? FloatVector.fromArray(S, bias, biasOffset + c) : zero;
      FloatVector least = FloatVector.broadcast(S, floor);
      int row0 = xOffset + c;
      int row1 = row0 + xRow;
      int row2 = row1 + xRow;
      FloatVector x0 = FloatVector.fromArray(S, x, row0);
      FloatVector x3 = FloatVector.fromArray(S, x, row1);
      FloatVector x6 = FloatVector.fromArray(S, x, row2);
      if (before > 0) {
        FloatVector sum = FloatVector.fromArray(S, x, row0 - xColumn).fma(k1, zero);
        sum = FloatVector.fromArray(S, x, row1 - xColumn).fma(k4, x0.fma(k2, sum));
        sum = FloatVector.fromArray(S, x, row2 - xColumn).fma(k7, x3.fma(k5, sum));
        sum = x6.fma(k8, sum);
        if (finishes) {
          sum = sum.add(b).max(least);
        }
        sum.intoArray(y, yOffset - yStep + c);
      }
      for (int p = 0; p < number; p++) {
        int next = (2 * p + 1) * xColumn;
        FloatVector x1 = FloatVector.fromArray(S, x, row0 + next);
        FloatVector x2 = FloatVector.fromArray(S, x, row0 + next + xColumn);
        FloatVector x4 = FloatVector.fromArray(S, x, row1 + next);
        FloatVector x5 = FloatVector.fromArray(S, x, row1 + next + xColumn);
        FloatVector x7 = FloatVector.fromArray(S, x, row2 + next);
        FloatVector x8 = FloatVector.fromArray(S, x, row2 + next + xColumn);
        FloatVector sum = x2.fma(k2, x1.fma(k1, x0.fma(k0, zero)));
        sum = x5.fma(k5, x4.fma(k4, x3.fma(k3, sum)));
        sum = x8.fma(k8, x7.fma(k7, x6.fma(k6, sum)));
        if (finishes) {
          sum = sum.add(b).max(least);
        }
        sum.intoArray(y, yOffset + p * yStep + c);
        x0 = x2;
        x3 = x5;
        x6 = x8;
      }
      if (after > 0) {
        int next = (2 * number + 1) * xColumn;
        FloatVector sum = FloatVector.fromArray(S, x, row0 + next).fma(k1, x0.fma(k0, zero));
        sum = FloatVector.fromArray(S, x, row1 + next).fma(k4, x3.fma(k3, sum));
        sum = FloatVector.fromArray(S, x, row2 + next).fma(k7, x6.fma(k6, sum));
        if (finishes) {
          sum = sum.add(b).max(least);
        }
        sum.intoArray(y, yOffset + number * yStep + c);
      }
    }
    sumRest(
        3,
        c,
        channels,
        before,
        number,
        after,
        x,
        xOffset,
        xRow,
        xColumn,
        2 * xColumn,
        w,
        wOffset,
        wRow,
        wColumn,
        finishes,
        bias,
        biasOffset,
        floor,
        y,
        yOffset,
        yStep);
  }

  /** The channels of a row that fill no vector. */
  private static void sumRest(
      int tapRows,
      int firstChannel,
      int channels,
      int before,
      int number,
      int after,
      float[] x,
      int xOffset,
      int xRow,
      int xColumn,
      int xStep,
      float[] w,
      int wOffset,
      int wRow,
      int wColumn,
      boolean finishes,
      float[] bias,
      int biasOffset,
      float floor,
      float[] y,
      int yOffset,
      int yStep) {
    for (int p = -before; p < number + after && firstChannel < channels; p++) {
      int low = p < 0 ? 1 : 0;
      int high = p < number ? 3 : 2;
      for (int c = firstChannel; c < channels; c++) {
        float sum = 0;
        for (int i = 0; i < tapRows; i++) {
          for (int j = low; j < high; j++) {
            float value = x[xOffset + i * xRow + p * xStep + j * xColumn + c];
            sum = Math.fma(value, w[wOffset + i * wRow + j * wColumn + c], sum);
          }
        }
        y[yOffset + p * yStep + c] = finishes ? Math.max(sum + bias[biasOffset + c], floor) : sum;
      }
    }
  }

  /**
   * A row of twice as many pixels as the source has, by one row of three taps: a pixel that meets
   * the middle tap, then one between two of the source's, and so on.
   */
  static void sumDoubled(
      int channels,
      int number,
      boolean leads,
      boolean trails,
      float[] x,
      int xOffset,
      float[] w,
      int wOffset,
      float[] y,
      int yOffset) {
    int c = 0;
    for (; c <= channels - LANES; c += LANES) {
      FloatVector k0 = FloatVector.fromArray(S, w, wOffset + c);
      FloatVector k1 = FloatVector.fromArray(S, w, wOffset + channels + c);
      FloatVector k2 = FloatVector.fromArray(S, w, wOffset + 2 * channels + c);
      FloatVector zero = FloatVector.zero(S);
      FloatVector x0 = FloatVector.fromArray(S, x, xOffset + c);
      int to = yOffset + c;
      if (leads) {
        x0.fma(k0, zero).intoArray(y, to);
        to += channels;
      }
      for (int p = 1; p < number; p++) {
        FloatVector x1 = FloatVector.fromArray(S, x, xOffset + p * channels + c);
        x0.fma(k1, zero).intoArray(y, to);
        x1.fma(k0, x0.fma(k2, zero)).intoArray(y, to + channels);
        x0 = x1;
        to += 2 * channels;
      }
      x0.fma(k1, zero).intoArray(y, to);
      if (trails) {
        x0.fma(k2, zero).intoArray(y, to + channels);
      }
    }
    sumDoubledRest(c, channels, 1, number, leads, trails, x, xOffset, 0, w, wOffset, 0, y, yOffset);
  }

  /** The same by two rows of taps. */
  static void sumDoubledPair(
      int channels,
      int number,
      boolean leads,
      boolean trails,
      float[] x,
      int xOffset,
      int xRow,
      float[] w,
      int wOffset,
      int wRow,
      float[] y,
      int yOffset) {
    int c = 0;
    for (; c <= channels - LANES; c += LANES) {
      int tap1 = wOffset + wRow + c;
      int row1 = xOffset + xRow + c;
      FloatVector k0 = FloatVector.fromArray(S, w, wOffset + c);
      FloatVector k1 = FloatVector.fromArray(S, w, wOffset + channels + c);
      FloatVector k2 = FloatVector.fromArray(S, w, wOffset + 2 * channels + c);
      FloatVector k3 = FloatVector.fromArray(S, w, tap1);
      FloatVector k4 = FloatVector.fromArray(S, w, tap1 + channels);
      FloatVector k5 = FloatVector.fromArray(S, w, tap1 + 2 * channels);
      FloatVector zero = FloatVector.zero(S);
      FloatVector x0 = FloatVector.fromArray(S, x, xOffset + c);
      FloatVector x2 = FloatVector.fromArray(S, x, row1);
      int to = yOffset + c;
      if (leads) {
        x2.fma(k3, x0.fma(k0, zero)).intoArray(y, to);
        to += channels;
      }
      for (int p = 1; p < number; p++) {
        FloatVector x1 = FloatVector.fromArray(S, x, xOffset + p * channels + c);
        FloatVector x3 = FloatVector.fromArray(S, x, row1 + p * channels);
        x2.fma(k4, x0.fma(k1, zero)).intoArray(y, to);
        FloatVector sum = x1.fma(k0, x0.fma(k2, zero));
        x3.fma(k3, x2.fma(k5, sum)).intoArray(y, to + channels);
        x0 = x1;
        x2 = x3;
        to += 2 * channels;
      }
      x2.fma(k4, x0.fma(k1, zero)).intoArray(y, to);
      if (trails) {
        x2.fma(k5, x0.fma(k2, zero)).intoArray(y, to + channels);
      }
    }
    sumDoubledRest(
        c, channels, 2, number, leads, trails, x, xOffset, xRow, w, wOffset, wRow, y, yOffset);
  }

  /** The channels of a doubled row that fill no vector. */
  private static void sumDoubledRest(
      int firstChannel,
      int channels,
      int tapRows,
      int number,
      boolean leads,
      boolean trails,
      float[] x,
      int xOffset,
      int xRow,
      float[] w,
      int wOffset,
      int wRow,
      float[] y,
      int yOffset) {
    for (int c = firstChannel; c < channels; c++) {
      int to = yOffset + c;
      for (int position = leads ? -1 : 0; position < 2 * number - (trails ? 0 : 1); position++) {
        float sum = 0;
        for (int i = 0; i < tapRows; i++) {
          int from = xOffset + i * xRow + c;
          int tap = wOffset + i * wRow + c;
          int p = position >> 1;
          if ((position & 1) == 0) {
            sum = Math.fma(x[from + p * channels], w[tap + channels], sum);
          } else {
            if (p >= 0) {
              sum = Math.fma(x[from + p * channels], w[tap + 2 * channels], sum);
            }
            if (p + 1 < number) {
              sum = Math.fma(x[from + (p + 1) * channels], w[tap], sum);
            }
          }
        }
        y[to] = sum;
        to += channels;
      }
    }
  }
}
