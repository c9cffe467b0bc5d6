package lanewise.kernel;

import static lanewise.kernel.Simd.LANES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import lanewise.shape.ConvolutionShape;
import org.jspecify.annotations.Nullable;

/**
 * The gradient of a filter from one channel to few, where a vector holds pixels that stand side by
 * side, as in {@link PlanarTile}: an element is a dot product of the image, shifted, and a plane of
 * the output's gradient. Both have rows of the same length, whose ends are zero in the gradient's,
 * so a block of rows is one loop.
 */
final class PlanarFilter implements FilterGradient, WorkerPool.Task {
  private static final VectorSpecies<Float> S = Simd.FLOATS;
  private static final float[] NOTHING = {};

  static final ThreadLocal<PlanarFilter> CURRENT = ThreadLocal.withInitial(PlanarFilter::new);

  /** Runs of images at most; part of the order of accumulation. */
  private static final int CHUNKS = 16;

  /** Sums of an element, one for each sixteenth pixel; part of the order of accumulation. */
  private static final int SUMS = 16;

  /** Output channels of a tile. */
  private static final int CHANNELS = 3;

  /** Floats of a block, to stay in the first-level cache. */
  private static final int CACHED = 7 << 10;

  private @Nullable ConvolutionShape shape;
  private int columns;
  private int pitch;
  private int blockRows;
  private int[] taps = {};
  private int tileTaps;
  private int tapTiles;
  private int paddedColumns;
  private float[] input = NOTHING;
  private int inputOffset;
  private float[] dOutput = NOTHING;
  private int dOutputOffset;
  private float[] sums = NOTHING; // [chunks, taps, paddedColumns, SUMS]
  private int chunkSize;
  private int chunks;

  /** Whether a gradient is made this way. */
  static boolean suits(ConvolutionShape s) {
    return s.strideHeight() == 1
        && PlanarTile.pays(s.inChannels(), s.strideWidth(), s.patchSize(), s.outChannels());
  }

  @Override
  public void run(
      ConvolutionShape s,
      float[] input,
      int inputOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dFilter,
      int dFilterOffset) {
    this.input = input;
    this.inputOffset = inputOffset;
    this.dOutput = dOutput;
    this.dOutputOffset = dOutputOffset;
    prepare(s);
    chunks = Math.min(CHUNKS, s.batch());
    if (sums.length < chunks * chunkSize) {
      sums = new float[chunks * chunkSize];
    }
    try {
      WorkerPool.run(chunks, this);
    } finally {
      this.input = NOTHING;
      this.dOutput = NOTHING;
    }
    for (int chunk = 1; chunk < chunks; chunk++) {
      Elementwise.add(chunkSize, sums, 0, sums, chunk * chunkSize, sums, 0);
    }
    for (int tap = 0; tap < s.patchSize(); tap++) {
      for (int o = 0; o < columns; o++) {
        int at = (tap * paddedColumns + o) * SUMS;
        for (int half = SUMS / 2; half > 0; half /= 2) {
          for (int l = 0; l < half; l++) {
            sums[at + l] += sums[at + l + half];
          }
        }
        dFilter[dFilterOffset + tap * columns + o] = sums[at];
      }
    }
  }

  private void prepare(ConvolutionShape s) {
    shape = s;
    columns = s.outChannels();
    int reach = (s.kernelWidth() - 1) * s.dilationWidth();
    pitch = Math.ceilDiv(s.outWidth() + reach, SUMS) * SUMS;
    blockRows = Math.clamp(CACHED / ((columns + 1) * pitch), 1, s.outHeight());
    tileTaps = tileTaps(s.patchSize());
    tapTiles = Math.ceilDiv(s.patchSize(), tileTaps);
    paddedColumns = Math.ceilDiv(columns, CHANNELS) * CHANNELS;
    chunkSize = tapTiles * tileTaps * paddedColumns * SUMS;
    if (taps.length < tapTiles * tileTaps) {
      taps = new int[tapTiles * tileTaps];
    }
    for (int t = 0; t < tapTiles * tileTaps; t++) {
      int tap = Math.min(t, s.patchSize() - 1);
      int row = tap / s.kernelWidth() * s.dilationHeight();
      taps[t] = row * pitch + tap % s.kernelWidth() * s.dilationWidth();
    }
  }

  /** Three or five, whichever fill the last tile better. */
  private static int tileTaps(int taps) {
    boolean five = Simd.REGISTERS >= 32 && Math.ceilDiv(taps, 5) * 5 < Math.ceilDiv(taps, 3) * 3;
    return five ? 5 : 3;
  }

  @Override
  public void run(int chunk) {
    ConvolutionShape s = shape;
    if (s == null) {
      return;
    }
    Scratch scratch = Scratch.current();
    int to = chunk * chunkSize;
    Arrays.fill(sums, to, to + chunkSize, 0);
    int below = (s.kernelHeight() - 1) * s.dilationHeight();
    int imageSize = (blockRows + below) * pitch + s.kernelWidth() * s.dilationWidth();
    int plane = blockRows * pitch;
    float[] image = scratch.image(imageSize);
    float[] planes = scratch.left(Math.ceilDiv(columns, LANES) * LANES * plane);
    Arrays.fill(image, 0, imageSize, 0);
    Arrays.fill(planes, 0, columns * plane, 0);
    int end = (int) ((long) (chunk + 1) * s.batch() / chunks);
    for (int i = (int) ((long) chunk * s.batch() / chunks); i < end; i++) {
      for (int y = 0; y < s.outHeight(); y += blockRows) {
        int rows = Math.min(blockRows, s.outHeight() - y);
        copy(s, i, y - s.padTop(), rows + below, image);
        part(s, (i * s.outHeight() + y) * s.outWidth(), rows, planes, plane);
        add(rows * pitch, image, planes, plane, to);
      }
    }
  }

  /** Rows of the image from {@code y} on, between zeros. */
  private void copy(ConvolutionShape s, int i, int y, int rows, float[] image) {
    int width = s.inWidth();
    int from = inputOffset + i * s.inImageSize();
    for (int r = 0; r < rows; r++) {
      int row = r * pitch + s.padLeft();
      int number = Math.min(width, pitch - s.padLeft());
      if (y + r >= 0 && y + r < s.inHeight()) {
        System.arraycopy(input, from + (y + r) * width, image, row, number);
      } else {
        Arrays.fill(image, row, row + number, 0);
      }
    }
  }

  /** The gradient of rows of pixels in planes, a channel each, between zeros. */
  private void part(ConvolutionShape s, int pixel, int rows, float[] planes, int plane) {
    int outWidth = s.outWidth();
    int last = dOutputOffset + s.batch() * s.outImageSize() - LANES * columns - LANES;
    for (int y = 0; y < rows; y++) {
      int from = dOutputOffset + (pixel + y * outWidth) * columns;
      for (int p = 0; p < outWidth; p += LANES) {
        int start = Math.max(0, Math.min(p, outWidth - LANES));
        int source = from + start * columns;
        int to = y * pitch + start;
        if (outWidth >= LANES && source <= last) {
          for (int o = 0; o < columns; o += LANES) {
            int some = Math.min(LANES, columns - o);
            int y0 = o * plane + to;
            Transposition.fewColumns(some, dOutput, source + o, columns, planes, y0, plane);
          }
          continue;
        }
        for (int x = 0; x < Math.min(LANES, outWidth - start); x++) {
          for (int o = 0; o < columns; o++) {
            planes[o * plane + to + x] = dOutput[source + x * columns + o];
          }
        }
      }
    }
  }

  private void add(int size, float[] image, float[] planes, int plane, int to) {
    for (int t = 0; t < tapTiles * tileTaps; t += tileTaps) {
      for (int c = 0; c < columns; c += CHANNELS) {
        int d0 = c * plane;
        int d1 = Math.min(c + 1, columns - 1) * plane;
        int d2 = Math.min(c + 2, columns - 1) * plane;
        int at = to + (t * paddedColumns + c) * SUMS;
        int tap = paddedColumns * SUMS;
        int x0 = taps[t];
        int x1 = taps[t + 1];
        int x2 = taps[t + 2];
        for (int lane = 0; lane < SUMS; lane += LANES) {
          if (tileTaps == 5) {
            int x3 = taps[t + 3];
            int x4 = taps[t + 4];
            addFive(
                size, lane, image, x0, x1, x2, x3, x4, planes, d0, d1, d2, sums, at + lane, tap);
          } else {
            addThree(size, lane, image, x0, x1, x2, planes, d0, d1, d2, sums, at + lane, tap);
          }
        }
      }
    }
  }

  private static void addThree(
      int size,
      int lane,
      float[] x,
      int x0,
      int x1,
      int x2,
      float[] d,
      int d0,
      int d1,
      int d2,
      float[] sums,
      int at,
      int tap) {
    FloatVector c00 = FloatVector.fromArray(S, sums, at);
    FloatVector c01 = FloatVector.fromArray(S, sums, at + SUMS);
    FloatVector c02 = FloatVector.fromArray(S, sums, at + 2 * SUMS);
    FloatVector c10 = FloatVector.fromArray(S, sums, at + tap);
    FloatVector c11 = FloatVector.fromArray(S, sums, at + tap + SUMS);
    FloatVector c12 = FloatVector.fromArray(S, sums, at + tap + 2 * SUMS);
    FloatVector c20 = FloatVector.fromArray(S, sums, at + 2 * tap);
    FloatVector c21 = FloatVector.fromArray(S, sums, at + 2 * tap + SUMS);
    FloatVector c22 = FloatVector.fromArray(S, sums, at + 2 * tap + 2 * SUMS);
    for (int p = lane; p < size; p += SUMS) {
      FloatVector y0 = FloatVector.fromArray(S, d, d0 + p);
      FloatVector y1 = FloatVector.fromArray(S, d, d1 + p);
      FloatVector y2 = FloatVector.fromArray(S, d, d2 + p);
      FloatVector v = FloatVector.fromArray(S, x, x0 + p);
      c00 = v.fma(y0, c00);
      c01 = v.fma(y1, c01);
      c02 = v.fma(y2, c02);
      v = FloatVector.fromArray(S, x, x1 + p);
      c10 = v.fma(y0, c10);
      c11 = v.fma(y1, c11);
      c12 = v.fma(y2, c12);
      v = FloatVector.fromArray(S, x, x2 + p);
      c20 = v.fma(y0, c20);
      c21 = v.fma(y1, c21);
      c22 = v.fma(y2, c22);
    }
    c00.intoArray(sums, at);
    c01.intoArray(sums, at + SUMS);
    c02.intoArray(sums, at + 2 * SUMS);
    c10.intoArray(sums, at + tap);
    c11.intoArray(sums, at + tap + SUMS);
    c12.intoArray(sums, at + tap + 2 * SUMS);
    c20.intoArray(sums, at + 2 * tap);
    c21.intoArray(sums, at + 2 * tap + SUMS);
    c22.intoArray(sums, at + 2 * tap + 2 * SUMS);
  }

  private static void addFive(
      int size,
      int lane,
      float[] x,
      int x0,
      int x1,
      int x2,
      int x3,
      int x4,
      float[] d,
      int d0,
      int d1,
      int d2,
      float[] sums,
      int at,
      int tap) {
    FloatVector c00 = FloatVector.fromArray(S, sums, at);
    FloatVector c01 = FloatVector.fromArray(S, sums, at + SUMS);
    FloatVector c02 = FloatVector.fromArray(S, sums, at + 2 * SUMS);
    FloatVector c10 = FloatVector.fromArray(S, sums, at + tap);
    FloatVector c11 = FloatVector.fromArray(S, sums, at + tap + SUMS);
    FloatVector c12 = FloatVector.fromArray(S, sums, at + tap + 2 * SUMS);
    FloatVector c20 = FloatVector.fromArray(S, sums, at + 2 * tap);
    FloatVector c21 = FloatVector.fromArray(S, sums, at + 2 * tap + SUMS);
    FloatVector c22 = FloatVector.fromArray(S, sums, at + 2 * tap + 2 * SUMS);
    FloatVector c30 = FloatVector.fromArray(S, sums, at + 3 * tap);
    FloatVector c31 = FloatVector.fromArray(S, sums, at + 3 * tap + SUMS);
    FloatVector c32 = FloatVector.fromArray(S, sums, at + 3 * tap + 2 * SUMS);
    FloatVector c40 = FloatVector.fromArray(S, sums, at + 4 * tap);
    FloatVector c41 = FloatVector.fromArray(S, sums, at + 4 * tap + SUMS);
    FloatVector c42 = FloatVector.fromArray(S, sums, at + 4 * tap + 2 * SUMS);
    for (int p = lane; p < size; p += SUMS) {
      FloatVector y0 = FloatVector.fromArray(S, d, d0 + p);
      FloatVector y1 = FloatVector.fromArray(S, d, d1 + p);
      FloatVector y2 = FloatVector.fromArray(S, d, d2 + p);
      FloatVector v = FloatVector.fromArray(S, x, x0 + p);
      c00 = v.fma(y0, c00);
      c01 = v.fma(y1, c01);
      c02 = v.fma(y2, c02);
      v = FloatVector.fromArray(S, x, x1 + p);
      c10 = v.fma(y0, c10);
      c11 = v.fma(y1, c11);
      c12 = v.fma(y2, c12);
      v = FloatVector.fromArray(S, x, x2 + p);
      c20 = v.fma(y0, c20);
      c21 = v.fma(y1, c21);
      c22 = v.fma(y2, c22);
      v = FloatVector.fromArray(S, x, x3 + p);
      c30 = v.fma(y0, c30);
      c31 = v.fma(y1, c31);
      c32 = v.fma(y2, c32);
      v = FloatVector.fromArray(S, x, x4 + p);
      c40 = v.fma(y0, c40);
      c41 = v.fma(y1, c41);
      c42 = v.fma(y2, c42);
    }
    c00.intoArray(sums, at);
    c01.intoArray(sums, at + SUMS);
    c02.intoArray(sums, at + 2 * SUMS);
    c10.intoArray(sums, at + tap);
    c11.intoArray(sums, at + tap + SUMS);
    c12.intoArray(sums, at + tap + 2 * SUMS);
    c20.intoArray(sums, at + 2 * tap);
    c21.intoArray(sums, at + 2 * tap + SUMS);
    c22.intoArray(sums, at + 2 * tap + 2 * SUMS);
    c30.intoArray(sums, at + 3 * tap);
    c31.intoArray(sums, at + 3 * tap + SUMS);
    c32.intoArray(sums, at + 3 * tap + 2 * SUMS);
    c40.intoArray(sums, at + 4 * tap);
    c41.intoArray(sums, at + 4 * tap + SUMS);
    c42.intoArray(sums, at + 4 * tap + 2 * SUMS);
  }
}
