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
final class DepthwiseProduct extends DepthwiseWalk implements ConvolutionProduct, WorkerPool.Task {
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
  private boolean doubles;
  private boolean leads;
  private boolean trails;
  private float[] bias = NOTHING;
  private int biasOffset;
  private float floor;
  private int tasksPerImage;

  @Override
  public void forward(
      ConvolutionShape s,
      float[] input,
      int inputOffset,
      float[] filter,
      int filterOffset,
      Epilogue epilogue,
      float[] output,
      int outputOffset) {
    forward(s);
    doubles = false;
    sourceImage = s.inImageSize();
    run(s.batch(), input, inputOffset, filter, filterOffset, epilogue, output, outputOffset);
  }

  @Override
  public void forward(
      ConvolutionShape s,
      float[] input,
      int inputOffset,
      PackedFilter filter,
      Epilogue epilogue,
      float[] output,
      int outputOffset) {
    forward(s, input, inputOffset, filter.panels(0), 0, epilogue, output, outputOffset);
  }

  @Override
  public PackedFilter pack(ConvolutionShape s, float[] filter, int filterOffset) {
    int end = filterOffset + s.filterSize();
    return new PackedFilter(s, Arrays.copyOfRange(filter, filterOffset, end));
  }

  @Override
  public void backward(
      ConvolutionShape s,
      float[] dOutput,
      int dOutputOffset,
      float[] filter,
      int filterOffset,
      float[] dInput,
      int dInputOffset) {
    backward(s);
    sourceImage = s.outImageSize();
    leads = s.padLeft() == 0;
    int most = 2 * s.outWidth() + (leads ? 1 : 0);
    trails = s.inWidth() == most;
    doubles =
        s.kernelWidth() == 3
            && s.strideWidth() == 2
            && s.dilationWidth() == 1
            && s.padLeft() <= 1
            && s.inWidth() >= most - 1
            && s.inWidth() <= most;
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
    plain = store.overwrites() && !store.finishes();
    fused = store.overwrites() && store.finishes();
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
      readAhead(t, source, from, target, to);
      row(t, to, from, filterOffset, channels);
    }
  }

  @Override
  boolean row(
      int before,
      int number,
      int after,
      int to,
      int from,
      int w,
      int tapRows,
      int tapColumns,
      int block) {
    if (tapColumns != 3 || number < 1 || !(plain || fused)) {
      return false;
    }
    if (tapRows == 3 && overlaps()) {
      DepthwiseRow.sum(
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
    if (tapRows == 2 && overlaps()) {
      DepthwiseRow.sumPair(
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
    if (tapRows == 3 && byTwo()) {
      DepthwiseRow.sumByTwo(
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
  boolean doubled(int to, int from, int w, int tapRows) {
    if (!doubles || tapRows < 1 || tapRows > 2) {
      return false;
    }
    int number = columns.length;
    if (tapRows == 1) {
      DepthwiseRow.sumDoubled(channels, number, leads, trails, source, from, filter, w, target, to);
    } else {
      DepthwiseRow.sumDoubledPair(
          channels, number, leads, trails, source, from, sourceRow, filter, w, filterRow, target,
          to);
    }
    return true;
  }

  @Override
  void pixels(int number, int to, int from, int w, int tapRows, int tapColumns, int block) {
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
