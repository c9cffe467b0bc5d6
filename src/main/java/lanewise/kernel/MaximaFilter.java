package lanewise.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import lanewise.shape.ConvolutionShape;
import lanewise.shape.PoolingShape;

/**
 * The gradient of a filter whose output is max-pooled: of each window only the maximum has a
 * gradient, so the sum runs over the windows rather than over all pixels. It is made per output
 * channel, {@code [outChannels, runs of a patch in whole vectors]}, and turned in the end.
 *
 * <p>The order of accumulation follows from the shape: windows upward, in at most {@value #CHUNKS}
 * runs of images, which are added in order.
 */
final class MaximaFilter implements WorkerPool.Task {
  static final ThreadLocal<MaximaFilter> CURRENT = ThreadLocal.withInitial(MaximaFilter::new);

  private static final VectorSpecies<Float> S = Simd.FLOATS;
  private static final int LANES = Simd.LANES;

  /** Runs of images at most; part of the order of accumulation. */
  private static final int CHUNKS = 16;

  /** Vectors of a patch in a tile: the rows of the usual 5 × 5 filters in whole tiles. */
  private static final int TILE = 5;

  /** From as many input channels on, products of all pixels are faster. */
  private static final int MANY_CHANNELS = 16;

  private static final float[] NOTHING = {};
  private static final byte[] NO_BYTES = {};

  private ConvolutionShape shape =
      new ConvolutionShape(1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1);
  private PoolingShape pooling = new PoolingShape(1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, false);
  private float[] input = NOTHING;
  private int inputOffset;
  private byte[] argmax = NO_BYTES;
  private float[] dOutput = NOTHING;
  private int dOutputOffset;
  private float[] sums = NOTHING; // [chunks, outChannels, columns]
  private int[] windows = {}; // where each window's first patch starts in the padded image
  private int[] maxima = {}; // where the patch of each element of a window starts after that
  private int[] vectors = {}; // where each vector of a patch starts after the patch
  private int chunks;
  private int run; // elements of a patch that lie side by side
  private int step; // run, in whole vectors
  private int columns; // of all runs, in whole vectors
  private int pitch; // of the padded image's rows
  private int rows; // of the padded image

  private MaximaFilter() {}

  /** Whether it is faster than products of all pixels. */
  static boolean pays(ConvolutionShape s, PoolingShape p) {
    return s.groups() == 1
        && s.dilationWidth() == 1
        && s.inChannels() < MANY_CHANNELS
        && p.strideHeight() * p.strideWidth() >= 4;
  }

  void run(
      ConvolutionShape s,
      PoolingShape p,
      float[] input,
      int inputOffset,
      byte[] argmax,
      float[] dOutput,
      int dOutputOffset,
      float[] dFilter,
      int dFilterOffset) {
    shape = s;
    pooling = p;
    this.input = input;
    this.inputOffset = inputOffset;
    this.argmax = argmax;
    this.dOutput = dOutput;
    this.dOutputOffset = dOutputOffset;
    setSizes(s);
    setOffsets(s, p);
    int size = s.outChannels() * columns;
    chunks = Math.min(CHUNKS, s.batch());
    if (sums.length < chunks * size) {
      sums = new float[chunks * size];
    }
    try {
      WorkerPool.run(chunks, this);
    } finally {
      this.input = NOTHING;
      this.argmax = NO_BYTES;
      this.dOutput = NOTHING;
    }
    for (int chunk = 1; chunk < chunks; chunk++) {
      Elementwise.add(size, sums, 0, sums, chunk * size, sums, 0);
    }
    turn(dFilter, dFilterOffset);
  }

  private void setSizes(ConvolutionShape s) {
    run = s.kernelWidth() * s.inChannels();
    step = Math.ceilDiv(run, LANES) * LANES;
    columns = s.kernelHeight() * step;
    int width = (s.outWidth() - 1) * s.strideWidth() + s.kernelWidth();
    pitch = width * s.inChannels();
    rows = (s.outHeight() - 1) * s.strideHeight() + s.dilationHeight() * (s.kernelHeight() - 1) + 1;
  }

  private void setOffsets(ConvolutionShape s, PoolingShape p) {
    int down = s.strideHeight() * pitch;
    int right = s.strideWidth() * s.inChannels();
    windows = room(windows, p.outHeight() * p.outWidth());
    maxima = room(maxima, p.kernelHeight() * p.kernelWidth());
    vectors = room(vectors, columns / LANES + TILE);
    for (int i = 0; i < p.outHeight() * p.outWidth(); i++) {
      int y = i / p.outWidth() * p.strideHeight() - p.padTop();
      int x = i % p.outWidth() * p.strideWidth() - p.padLeft();
      windows[i] = y * down + x * right;
    }
    for (int i = 0; i < p.kernelHeight() * p.kernelWidth(); i++) {
      maxima[i] = i / p.kernelWidth() * down + i % p.kernelWidth() * right;
    }
    int perRun = step / LANES;
    for (int i = 0; i < vectors.length; i++) {
      int r = Math.min(i, columns / LANES - 1); // a tile's vectors beyond the last repeat it
      vectors[i] = r / perRun * s.dilationHeight() * pitch + r % perRun * LANES;
    }
  }

  private static int[] room(int[] offsets, int size) {
    return offsets.length < size ? new int[size] : offsets;
  }

  @Override
  public void run(int chunk) {
    int size = shape.outChannels() * columns;
    Arrays.fill(sums, chunk * size, (chunk + 1) * size, 0);
    int end = (int) ((long) (chunk + 1) * shape.batch() / chunks);
    for (int b = (int) ((long) chunk * shape.batch() / chunks); b < end; b++) {
      float[] image = padded(b, Scratch.current());
      int from = b * pooling.outImageSize();
      for (int o = 0; o < shape.outChannels(); o++) {
        for (int v = 0; v < columns / LANES; v += TILE) {
          add(from + o, image, v, chunk * size + o * columns + v * LANES);
        }
      }
    }
  }

  /** A copy of an image with its padding, and room for a vector that starts at its end. */
  private float[] padded(int b, Scratch scratch) {
    ConvolutionShape s = shape;
    int rowSize = s.inWidth() * s.inChannels();
    int left = s.padLeft() * s.inChannels();
    int used = Math.min(rowSize, pitch - left);
    float[] image = scratch.image(rows * pitch + step);
    for (int r = 0; r < rows; r++) {
      int y = r - s.padTop();
      if (y < 0 || y >= s.inHeight() || used <= 0) {
        Arrays.fill(image, r * pitch, (r + 1) * pitch, 0);
        continue;
      }
      Arrays.fill(image, r * pitch, r * pitch + left, 0);
      int from = inputOffset + b * s.inImageSize() + y * rowSize;
      System.arraycopy(input, from, image, r * pitch + left, used);
      Arrays.fill(image, r * pitch + left + used, (r + 1) * pitch, 0);
    }
    return image;
  }

  /** Adds the windows of one output channel of an image, the first of which is {@code first}. */
  private void add(int first, float[] image, int v, int to) {
    int channels = shape.outChannels();
    int count = pooling.outHeight() * pooling.outWidth();
    int used = Math.min(TILE, columns / LANES - v);
    tile(
        count,
        channels,
        windows,
        maxima,
        argmax,
        dOutput,
        dOutputOffset,
        first,
        image,
        vectors,
        v,
        sums,
        to,
        used);
  }

  private static void tile(
      int count,
      int channels,
      int[] windows,
      int[] maxima,
      byte[] argmax,
      float[] d,
      int dOffset,
      int first,
      float[] image,
      int[] vectors,
      int v,
      float[] c,
      int to,
      int used) {
    int v0 = vectors[v];
    int v1 = vectors[v + 1];
    int v2 = vectors[v + 2];
    int v3 = vectors[v + 3];
    int v4 = vectors[v + 4];
    FloatVector c0 = FloatVector.fromArray(S, c, to);
    FloatVector c1 = FloatVector.fromArray(S, c, to + Math.min(1, used - 1) * LANES);
    FloatVector c2 = FloatVector.fromArray(S, c, to + Math.min(2, used - 1) * LANES);
    FloatVector c3 = FloatVector.fromArray(S, c, to + Math.min(3, used - 1) * LANES);
    FloatVector c4 = FloatVector.fromArray(S, c, to + Math.min(4, used - 1) * LANES);
    int i = first;
    for (int w = 0; w < count; w++) {
      int at = windows[w] + maxima[argmax[i] & 0xff];
      FloatVector x = FloatVector.broadcast(S, d[dOffset + i]);
      c0 = x.fma(FloatVector.fromArray(S, image, at + v0), c0);
      c1 = x.fma(FloatVector.fromArray(S, image, at + v1), c1);
      c2 = x.fma(FloatVector.fromArray(S, image, at + v2), c2);
      c3 = x.fma(FloatVector.fromArray(S, image, at + v3), c3);
      c4 = x.fma(FloatVector.fromArray(S, image, at + v4), c4);
      i += channels;
    }
    c0.intoArray(c, to);
    c1.intoArray(c, to + Math.min(1, used - 1) * LANES);
    c2.intoArray(c, to + Math.min(2, used - 1) * LANES);
    c3.intoArray(c, to + Math.min(3, used - 1) * LANES);
    c4.intoArray(c, to + Math.min(4, used - 1) * LANES);
  }

  /** {@code dFilter ←} the sums, output channels last. */
  private void turn(float[] dFilter, int dFilterOffset) {
    int channels = shape.outChannels();
    for (int o = 0; o < channels; o++) {
      for (int r = 0; r < shape.kernelHeight(); r++) {
        for (int e = 0; e < run; e++) {
          dFilter[dFilterOffset + (r * run + e) * channels + o] = sums[o * columns + r * step + e];
        }
      }
    }
  }
}
