package lanewise.kernel;

import static lanewise.kernel.Simd.LANES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import lanewise.shape.ConvolutionShape;

/**
 * The gradient of a depthwise convolution's filter; the gradient of the output stands in the
 * target's place. An element is summed over the pixels upward, by runs of the output's rows that
 * are added in order.
 */
final class DepthwiseFilter extends DepthwiseWalk implements WorkerPool.Task {
  private static final VectorSpecies<Float> S = Simd.FLOATS;

  static final ThreadLocal<DepthwiseFilter> CURRENT = ThreadLocal.withInitial(DepthwiseFilter::new);

  /** Runs of rows at most; part of the order of accumulation. */
  private static final int CHUNKS = 16;

  /** Floats of all runs' sums at most; part of the order of accumulation. */
  private static final int PARTIALS = 1 << 21;

  private float[] input = NOTHING;
  private int inputOffset;
  private int inputImage;
  private float[] dOutput = NOTHING;
  private int dOutputOffset;
  private float[] sums = NOTHING; // [chunks, filterSize]
  private int size;
  private int chunks;
  private int allRows;

  void run(
      ConvolutionShape s,
      float[] input,
      int inputOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dFilter,
      int dFilterOffset) {
    forward(s);
    this.input = input;
    this.inputOffset = inputOffset;
    this.dOutput = dOutput;
    this.dOutputOffset = dOutputOffset;
    inputImage = s.inImageSize();
    size = s.filterSize();
    allRows = s.batch() * s.outHeight();
    chunks = Math.max(1, Math.min(Math.min(CHUNKS, allRows), PARTIALS / size));
    if (sums.length < chunks * size) {
      sums = new float[chunks * size];
    }
    try {
      WorkerPool.run(chunks, this);
    } finally {
      this.input = NOTHING;
      this.dOutput = NOTHING;
    }
    System.arraycopy(sums, 0, dFilter, dFilterOffset, size);
    for (int chunk = 1; chunk < chunks; chunk++) {
      Elementwise.add(size, dFilter, dFilterOffset, sums, chunk * size, dFilter, dFilterOffset);
    }
  }

  @Override
  public void run(int chunk) {
    int filter = chunk * size;
    Arrays.fill(sums, filter, filter + size, 0);
    int end = (int) ((long) (chunk + 1) * allRows / chunks);
    for (int row = (int) ((long) chunk * allRows / chunks); row < end; row++) {
      int at = dOutputOffset + row * targetWidth * channels;
      row(row % targetHeight, at, inputOffset + row / targetHeight * inputImage, filter);
    }
  }

  @Override
  boolean row(
      int before, int number, int after, int at, int from, int sum, int tapRows, int tapColumns) {
    if (tapRows != 3 || tapColumns != 3 || number < 1) {
      return false;
    }
    if (overlaps()) {
      addRow(
          channels,
          before,
          number,
          after,
          input,
          from,
          sourceRow,
          sourceColumn,
          dOutput,
          at,
          sums,
          sum,
          filterRow);
    } else if (byTwo()) {
      addRowByTwo(
          channels,
          before,
          number,
          after,
          input,
          from,
          sourceRow,
          sourceColumn,
          dOutput,
          at,
          sums,
          sum,
          filterRow);
    } else {
      return false;
    }
    return true;
  }

  @Override
  void pixels(int number, int at, int from, int sum, int tapRows, int tapColumns) {
    for (int i = 0; i < tapRows; i++) {
      int x = from + i * sourceRow;
      int to = sum + i * filterRow;
      int j = 0;
      while (j < tapColumns) {
        int source = x + j * sourceColumn;
        int tap = to + j * channels;
        if (j <= tapColumns - 5 && overlaps()) {
          addToFive(channels, number, input, source, sourceColumn, dOutput, at, sums, tap);
          j += 5;
        } else if (j <= tapColumns - 3) {
          addToThree(
              channels, number, input, source, sourceColumn, sourceStep, dOutput, at, sums, tap);
          j += 3;
        } else {
          addToOne(channels, number, input, source, sourceStep, dOutput, at, sums, tap);
          j++;
        }
      }
    }
  }

  /**
   * A row of pixels added to all taps of 3 × 3, where pixels lie as far apart as taps: a pixel
   * brings in one column of the input.
   */
  private static void addRow(
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
    for (; c <= channels - LANES; c += LANES) {
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
        c, channels, before, number, after, x, xOffset, xRow, xColumn, xColumn, d, dOffset, w,
        wOffset, wRow);
  }

  /** The same where pixels lie twice as far apart as taps, with two new columns. */
  private static void addRowByTwo(
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
    for (; c <= channels - LANES; c += LANES) {
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
      for (int p = 0; p < number; p++) {
        int next = (2 * p + 1) * xColumn;
        FloatVector d0 = FloatVector.fromArray(S, d, dOffset + p * channels + c);
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
      }
      if (after > 0) {
        int next = (2 * number + 1) * xColumn;
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
        d,
        dOffset,
        w,
        wOffset,
        wRow);
  }

  /** The channels that fill no vector. */
  private static void addRowRest(
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
      float[] d,
      int dOffset,
      float[] w,
      int wOffset,
      int wRow) {
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        int first = j == 0 ? 0 : -before;
        int end = j == 2 ? number : number + after;
        int from = xOffset + i * xRow + j * xColumn;
        int to = wOffset + i * wRow + j * channels;
        addRest(firstChannel, channels, first, end, x, from, xStep, d, dOffset, w, to);
      }
    }
  }

  /** Pixels added to five taps of a row that lie as far apart. */
  private static void addToFive(
      int channels,
      int number,
      float[] x,
      int xOffset,
      int xColumn,
      float[] d,
      int dOffset,
      float[] w,
      int wOffset) {
    int c = 0;
    for (; c <= channels - LANES; c += LANES) {
      FloatVector w0 = FloatVector.fromArray(S, w, wOffset + c);
      FloatVector w1 = FloatVector.fromArray(S, w, wOffset + channels + c);
      FloatVector w2 = FloatVector.fromArray(S, w, wOffset + 2 * channels + c);
      FloatVector w3 = FloatVector.fromArray(S, w, wOffset + 3 * channels + c);
      FloatVector w4 = FloatVector.fromArray(S, w, wOffset + 4 * channels + c);
      int from = xOffset + c;
      FloatVector x0 = FloatVector.fromArray(S, x, from);
      FloatVector x1 = FloatVector.fromArray(S, x, from + xColumn);
      FloatVector x2 = FloatVector.fromArray(S, x, from + 2 * xColumn);
      FloatVector x3 = FloatVector.fromArray(S, x, from + 3 * xColumn);
      for (int p = 0; p < number; p++) {
        FloatVector d0 = FloatVector.fromArray(S, d, dOffset + p * channels + c);
        FloatVector x4 = FloatVector.fromArray(S, x, from + (p + 4) * xColumn);
        w0 = x0.fma(d0, w0);
        w1 = x1.fma(d0, w1);
        w2 = x2.fma(d0, w2);
        w3 = x3.fma(d0, w3);
        w4 = x4.fma(d0, w4);
        x0 = x1;
        x1 = x2;
        x2 = x3;
        x3 = x4;
      }
      w0.intoArray(w, wOffset + c);
      w1.intoArray(w, wOffset + channels + c);
      w2.intoArray(w, wOffset + 2 * channels + c);
      w3.intoArray(w, wOffset + 3 * channels + c);
      w4.intoArray(w, wOffset + 4 * channels + c);
    }
    for (int j = 0; j < 5; j++) {
      int from = xOffset + j * xColumn;
      addRest(c, channels, 0, number, x, from, xColumn, d, dOffset, w, wOffset + j * channels);
    }
  }

  /** Pixels added to three taps of a row. */
  private static void addToThree(
      int channels,
      int number,
      float[] x,
      int xOffset,
      int xColumn,
      int xStep,
      float[] d,
      int dOffset,
      float[] w,
      int wOffset) {
    int c = 0;
    for (; c <= channels - LANES; c += LANES) {
      FloatVector w0 = FloatVector.fromArray(S, w, wOffset + c);
      FloatVector w1 = FloatVector.fromArray(S, w, wOffset + channels + c);
      FloatVector w2 = FloatVector.fromArray(S, w, wOffset + 2 * channels + c);
      for (int p = 0; p < number; p++) {
        FloatVector d0 = FloatVector.fromArray(S, d, dOffset + p * channels + c);
        int at = xOffset + p * xStep + c;
        w0 = FloatVector.fromArray(S, x, at).fma(d0, w0);
        w1 = FloatVector.fromArray(S, x, at + xColumn).fma(d0, w1);
        w2 = FloatVector.fromArray(S, x, at + 2 * xColumn).fma(d0, w2);
      }
      w0.intoArray(w, wOffset + c);
      w1.intoArray(w, wOffset + channels + c);
      w2.intoArray(w, wOffset + 2 * channels + c);
    }
    for (int j = 0; j < 3; j++) {
      addRest(
          c,
          channels,
          0,
          number,
          x,
          xOffset + j * xColumn,
          xStep,
          d,
          dOffset,
          w,
          wOffset + j * channels);
    }
  }

  /** Pixels added to one tap. */
  private static void addToOne(
      int channels,
      int number,
      float[] x,
      int xOffset,
      int xStep,
      float[] d,
      int dOffset,
      float[] w,
      int wOffset) {
    int c = 0;
    for (; c <= channels - LANES; c += LANES) {
      FloatVector sum = FloatVector.fromArray(S, w, wOffset + c);
      for (int p = 0; p < number; p++) {
        FloatVector d0 = FloatVector.fromArray(S, d, dOffset + p * channels + c);
        sum = FloatVector.fromArray(S, x, xOffset + p * xStep + c).fma(d0, sum);
      }
      sum.intoArray(w, wOffset + c);
    }
    addRest(c, channels, 0, number, x, xOffset, xStep, d, dOffset, w, wOffset);
  }

  /** The channels that fill no vector, by one tap. */
  private static void addRest(
      int firstChannel,
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
    for (int c = firstChannel; c < channels; c++) {
      float sum = w[wOffset + c];
      for (int p = first; p < end; p++) {
        sum = Math.fma(x[xOffset + p * xStep + c], d[dOffset + p * channels + c], sum);
      }
      w[wOffset + c] = sum;
    }
  }
}
