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
final class DepthwiseFilter extends DepthwiseWalk implements FilterGradient, WorkerPool.Task {
  private static final VectorSpecies<Float> S = Simd.FLOATS;

  static final ThreadLocal<DepthwiseFilter> CURRENT = ThreadLocal.withInitial(DepthwiseFilter::new);

  /** Runs of rows at most; part of the order of accumulation. */
  private static final int CHUNKS = 16;

  /** Pixels of a run per tap at least; part of the order of accumulation. */
  private static final int PIXELS = 32;

  /** Channels that tasks do not part. */
  private static final int CHANNELS = 16;

  private float[] input = NOTHING;
  private int inputOffset;
  private int inputImage;
  private float[] dOutput = NOTHING;
  private int dOutputOffset;
  private float[] sums = NOTHING; // [chunks, filterSize]
  private int size;
  private int chunks;
  private int blocks;
  private int blockSize;
  private int allRows;
  private int taps;
  private float[] target = NOTHING;
  private int targetOffset;

  @Override
  public void run(
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
    taps = s.kernelHeight() * s.kernelWidth();
    chunks = Math.clamp(allRows * targetWidth / (PIXELS * taps), 1, Math.min(CHUNKS, allRows));
    int parts = Math.ceilDiv(4 * WorkerPool.threads(), chunks);
    blockSize = Math.ceilDiv(Math.ceilDiv(channels, parts), CHANNELS) * CHANNELS;
    blocks = Math.ceilDiv(channels, blockSize);
    if (chunks == 1) {
      target = dFilter;
      targetOffset = dFilterOffset;
    } else {
      if (sums.length < chunks * size) {
        sums = new float[chunks * size];
      }
      target = sums;
      targetOffset = 0;
    }
    try {
      WorkerPool.run(chunks * blocks, this);
    } finally {
      this.input = NOTHING;
      this.dOutput = NOTHING;
      target = NOTHING;
    }
    if (chunks > 1) {
      System.arraycopy(sums, 0, dFilter, dFilterOffset, size);
      for (int chunk = 1; chunk < chunks; chunk++) {
        Elementwise.add(size, dFilter, dFilterOffset, sums, chunk * size, dFilter, dFilterOffset);
      }
    }
  }

  @Override
  public void run(int task) {
    int chunk = task / blocks;
    int first = task % blocks * blockSize;
    int last = Math.min(channels, first + blockSize);
    int filter = targetOffset + chunk * size;
    for (int tap = 0; tap < taps; tap++) {
      int at = filter + tap * channels;
      Arrays.fill(target, at + first, at + last, 0);
    }
    int w = filter + first;
    int count = last - first;
    int to = (int) ((long) (chunk + 1) * allRows / chunks);
    for (int row = (int) ((long) chunk * allRows / chunks); row < to; row++) {
      int at = dOutputOffset + row * targetWidth * channels + first;
      int image = inputOffset + row / targetHeight * inputImage;
      if (blocks == 1) {
        readAhead(row % targetHeight, input, image, dOutput, at);
      }
      row(row % targetHeight, at, image + first, w, count);
    }
  }

  @Override
  boolean row(
      int before,
      int number,
      int after,
      int at,
      int from,
      int sum,
      int tapRows,
      int tapColumns,
      int block) {
    if (tapRows < 2 || tapRows > 3 || tapColumns != 3 || number < 1) {
      return false;
    }
    if (tapRows == 2 && overlaps()) {
      DepthwiseFilterRow.addPair(
          block,
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
          target,
          sum,
          filterRow);
    } else if (overlaps()) {
      DepthwiseFilterRow.add(
          block,
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
          target,
          sum,
          filterRow);
    } else if (tapRows == 3 && byTwo()) {
      DepthwiseFilterRow.addByTwo(
          block,
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
          target,
          sum,
          filterRow);
    } else {
      return false;
    }
    return true;
  }

  @Override
  void pixels(int number, int at, int from, int sum, int tapRows, int tapColumns, int block) {
    for (int i = 0; i < tapRows; i++) {
      int x = from + i * sourceRow;
      int to = sum + i * filterRow;
      int j = 0;
      while (j < tapColumns) {
        int source = x + j * sourceColumn;
        int tap = to + j * channels;
        if (j <= tapColumns - 5 && overlaps()) {
          addToFive(block, channels, number, input, source, sourceColumn, dOutput, at, target, tap);
          j += 5;
        } else if (j <= tapColumns - 3) {
          addToThree(
              block,
              channels,
              number,
              input,
              source,
              sourceColumn,
              sourceStep,
              dOutput,
              at,
              target,
              tap);
          j += 3;
        } else {
          addToOne(block, channels, number, input, source, sourceStep, dOutput, at, target, tap);
          j++;
        }
      }
    }
  }

  /** Pixels added to five taps of a row that lie as far apart. */
  private static void addToFive(
      int block,
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
    for (; c <= block - LANES; c += LANES) {
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
      DepthwiseFilterRow.addRest(
          c, block, channels, 0, number, x, from, xColumn, d, dOffset, w, wOffset + j * channels);
    }
  }

  /** Pixels added to three taps of a row. */
  private static void addToThree(
      int block,
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
    for (; c <= block - LANES; c += LANES) {
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
      DepthwiseFilterRow.addRest(
          c,
          block,
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
      int block,
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
    for (; c <= block - LANES; c += LANES) {
      FloatVector sum = FloatVector.fromArray(S, w, wOffset + c);
      for (int p = 0; p < number; p++) {
        FloatVector d0 = FloatVector.fromArray(S, d, dOffset + p * channels + c);
        sum = FloatVector.fromArray(S, x, xOffset + p * xStep + c).fma(d0, sum);
      }
      sum.intoArray(w, wOffset + c);
    }
    DepthwiseFilterRow.addRest(
        c, block, channels, 0, number, x, xOffset, xStep, d, dOffset, w, wOffset);
  }
}
