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
  void pixels(int number, int at, int from, int sum, int tapRows, int tapColumns) {
    int p = 0;
    for (; p <= number - GROUP; p += GROUP) {
      add(GROUP, at + p * pixelStep, from + p * sourceStep, sum, tapRows, tapColumns);
    }
    for (; p < number; p++) {
      add(1, at + p * pixelStep, from + p * sourceStep, sum, tapRows, tapColumns);
    }
  }

  /** One pixel or a group. */
  private void add(int number, int at, int from, int sum, int tapRows, int tapColumns) {
    if (number == GROUP && tapRows == 3 && tapColumns == 3 && overlaps()) {
      for (int i = 0; i < 3; i++) {
        addFourToThreeOverlapping(
            channels,
            input,
            from + i * sourceRow,
            sourceStep,
            dOutput,
            at,
            sums,
            sum + i * filterRow);
      }
      return;
    }
    for (int i = 0; i < tapRows; i++) {
      row(number, at, from + i * sourceRow, sum + i * filterRow, tapColumns);
    }
  }

  private void row(int number, int at, int from, int sum, int taps) {
    int j = 0;
    for (; j <= taps - 3; j += 3) {
      int x = from + j * sourceColumn;
      int to = sum + j * channels;
      if (number == GROUP) {
        addFourToThree(channels, input, x, sourceStep, sourceColumn, dOutput, at, sums, to);
      } else {
        addOneToThree(channels, input, x, sourceColumn, dOutput, at, sums, to);
      }
    }
    for (; j < taps; j++) {
      int x = from + j * sourceColumn;
      int to = sum + j * channels;
      if (number == GROUP) {
        addFour(channels, input, x, sourceStep, dOutput, at, sums, to);
      } else {
        addOne(channels, input, x, dOutput, at, sums, to);
      }
    }
  }

  /** Four pixels added to three taps of a row, where pixels lie as far apart as taps. */
  private static void addFourToThreeOverlapping(
      int channels,
      float[] x,
      int xOffset,
      int step,
      float[] d,
      int dOffset,
      float[] w,
      int wOffset) {
    int c = 0;
    for (; c <= channels - LANES; c += LANES) {
      FloatVector x1 = FloatVector.fromArray(S, x, xOffset + step + c);
      FloatVector x2 = FloatVector.fromArray(S, x, xOffset + 2 * step + c);
      FloatVector x3 = FloatVector.fromArray(S, x, xOffset + 3 * step + c);
      FloatVector x4 = FloatVector.fromArray(S, x, xOffset + 4 * step + c);
      FloatVector d0 = FloatVector.fromArray(S, d, dOffset + c);
      FloatVector w0 =
          FloatVector.fromArray(S, x, xOffset + c)
              .fma(d0, FloatVector.fromArray(S, w, wOffset + c));
      FloatVector w1 = x1.fma(d0, FloatVector.fromArray(S, w, wOffset + channels + c));
      FloatVector w2 = x2.fma(d0, FloatVector.fromArray(S, w, wOffset + 2 * channels + c));
      FloatVector d1 = FloatVector.fromArray(S, d, dOffset + channels + c);
      w0 = x1.fma(d1, w0);
      w1 = x2.fma(d1, w1);
      w2 = x3.fma(d1, w2);
      FloatVector d2 = FloatVector.fromArray(S, d, dOffset + 2 * channels + c);
      w0 = x2.fma(d2, w0);
      w1 = x3.fma(d2, w1);
      w2 = x4.fma(d2, w2);
      FloatVector d3 = FloatVector.fromArray(S, d, dOffset + 3 * channels + c);
      x3.fma(d3, w0).intoArray(w, wOffset + c);
      x4.fma(d3, w1).intoArray(w, wOffset + channels + c);
      FloatVector.fromArray(S, x, xOffset + 5 * step + c)
          .fma(d3, w2)
          .intoArray(w, wOffset + 2 * channels + c);
    }
    for (; c < channels; c++) {
      for (int j = 0; j < 3; j++) {
        int to = wOffset + j * channels + c;
        w[to] = fourProducts(x, xOffset + j * step + c, step, d, dOffset + c, channels, w[to]);
      }
    }
  }

  /** Four pixels added to three taps of a row. */
  private static void addFourToThree(
      int channels,
      float[] x,
      int xOffset,
      int xStep,
      int xColumn,
      float[] d,
      int dOffset,
      float[] w,
      int wOffset) {
    int x1 = xOffset + xStep;
    int x2 = x1 + xStep;
    int x3 = x2 + xStep;
    int c = 0;
    for (; c <= channels - LANES; c += LANES) {
      FloatVector p = FloatVector.fromArray(S, d, dOffset + c);
      FloatVector w0 =
          FloatVector.fromArray(S, x, xOffset + c).fma(p, FloatVector.fromArray(S, w, wOffset + c));
      FloatVector w1 =
          FloatVector.fromArray(S, x, xOffset + xColumn + c)
              .fma(p, FloatVector.fromArray(S, w, wOffset + channels + c));
      FloatVector w2 =
          FloatVector.fromArray(S, x, xOffset + 2 * xColumn + c)
              .fma(p, FloatVector.fromArray(S, w, wOffset + 2 * channels + c));
      p = FloatVector.fromArray(S, d, dOffset + channels + c);
      w0 = FloatVector.fromArray(S, x, x1 + c).fma(p, w0);
      w1 = FloatVector.fromArray(S, x, x1 + xColumn + c).fma(p, w1);
      w2 = FloatVector.fromArray(S, x, x1 + 2 * xColumn + c).fma(p, w2);
      p = FloatVector.fromArray(S, d, dOffset + 2 * channels + c);
      w0 = FloatVector.fromArray(S, x, x2 + c).fma(p, w0);
      w1 = FloatVector.fromArray(S, x, x2 + xColumn + c).fma(p, w1);
      w2 = FloatVector.fromArray(S, x, x2 + 2 * xColumn + c).fma(p, w2);
      p = FloatVector.fromArray(S, d, dOffset + 3 * channels + c);
      FloatVector.fromArray(S, x, x3 + c).fma(p, w0).intoArray(w, wOffset + c);
      FloatVector.fromArray(S, x, x3 + xColumn + c).fma(p, w1).intoArray(w, wOffset + channels + c);
      FloatVector.fromArray(S, x, x3 + 2 * xColumn + c)
          .fma(p, w2)
          .intoArray(w, wOffset + 2 * channels + c);
    }
    for (; c < channels; c++) {
      for (int j = 0; j < 3; j++) {
        int to = wOffset + j * channels + c;
        w[to] = fourProducts(x, xOffset + j * xColumn + c, xStep, d, dOffset + c, channels, w[to]);
      }
    }
  }

  /** One pixel added to three taps of a row. */
  private static void addOneToThree(
      int channels,
      float[] x,
      int xOffset,
      int xColumn,
      float[] d,
      int dOffset,
      float[] w,
      int wOffset) {
    for (int j = 0; j < 3; j++) {
      addOne(channels, x, xOffset + j * xColumn, d, dOffset, w, wOffset + j * channels);
    }
  }

  /** Four pixels added to one tap. */
  private static void addFour(
      int channels,
      float[] x,
      int xOffset,
      int xStep,
      float[] d,
      int dOffset,
      float[] w,
      int wOffset) {
    int c = 0;
    for (; c <= channels - LANES; c += LANES) {
      FloatVector sum =
          FloatVector.fromArray(S, x, xOffset + c)
              .fma(
                  FloatVector.fromArray(S, d, dOffset + c),
                  FloatVector.fromArray(S, w, wOffset + c));
      sum =
          FloatVector.fromArray(S, x, xOffset + xStep + c)
              .fma(FloatVector.fromArray(S, d, dOffset + channels + c), sum);
      sum =
          FloatVector.fromArray(S, x, xOffset + 2 * xStep + c)
              .fma(FloatVector.fromArray(S, d, dOffset + 2 * channels + c), sum);
      FloatVector.fromArray(S, x, xOffset + 3 * xStep + c)
          .fma(FloatVector.fromArray(S, d, dOffset + 3 * channels + c), sum)
          .intoArray(w, wOffset + c);
    }
    for (; c < channels; c++) {
      w[wOffset + c] =
          fourProducts(x, xOffset + c, xStep, d, dOffset + c, channels, w[wOffset + c]);
    }
  }

  private static float fourProducts(
      float[] x, int xOffset, int xStep, float[] d, int dOffset, int dStep, float sum) {
    float first = Math.fma(x[xOffset], d[dOffset], sum);
    float second = Math.fma(x[xOffset + xStep], d[dOffset + dStep], first);
    float third = Math.fma(x[xOffset + 2 * xStep], d[dOffset + 2 * dStep], second);
    return Math.fma(x[xOffset + 3 * xStep], d[dOffset + 3 * dStep], third);
  }
}
