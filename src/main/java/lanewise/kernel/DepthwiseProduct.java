package lanewise.kernel;

import static lanewise.kernel.Simd.LANES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import lanewise.shape.ConvolutionShape;

/**
 * Depthwise convolution forward, and backward to the input.
 *
 * <p>Forward, an element is summed over the taps upward (row, column) from 0; backward, over the
 * output's pixels upward, which is over the taps downward.
 */
final class DepthwiseProduct extends DepthwiseWalk implements WorkerPool.Task {
  private static final VectorSpecies<Float> S = Simd.FLOATS;

  static final ThreadLocal<DepthwiseProduct> CURRENT =
      ThreadLocal.withInitial(DepthwiseProduct::new);

  private float[] source = NOTHING;
  private int sourceOffset;
  private int sourceImage;
  private float[] filter = NOTHING;
  private int filterOffset;
  private float[] target = NOTHING;
  private int targetOffset;
  private Epilogue epilogue = Epilogue.NONE;
  private boolean fused;
  private boolean plain;
  private float[] bias = NOTHING;
  private int biasOffset;
  private float floor;
  private int tasksPerImage;

  void forward(
      ConvolutionShape s,
      float[] input,
      int inputOffset,
      float[] filter,
      int filterOffset,
      Epilogue epilogue,
      float[] output,
      int outputOffset) {
    forward(s);
    sourceImage = s.inImageSize();
    run(s.batch(), input, inputOffset, filter, filterOffset, epilogue, output, outputOffset);
  }

  void backward(
      ConvolutionShape s,
      float[] dOutput,
      int dOutputOffset,
      float[] filter,
      int filterOffset,
      float[] dInput,
      int dInputOffset) {
    backward(s);
    sourceImage = s.outImageSize();
    run(
        s.batch(),
        dOutput,
        dOutputOffset,
        filter,
        filterOffset,
        Epilogue.NONE,
        dInput,
        dInputOffset);
  }

  private void run(
      int batch,
      float[] source,
      int sourceOffset,
      float[] filter,
      int filterOffset,
      Epilogue epilogue,
      float[] target,
      int targetOffset) {
    this.source = source;
    this.sourceOffset = sourceOffset;
    this.filter = filter;
    this.filterOffset = filterOffset;
    this.epilogue = epilogue;
    this.target = target;
    this.targetOffset = targetOffset;
    TileStore store = Scratch.current().store.set(1, epilogue.beta(), true, epilogue, 0);
    plain = store.way() == Microkernel.STORE;
    fused = store.way() == Microkernel.FINISH;
    bias = store.bias(NOTHING);
    biasOffset = epilogue.biasOffset();
    floor = store.floor();
    tasksPerImage = Math.min(targetHeight, Math.ceilDiv(4 * WorkerPool.threads(), batch));
    try {
      WorkerPool.run(batch * tasksPerImage, this);
    } finally {
      this.source = NOTHING;
      this.filter = NOTHING;
      this.target = NOTHING;
      this.epilogue = Epilogue.NONE;
      bias = NOTHING;
    }
  }

  @Override
  public void run(int task) {
    int image = task / tasksPerImage;
    int part = task % tasksPerImage;
    int end = (part + 1) * targetHeight / tasksPerImage;
    int from = sourceOffset + image * sourceImage;
    for (int t = part * targetHeight / tasksPerImage; t < end; t++) {
      int to = targetOffset + (image * targetHeight + t) * targetWidth * channels;
      row(t, to, from, filterOffset);
    }
  }

  @Override
  void pixels(int number, int to, int from, int w, int tapRows, int tapColumns) {
    boolean nine = tapRows == 3 && tapColumns == 3 && overlaps() && (plain || fused);
    if (nine && number >= GROUP) {
      for (int p = 0; p < number; p += GROUP) {
        int first = Math.min(p, number - GROUP); // the last four may be in part those before
        nine(to + first * pixelStep, from + first * sourceStep, w);
      }
      return;
    }
    if (plain && few(number, to, from, w, tapRows, tapColumns)) {
      return;
    }
    int p = 0;
    for (; p <= number - GROUP; p += GROUP) {
      sum(GROUP, to + p * pixelStep, from + p * sourceStep, w, tapRows, tapColumns);
    }
    for (; p < number; p++) {
      sum(1, to + p * pixelStep, from + p * sourceStep, w, tapRows, tapColumns);
    }
  }

  private void nine(int to, int from, int w) {
    sumNine(
        channels,
        source,
        from,
        sourceRow,
        sourceStep,
        filter,
        w,
        filterRow,
        filterColumn,
        fused,
        bias,
        biasOffset,
        floor,
        target,
        to,
        pixelStep);
  }

  /** Pixels of one, two or two by two taps, as backward with strides; false for any others. */
  private boolean few(int number, int to, int from, int w, int tapRows, int tapColumns) {
    int taps = tapRows * tapColumns;
    if (taps == 0 || tapRows > 2 || tapColumns > 2) {
      return false;
    }
    int apart = tapColumns == 2 ? sourceColumn : sourceRow;
    int tapsApart = tapColumns == 2 ? filterColumn : filterRow;
    for (int p = 0; p < number; p++) {
      int x = from + p * sourceStep;
      int y = to + p * pixelStep;
      if (taps == 1) {
        sumOne(channels, source, x, filter, w, target, y);
      } else if (taps == 2) {
        sumTwo(channels, source, x, apart, filter, w, tapsApart, target, y);
      } else {
        sumFour(
            channels,
            source,
            x,
            sourceRow,
            sourceColumn,
            filter,
            w,
            filterRow,
            filterColumn,
            target,
            y);
      }
    }
    return true;
  }

  /** One pixel or a group. */
  private void sum(int number, int to, int from, int w, int tapRows, int tapColumns) {
    if (epilogue.sums()) {
      float[] sums = Scratch.current().patches(GROUP * channels);
      sum(number, sums, 0, channels, from, w, tapRows, tapColumns);
      for (int p = 0; p < number; p++) {
        finish(sums, p * channels, to + p * pixelStep);
      }
      return;
    }
    sum(number, target, to, pixelStep, from, w, tapRows, tapColumns);
    for (int p = 0; p < number && !plain; p++) {
      finish(target, to + p * pixelStep, to + p * pixelStep);
    }
  }

  private void sum(
      int number, float[] y, int to, int step, int from, int w, int tapRows, int tapColumns) {
    for (int p = 0; p < number; p++) {
      Arrays.fill(y, to + p * step, to + p * step + channels, 0);
    }
    for (int i = 0; i < tapRows; i++) {
      row(number, y, to, step, from + i * sourceRow, w + i * filterRow, tapColumns);
    }
  }

  private void row(int number, float[] y, int to, int step, int from, int w, int taps) {
    int j = 0;
    for (; j <= taps - 3; j += 3) {
      int at = from + j * sourceColumn;
      int tap = w + j * filterColumn;
      if (number == GROUP) {
        addThreeToFour(
            channels, source, at, sourceStep, sourceColumn, filter, tap, filterColumn, y, to, step);
      } else {
        addThree(channels, source, at, sourceColumn, filter, tap, filterColumn, y, to);
      }
    }
    for (; j < taps; j++) {
      int at = from + j * sourceColumn;
      int tap = w + j * filterColumn;
      for (int p = 0; p < number; p++) {
        addOne(channels, source, at + p * sourceStep, filter, tap, y, to + p * step);
      }
    }
  }

  private void finish(float[] sums, int from, int to) {
    if (fused) {
      addBias(channels, bias, biasOffset, floor, target, to);
    } else {
      TileStore store = Scratch.current().store.set(1, epilogue.beta(), true, epilogue, 0);
      store.row(channels, sums, from, target, to, 0);
    }
  }

  /** Four pixels by all taps of 3 × 3, where pixels lie as far apart as taps. */
  private static void sumNine(
      int channels,
      float[] x,
      int xOffset,
      int xRow,
      int step,
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
    int row1 = xOffset + xRow;
    int row2 = row1 + xRow;
    int tap1 = wOffset + wRow;
    int tap2 = tap1 + wRow;
    int c = 0;
    for (; c <= channels - LANES; c += LANES) {
      FloatVector x0 = FloatVector.fromArray(S, x, xOffset + c);
      FloatVector x1 = FloatVector.fromArray(S, x, xOffset + step + c);
      FloatVector x2 = FloatVector.fromArray(S, x, xOffset + 2 * step + c);
      FloatVector x3 = FloatVector.fromArray(S, x, xOffset + 3 * step + c);
      FloatVector x4 = FloatVector.fromArray(S, x, xOffset + 4 * step + c);
      FloatVector x5 = FloatVector.fromArray(S, x, xOffset + 5 * step + c);
      FloatVector k = FloatVector.fromArray(S, w, wOffset + c);
      FloatVector zero = FloatVector.zero(S);
      FloatVector y0 = x0.fma(k, zero);
      FloatVector y1 = x1.fma(k, zero);
      FloatVector y2 = x2.fma(k, zero);
      FloatVector y3 = x3.fma(k, zero);
      k = FloatVector.fromArray(S, w, wOffset + wColumn + c);
      y0 = x1.fma(k, y0);
      y1 = x2.fma(k, y1);
      y2 = x3.fma(k, y2);
      y3 = x4.fma(k, y3);
      k = FloatVector.fromArray(S, w, wOffset + 2 * wColumn + c);
      y0 = x2.fma(k, y0);
      y1 = x3.fma(k, y1);
      y2 = x4.fma(k, y2);
      y3 = x5.fma(k, y3);

      x0 = FloatVector.fromArray(S, x, row1 + c);
      x1 = FloatVector.fromArray(S, x, row1 + step + c);
      x2 = FloatVector.fromArray(S, x, row1 + 2 * step + c);
      x3 = FloatVector.fromArray(S, x, row1 + 3 * step + c);
      x4 = FloatVector.fromArray(S, x, row1 + 4 * step + c);
      x5 = FloatVector.fromArray(S, x, row1 + 5 * step + c);
      k = FloatVector.fromArray(S, w, tap1 + c);
      y0 = x0.fma(k, y0);
      y1 = x1.fma(k, y1);
      y2 = x2.fma(k, y2);
      y3 = x3.fma(k, y3);
      k = FloatVector.fromArray(S, w, tap1 + wColumn + c);
      y0 = x1.fma(k, y0);
      y1 = x2.fma(k, y1);
      y2 = x3.fma(k, y2);
      y3 = x4.fma(k, y3);
      k = FloatVector.fromArray(S, w, tap1 + 2 * wColumn + c);
      y0 = x2.fma(k, y0);
      y1 = x3.fma(k, y1);
      y2 = x4.fma(k, y2);
      y3 = x5.fma(k, y3);

      x0 = FloatVector.fromArray(S, x, row2 + c);
      x1 = FloatVector.fromArray(S, x, row2 + step + c);
      x2 = FloatVector.fromArray(S, x, row2 + 2 * step + c);
      x3 = FloatVector.fromArray(S, x, row2 + 3 * step + c);
      x4 = FloatVector.fromArray(S, x, row2 + 4 * step + c);
      x5 = FloatVector.fromArray(S, x, row2 + 5 * step + c);
      k = FloatVector.fromArray(S, w, tap2 + c);
      y0 = x0.fma(k, y0);
      y1 = x1.fma(k, y1);
      y2 = x2.fma(k, y2);
      y3 = x3.fma(k, y3);
      k = FloatVector.fromArray(S, w, tap2 + wColumn + c);
      y0 = x1.fma(k, y0);
      y1 = x2.fma(k, y1);
      y2 = x3.fma(k, y2);
      y3 = x4.fma(k, y3);
      k = FloatVector.fromArray(S, w, tap2 + 2 * wColumn + c);
      y0 = x2.fma(k, y0);
      y1 = x3.fma(k, y1);
      y2 = x4.fma(k, y2);
      y3 = x5.fma(k, y3);

      if (finishes) {
        FloatVector b = FloatVector.fromArray(S, bias, biasOffset + c);
        FloatVector least = FloatVector.broadcast(S, floor);
        y0.add(b).max(least).intoArray(y, yOffset + c);
        y1.add(b).max(least).intoArray(y, yOffset + yStep + c);
        y2.add(b).max(least).intoArray(y, yOffset + 2 * yStep + c);
        y3.add(b).max(least).intoArray(y, yOffset + 3 * yStep + c);
      } else {
        y0.intoArray(y, yOffset + c);
        y1.intoArray(y, yOffset + yStep + c);
        y2.intoArray(y, yOffset + 2 * yStep + c);
        y3.intoArray(y, yOffset + 3 * yStep + c);
      }
    }
    for (; c < channels; c++) {
      for (int p = 0; p < GROUP; p++) {
        float sum = 0;
        for (int i = 0; i < 3; i++) {
          int at = xOffset + i * xRow + p * step + c;
          int tap = wOffset + i * wRow + c;
          sum = Math.fma(x[at], w[tap], sum);
          sum = Math.fma(x[at + step], w[tap + wColumn], sum);
          sum = Math.fma(x[at + 2 * step], w[tap + 2 * wColumn], sum);
        }
        y[yOffset + p * yStep + c] = finishes ? Math.max(sum + bias[biasOffset + c], floor) : sum;
      }
    }
  }

  private static void sumOne(
      int channels, float[] x, int xOffset, float[] w, int wOffset, float[] y, int yOffset) {
    int c = 0;
    for (; c <= channels - LANES; c += LANES) {
      FloatVector.fromArray(S, x, xOffset + c)
          .fma(FloatVector.fromArray(S, w, wOffset + c), FloatVector.zero(S))
          .intoArray(y, yOffset + c);
    }
    for (; c < channels; c++) {
      y[yOffset + c] = Math.fma(x[xOffset + c], w[wOffset + c], 0f);
    }
  }

  private static void sumTwo(
      int channels,
      float[] x,
      int xOffset,
      int xStep,
      float[] w,
      int wOffset,
      int wStep,
      float[] y,
      int yOffset) {
    int c = 0;
    for (; c <= channels - LANES; c += LANES) {
      FloatVector sum =
          FloatVector.fromArray(S, x, xOffset + c)
              .fma(FloatVector.fromArray(S, w, wOffset + c), FloatVector.zero(S));
      FloatVector.fromArray(S, x, xOffset + xStep + c)
          .fma(FloatVector.fromArray(S, w, wOffset + wStep + c), sum)
          .intoArray(y, yOffset + c);
    }
    for (; c < channels; c++) {
      float sum = Math.fma(x[xOffset + c], w[wOffset + c], 0f);
      y[yOffset + c] = Math.fma(x[xOffset + xStep + c], w[wOffset + wStep + c], sum);
    }
  }

  private static void sumFour(
      int channels,
      float[] x,
      int xOffset,
      int xRow,
      int xColumn,
      float[] w,
      int wOffset,
      int wRow,
      int wColumn,
      float[] y,
      int yOffset) {
    int x1 = xOffset + xRow;
    int w1 = wOffset + wRow;
    int c = 0;
    for (; c <= channels - LANES; c += LANES) {
      FloatVector sum =
          FloatVector.fromArray(S, x, xOffset + c)
              .fma(FloatVector.fromArray(S, w, wOffset + c), FloatVector.zero(S));
      sum =
          FloatVector.fromArray(S, x, xOffset + xColumn + c)
              .fma(FloatVector.fromArray(S, w, wOffset + wColumn + c), sum);
      sum = FloatVector.fromArray(S, x, x1 + c).fma(FloatVector.fromArray(S, w, w1 + c), sum);
      FloatVector.fromArray(S, x, x1 + xColumn + c)
          .fma(FloatVector.fromArray(S, w, w1 + wColumn + c), sum)
          .intoArray(y, yOffset + c);
    }
    for (; c < channels; c++) {
      float sum = Math.fma(x[xOffset + c], w[wOffset + c], 0f);
      sum = Math.fma(x[xOffset + xColumn + c], w[wOffset + wColumn + c], sum);
      sum = Math.fma(x[x1 + c], w[w1 + c], sum);
      y[yOffset + c] = Math.fma(x[x1 + xColumn + c], w[w1 + wColumn + c], sum);
    }
  }

  /** {@code y ← max(y + bias, floor)}. */
  private static void addBias(
      int channels, float[] bias, int biasOffset, float floor, float[] y, int yOffset) {
    int c = 0;
    for (; c <= channels - LANES; c += LANES) {
      FloatVector.fromArray(S, y, yOffset + c)
          .add(FloatVector.fromArray(S, bias, biasOffset + c))
          .max(floor)
          .intoArray(y, yOffset + c);
    }
    for (; c < channels; c++) {
      y[yOffset + c] = Math.max(y[yOffset + c] + bias[biasOffset + c], floor);
    }
  }

  /** Three taps of a row, {@code xColumn} apart, added to four pixels. */
  private static void addThreeToFour(
      int channels,
      float[] x,
      int xOffset,
      int xStep,
      int xColumn,
      float[] w,
      int wOffset,
      int wColumn,
      float[] y,
      int yOffset,
      int yStep) {
    int x1 = xOffset + xStep;
    int x2 = x1 + xStep;
    int x3 = x2 + xStep;
    int y1 = yOffset + yStep;
    int y2 = y1 + yStep;
    int y3 = y2 + yStep;
    int c = 0;
    for (; c <= channels - LANES; c += LANES) {
      FloatVector k = FloatVector.fromArray(S, w, wOffset + c);
      FloatVector s0 =
          FloatVector.fromArray(S, x, xOffset + c).fma(k, FloatVector.fromArray(S, y, yOffset + c));
      FloatVector s1 =
          FloatVector.fromArray(S, x, x1 + c).fma(k, FloatVector.fromArray(S, y, y1 + c));
      FloatVector s2 =
          FloatVector.fromArray(S, x, x2 + c).fma(k, FloatVector.fromArray(S, y, y2 + c));
      FloatVector s3 =
          FloatVector.fromArray(S, x, x3 + c).fma(k, FloatVector.fromArray(S, y, y3 + c));
      k = FloatVector.fromArray(S, w, wOffset + wColumn + c);
      s0 = FloatVector.fromArray(S, x, xOffset + xColumn + c).fma(k, s0);
      s1 = FloatVector.fromArray(S, x, x1 + xColumn + c).fma(k, s1);
      s2 = FloatVector.fromArray(S, x, x2 + xColumn + c).fma(k, s2);
      s3 = FloatVector.fromArray(S, x, x3 + xColumn + c).fma(k, s3);
      k = FloatVector.fromArray(S, w, wOffset + 2 * wColumn + c);
      s0 = FloatVector.fromArray(S, x, xOffset + 2 * xColumn + c).fma(k, s0);
      s1 = FloatVector.fromArray(S, x, x1 + 2 * xColumn + c).fma(k, s1);
      s2 = FloatVector.fromArray(S, x, x2 + 2 * xColumn + c).fma(k, s2);
      s3 = FloatVector.fromArray(S, x, x3 + 2 * xColumn + c).fma(k, s3);
      s0.intoArray(y, yOffset + c);
      s1.intoArray(y, y1 + c);
      s2.intoArray(y, y2 + c);
      s3.intoArray(y, y3 + c);
    }
    if (c < channels) {
      for (int p = 0; p < GROUP; p++) {
        addThree(
            channels - c,
            x,
            xOffset + p * xStep + c,
            xColumn,
            w,
            wOffset + c,
            wColumn,
            y,
            yOffset + p * yStep + c);
      }
    }
  }

  /** Three taps of a row added to one pixel. */
  private static void addThree(
      int channels,
      float[] x,
      int xOffset,
      int xColumn,
      float[] w,
      int wOffset,
      int wColumn,
      float[] y,
      int yOffset) {
    int c = 0;
    for (; c <= channels - LANES; c += LANES) {
      FloatVector sum =
          FloatVector.fromArray(S, x, xOffset + c)
              .fma(
                  FloatVector.fromArray(S, w, wOffset + c),
                  FloatVector.fromArray(S, y, yOffset + c));
      sum =
          FloatVector.fromArray(S, x, xOffset + xColumn + c)
              .fma(FloatVector.fromArray(S, w, wOffset + wColumn + c), sum);
      FloatVector.fromArray(S, x, xOffset + 2 * xColumn + c)
          .fma(FloatVector.fromArray(S, w, wOffset + 2 * wColumn + c), sum)
          .intoArray(y, yOffset + c);
    }
    for (; c < channels; c++) {
      float sum = Math.fma(x[xOffset + c], w[wOffset + c], y[yOffset + c]);
      sum = Math.fma(x[xOffset + xColumn + c], w[wOffset + wColumn + c], sum);
      y[yOffset + c] = Math.fma(x[xOffset + 2 * xColumn + c], w[wOffset + 2 * wColumn + c], sum);
    }
  }
}
