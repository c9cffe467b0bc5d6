package lanewise.kernel;

import static lanewise.kernel.Simd.LANES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import lanewise.shape.ConvolutionShape;

/**
 * Depthwise convolution, a filter of {@code kh × kw} for each channel, vectorized over the channels
 * of a pixel. Nothing is copied: a tap outside the image is skipped.
 *
 * <p>The order of accumulation: forward, over the taps upward (row, column) from 0; backward to the
 * input, over the output's pixels upward, which is over the taps downward; backward to the filter,
 * over the pixels upward, summed by runs of the output's rows that are added in order.
 */
final class Depthwise {
  private static final VectorSpecies<Float> S = Simd.FLOATS;

  /** Pixels side by side that share the loads of the taps. */
  private static final int GROUP = 4;

  private static final float[] NOTHING = {};

  private Depthwise() {}

  static boolean supports(ConvolutionShape s) {
    return s.groups() == s.inChannels() && s.groups() == s.outChannels();
  }

  /**
   * One dimension of what meets what: position t of the target meets position {@code source(t) + j
   * · distance} of the source by tap {@code tap(t) + j · step}, for j below {@code count(t)}.
   */
  private static final class Axis {
    private boolean backward;
    private int kernel;
    private int stride;
    private int dilation;
    private int pad;
    private int length; // of the source
    private int distance;
    private int step;
    private int period; // targets t and t + period are met by the same taps
    private int advance; // from the source of t to that of t + period

    void forward(int kernel, int stride, int dilation, int pad, int length) {
      set(false, kernel, stride, dilation, pad, length);
      distance = dilation;
      step = 1;
      period = 1;
      advance = stride;
    }

    /** From the input to the output: every {@code step}-th tap falls between the strides. */
    void backward(int kernel, int stride, int dilation, int pad, int length) {
      set(true, kernel, stride, dilation, pad, length);
      int divisor = stride;
      while (stride % divisor != 0 || dilation % divisor != 0) {
        divisor--;
      }
      distance = dilation / divisor;
      step = -stride / divisor;
      period = stride;
      advance = 1;
    }

    private void set(boolean backward, int kernel, int stride, int dilation, int pad, int length) {
      this.backward = backward;
      this.kernel = kernel;
      this.stride = stride;
      this.dilation = dilation;
      this.pad = pad;
      this.length = length;
    }

    int count(int t) {
      int tap = tap(t);
      return backward ? Math.ceilDiv(tap + 1, -step) : kernel;
    }

    /** The first tap; −1 if there is none. */
    int tap(int t) {
      if (!backward) {
        return 0;
      }
      int tap = kernel - 1;
      while (tap >= 0 && (t + pad - tap * dilation) % stride != 0) {
        tap--;
      }
      return tap;
    }

    int source(int t) {
      return backward ? (t + pad - tap(t) * dilation) / stride : t * stride - pad;
    }

    /** The first j for which {@code source + j · distance} lies within. */
    int low(int source) {
      return source < 0 ? Math.ceilDiv(-source, distance) : 0;
    }

    /** Behind the last j for which it does, at least {@link #low}. */
    int high(int source, int count) {
      int end = source < length ? Math.ceilDiv(length - source, distance) : 0;
      return Math.max(low(source), Math.min(count, end));
    }
  }

  /** Goes along the rows of a target, and names what each of its pixels meets. */
  private abstract static class Walk {
    final Axis rows = new Axis();
    final Axis columns = new Axis();
    int channels;
    int kernelWidth;
    int targetHeight;
    int targetWidth;
    int pixelStep; // all in floats: from a pixel of a group to the next, in the target
    int sourceStep; // and in the source
    int sourceRow; // from a tap to the one below, in the source
    int sourceColumn;
    int filterRow; // and in the filter
    int filterColumn;

    void forward(ConvolutionShape s) {
      rows.forward(
          s.kernelHeight(), s.strideHeight(), s.dilationHeight(), s.padTop(), s.inHeight());
      columns.forward(
          s.kernelWidth(), s.strideWidth(), s.dilationWidth(), s.padLeft(), s.inWidth());
      prepare(s, s.outHeight(), s.outWidth());
    }

    void backward(ConvolutionShape s) {
      rows.backward(
          s.kernelHeight(), s.strideHeight(), s.dilationHeight(), s.padTop(), s.outHeight());
      columns.backward(
          s.kernelWidth(), s.strideWidth(), s.dilationWidth(), s.padLeft(), s.outWidth());
      prepare(s, s.inHeight(), s.inWidth());
    }

    private void prepare(ConvolutionShape s, int height, int width) {
      channels = s.inChannels();
      kernelWidth = s.kernelWidth();
      targetHeight = height;
      targetWidth = width;
      pixelStep = columns.period * channels;
      sourceStep = columns.advance * channels;
      sourceRow = rows.distance * columns.length * channels;
      sourceColumn = columns.distance * channels;
      filterRow = rows.step * kernelWidth * channels;
      filterColumn = columns.step * channels;
    }

    /** Whether neighbouring taps of neighbouring pixels meet the same source. */
    boolean overlaps() {
      return sourceStep == sourceColumn;
    }

    /** Row {@code t} of an image, whose pixels stand at {@code to} onward. */
    void row(int t, int to, int sourceImage, int filter) {
      int source = rows.source(t);
      int low = rows.low(source);
      int tapRows = rows.high(source, rows.count(t)) - low;
      int from = sourceImage + (source + low * rows.distance) * columns.length * channels;
      int w = filter + (rows.tap(t) + low * rows.step) * kernelWidth * channels;
      for (int first = 0; first < Math.min(columns.period, targetWidth); first++) {
        int pixels = Math.ceilDiv(targetWidth - first, columns.period);
        line(first, pixels, to + first * channels, from, w, tapRows);
      }
    }

    private void line(int first, int pixels, int to, int from, int w, int tapRows) {
      int source = columns.source(first);
      int count = columns.count(first);
      int tap = w + columns.tap(first) * channels;
      int reach = columns.length - 1 - (count - 1) * columns.distance - source;
      int inside = Math.min(pixels, Math.ceilDiv(Math.max(0, -source), columns.advance));
      int end = reach < 0 ? inside : Math.clamp(reach / columns.advance + 1, inside, pixels);
      edge(0, inside, to, from, source, tap, tapRows, count);
      int i = inside;
      for (; i < end; i += i <= end - GROUP ? GROUP : 1) {
        int number = i <= end - GROUP ? GROUP : 1;
        int at = from + source * channels + i * sourceStep;
        pixels(number, to + i * pixelStep, at, tap, tapRows, count);
      }
      edge(i, pixels, to, from, source, tap, tapRows, count);
    }

    private void edge(
        int begin, int end, int to, int from, int source, int tap, int tapRows, int count) {
      for (int i = begin; i < end; i++) {
        int column = source + i * columns.advance;
        int low = columns.low(column);
        int high = columns.high(column, count);
        int at = from + (column + low * columns.distance) * channels;
        pixels(1, to + i * pixelStep, at, tap + low * filterColumn, tapRows, high - low);
      }
    }

    /** One pixel or a group, all its taps inside the source. */
    abstract void pixels(int number, int to, int from, int w, int tapRows, int tapColumns);
  }

  /** Forward, and backward to the input. */
  static final class ProductJob extends Walk implements WorkerPool.Task {
    static final ThreadLocal<ProductJob> CURRENT = ThreadLocal.withInitial(ProductJob::new);

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
      TileStore store = Scratch.current().store.set(1, 0, true, epilogue, 0);
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
      if (number == GROUP && tapRows == 3 && tapColumns == 3 && overlaps() && (plain || fused)) {
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
        return;
      }
      for (int p = 0; p < number; p++) {
        Arrays.fill(target, to + p * pixelStep, to + p * pixelStep + channels, 0);
      }
      for (int i = 0; i < tapRows; i++) {
        row(number, to, from + i * sourceRow, w + i * filterRow, tapColumns);
      }
      for (int p = 0; p < number && !plain; p++) {
        finish(to + p * pixelStep);
      }
    }

    private void row(int number, int to, int from, int w, int taps) {
      int j = 0;
      for (; j <= taps - 3; j += 3) {
        int at = from + j * sourceColumn;
        int tap = w + j * filterColumn;
        if (number == GROUP) {
          addThreeToFour(
              channels,
              source,
              at,
              sourceStep,
              sourceColumn,
              filter,
              tap,
              filterColumn,
              target,
              to,
              pixelStep);
        } else {
          addThree(channels, source, at, sourceColumn, filter, tap, filterColumn, target, to);
        }
      }
      for (; j < taps; j++) {
        int at = from + j * sourceColumn;
        int tap = w + j * filterColumn;
        for (int p = 0; p < number; p++) {
          addOne(channels, source, at + p * sourceStep, filter, tap, target, to + p * pixelStep);
        }
      }
    }

    private void finish(int to) {
      if (fused) {
        addBias(channels, bias, biasOffset, floor, target, to);
      } else {
        TileStore store = Scratch.current().store.set(1, 0, true, epilogue, 0);
        store.row(channels, target, to, target, to, 0);
      }
    }
  }

  /** The gradient of the filter; the gradient of the output stands in the target's place. */
  static final class FilterJob extends Walk implements WorkerPool.Task {
    static final ThreadLocal<FilterJob> CURRENT = ThreadLocal.withInitial(FilterJob::new);

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

  /** {@code y ← x · w + y}. */
  private static void addOne(
      int channels, float[] x, int xOffset, float[] w, int wOffset, float[] y, int yOffset) {
    int c = 0;
    for (; c <= channels - LANES; c += LANES) {
      FloatVector.fromArray(S, x, xOffset + c)
          .fma(FloatVector.fromArray(S, w, wOffset + c), FloatVector.fromArray(S, y, yOffset + c))
          .intoArray(y, yOffset + c);
    }
    for (; c < channels; c++) {
      y[yOffset + c] = Math.fma(x[xOffset + c], w[wOffset + c], y[yOffset + c]);
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
