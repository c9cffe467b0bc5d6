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
  boolean row(
      int before, int number, int after, int to, int from, int w, int tapRows, int tapColumns) {
    boolean nine = tapRows == 3 && tapColumns == 3 && number > 0 && (plain || fused);
    if (nine && overlaps()) {
      sumRow(
          channels,
          before,
          number,
          after,
          source,
          from,
          sourceRow,
          sourceColumn,
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
      return true;
    }
    if (nine && byTwo()) {
      sumRowByTwo(
          channels,
          before,
          number,
          after,
          source,
          from,
          sourceRow,
          sourceColumn,
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
      return true;
    }
    return false;
  }

  @Override
  void pixels(int number, int to, int from, int w, int tapRows, int tapColumns) {
    if (plain && few(number, to, from, w, tapRows, tapColumns)) {
      return;
    }
    if (epilogue.sums()) {
      float[] sums = Scratch.current().patches(number * channels);
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

  /** Pixels of two or two by two taps, as backward with strides; false for any others. */
  private boolean few(int number, int to, int from, int w, int tapRows, int tapColumns) {
    int taps = tapRows * tapColumns;
    if (taps < 2 || tapRows > 2 || tapColumns > 2) {
      return false;
    }
    int apart = tapColumns == 2 ? sourceColumn : sourceRow;
    int tapsApart = tapColumns == 2 ? filterColumn : filterRow;
    for (int p = 0; p < number; p++) {
      int x = from + p * sourceStep;
      int y = to + p * pixelStep;
      if (taps == 2) {
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

  private void sum(
      int number, float[] y, int to, int step, int from, int w, int tapRows, int tapColumns) {
    if (tapRows == 0 || tapColumns == 0) {
      for (int p = 0; p < number; p++) {
        Arrays.fill(y, to + p * step, to + p * step + channels, 0);
      }
      return;
    }
    for (int i = 0; i < tapRows; i++) {
      int x = from + i * sourceRow;
      int tap = w + i * filterRow;
      int j = 0;
      while (j < tapColumns) {
        boolean starts = i == 0 && j == 0;
        int at = x + j * sourceColumn;
        int k = tap + j * filterColumn;
        if (j <= tapColumns - 5 && overlaps()) {
          addFive(
              channels,
              number,
              starts,
              source,
              at,
              sourceColumn,
              filter,
              k,
              filterColumn,
              y,
              to,
              step);
          j += 5;
        } else if (j <= tapColumns - 3) {
          addThree(
              channels,
              number,
              starts,
              source,
              at,
              sourceColumn,
              sourceStep,
              filter,
              k,
              filterColumn,
              y,
              to,
              step);
          j += 3;
        } else {
          addOne(channels, number, starts, source, at, sourceStep, filter, k, y, to, step);
          j++;
        }
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

  /**
   * A row by all taps of 3 × 3, where pixels lie as far apart as taps: a pixel brings in one column
   * of the source.
   */
  private static void sumRow(
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
    sumRowRest(
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

  /** The same where pixels lie twice as far apart as taps, with two new columns. */
  private static void sumRowByTwo(
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
    sumRowRest(
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
  private static void sumRowRest(
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
        for (int i = 0; i < 3; i++) {
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
   * Pixels by five taps of a row that lie as far apart, added to what there is unless they are the
   * first.
   */
  private static void addFive(
      int channels,
      int number,
      boolean starts,
      float[] x,
      int xOffset,
      int xColumn,
      float[] w,
      int wOffset,
      int wColumn,
      float[] y,
      int yOffset,
      int yStep) {
    int c = 0;
    for (; c <= channels - LANES; c += LANES) {
      FloatVector k0 = FloatVector.fromArray(S, w, wOffset + c);
      FloatVector k1 = FloatVector.fromArray(S, w, wOffset + wColumn + c);
      FloatVector k2 = FloatVector.fromArray(S, w, wOffset + 2 * wColumn + c);
      FloatVector k3 = FloatVector.fromArray(S, w, wOffset + 3 * wColumn + c);
      FloatVector k4 = FloatVector.fromArray(S, w, wOffset + 4 * wColumn + c);
      FloatVector zero = FloatVector.zero(S);
      int from = xOffset + c;
      FloatVector x0 = FloatVector.fromArray(S, x, from);
      FloatVector x1 = FloatVector.fromArray(S, x, from + xColumn);
      FloatVector x2 = FloatVector.fromArray(S, x, from + 2 * xColumn);
      FloatVector x3 = FloatVector.fromArray(S, x, from + 3 * xColumn);
      for (int p = 0; p < number; p++) {
        int to = yOffset + p * yStep + c;
        FloatVector x4 = FloatVector.fromArray(S, x, from + (p + 4) * xColumn);
        FloatVector sum = starts ? zero : FloatVector.fromArray(S, y, to);
        sum = x2.fma(k2, x1.fma(k1, x0.fma(k0, sum)));
        x4.fma(k4, x3.fma(k3, sum)).intoArray(y, to);
        x0 = x1;
        x1 = x2;
        x2 = x3;
        x3 = x4;
      }
    }
    for (int p = 0; p < number && c < channels; p++) {
      for (int channel = c; channel < channels; channel++) {
        int to = yOffset + p * yStep + channel;
        float sum = starts ? 0 : y[to];
        for (int j = 0; j < 5; j++) {
          float value = x[xOffset + (p + j) * xColumn + channel];
          sum = Math.fma(value, w[wOffset + j * wColumn + channel], sum);
        }
        y[to] = sum;
      }
    }
  }

  /** The same by three taps wherever they lie. */
  private static void addThree(
      int channels,
      int number,
      boolean starts,
      float[] x,
      int xOffset,
      int xColumn,
      int xStep,
      float[] w,
      int wOffset,
      int wColumn,
      float[] y,
      int yOffset,
      int yStep) {
    int c = 0;
    for (; c <= channels - LANES; c += LANES) {
      FloatVector k0 = FloatVector.fromArray(S, w, wOffset + c);
      FloatVector k1 = FloatVector.fromArray(S, w, wOffset + wColumn + c);
      FloatVector k2 = FloatVector.fromArray(S, w, wOffset + 2 * wColumn + c);
      FloatVector zero = FloatVector.zero(S);
      for (int p = 0; p < number; p++) {
        int at = xOffset + p * xStep + c;
        int to = yOffset + p * yStep + c;
        FloatVector sum = starts ? zero : FloatVector.fromArray(S, y, to);
        sum = FloatVector.fromArray(S, x, at).fma(k0, sum);
        sum = FloatVector.fromArray(S, x, at + xColumn).fma(k1, sum);
        FloatVector.fromArray(S, x, at + 2 * xColumn).fma(k2, sum).intoArray(y, to);
      }
    }
    for (int p = 0; p < number && c < channels; p++) {
      for (int channel = c; channel < channels; channel++) {
        int at = xOffset + p * xStep + channel;
        int to = yOffset + p * yStep + channel;
        float sum = Math.fma(x[at], w[wOffset + channel], starts ? 0 : y[to]);
        sum = Math.fma(x[at + xColumn], w[wOffset + wColumn + channel], sum);
        y[to] = Math.fma(x[at + 2 * xColumn], w[wOffset + 2 * wColumn + channel], sum);
      }
    }
  }

  /** Pixels by one tap. */
  private static void addOne(
      int channels,
      int number,
      boolean starts,
      float[] x,
      int xOffset,
      int xStep,
      float[] w,
      int wOffset,
      float[] y,
      int yOffset,
      int yStep) {
    int c = 0;
    for (; c <= channels - LANES; c += LANES) {
      FloatVector k = FloatVector.fromArray(S, w, wOffset + c);
      FloatVector zero = FloatVector.zero(S);
      for (int p = 0; p < number; p++) {
        int to = yOffset + p * yStep + c;
        FloatVector sum = starts ? zero : FloatVector.fromArray(S, y, to);
        FloatVector.fromArray(S, x, xOffset + p * xStep + c).fma(k, sum).intoArray(y, to);
      }
    }
    for (int p = 0; p < number && c < channels; p++) {
      for (int channel = c; channel < channels; channel++) {
        int to = yOffset + p * yStep + channel;
        float value = x[xOffset + p * xStep + channel];
        y[to] = Math.fma(value, w[wOffset + channel], starts ? 0 : y[to]);
      }
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
}
