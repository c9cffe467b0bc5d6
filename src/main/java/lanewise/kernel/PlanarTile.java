package lanewise.kernel;

import static lanewise.kernel.Simd.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Convolution of images of one channel to few: a vector holds pixels that stand side by side rather
 * than output channels, which would not fill it. A tile is {@value #ROWS} output channels by
 * {@value #VECTORS} vectors of pixels, of one row of the output or of several; it is made in
 * planes, transposed, and then finished.
 */
final class PlanarTile {
  private static final VectorSpecies<Float> S = Simd.FLOATS;

  /** Most output channels: with more, they fill a vector well enough. */
  private static final int MOST = 6;

  /**
   * Output channels of a tile; with four vectors of pixels and their weights they fit 16 registers.
   */
  private static final int ROWS = 3;

  private static final int VECTORS = 4;

  /** From one channel's plane of a tile to the next one's. */
  private static final int PITCH = VECTORS * LANES;

  /** Beyond any offset of a weight, so that C2 need not fear that a sum overflows. */
  private static final int OFFSETS = (1 << 20) - 1;

  /** Beyond any size of a patch, likewise. */
  private static final int LENGTHS = (1 << 16) - 1;

  private PlanarTile() {}

  /** Whether images of {@code channels} become images of {@code columns} channels this way. */
  static boolean pays(int channels, int step, int patchSize, int columns) {
    return channels == 1 && step == 1 && patchSize <= Patches.KC && columns <= MOST;
  }

  /** Floats that must follow an image's last, for outputs of {@code width} pixels. */
  static int slack(int width) {
    return width < LANES ? LANES : 0;
  }

  /**
   * {@code C ← store(P · B)} for the patches P of {@code rows} rows of {@code width} pixels.
   *
   * @param pitch from the first patch of a row to that of the next
   * @param taps where each of a patch's {@code k} elements stands after its first
   * @param panel of B, {@code [k, columns]}
   */
  static void multiply(
      int rows,
      int width,
      int pitch,
      float[] image,
      int base,
      int k,
      int[] taps,
      int columns,
      float[] panel,
      int panelOffset,
      TileStore store,
      float[] c,
      int cOffset,
      Scratch scratch) {
    int across = Math.ceilDiv(width, LANES);
    int vectors = rows * across;
    int size = rows * width * columns;
    float[] planes = scratch.left(Math.ceilDiv(MOST, LANES) * LANES * PITCH); // whole squares
    float[] sums = scratch.patches(size + (LANES + 1) * Math.max(LANES, columns));
    float[] weights = weights(k, columns, panel, panelOffset, scratch);
    for (int v = 0; v < vectors; v += VECTORS) {
      int at0 = base + start(v, across, width, pitch);
      int at1 = base + start(Math.min(v + 1, vectors - 1), across, width, pitch);
      int at2 = base + start(Math.min(v + 2, vectors - 1), across, width, pitch);
      int at3 = base + start(Math.min(v + 3, vectors - 1), across, width, pitch);
      for (int o = 0; o < columns; o += ROWS) {
        tile(k, taps, image, at0, at1, at2, at3, weights, o * k, planes, o * PITCH);
      }
      for (int i = 0; i < Math.min(VECTORS, vectors - v); i++) {
        transpose(columns, planes, i * LANES, sums, start(v + i, across, width, width) * columns);
      }
    }
    if (store.way() == Microkernel.STORE) {
      System.arraycopy(sums, 0, c, cOffset, size);
    } else if (store.way() == Microkernel.FINISH) {
      finish(rows, width, columns, sums, store, c, cOffset, scratch);
    } else {
      store.finish(rows * width, columns, sums, 0, columns, c, cOffset, columns, 0);
    }
  }

  /** The first pixel of vector {@code v}; a row's last starts earlier if it would run over. */
  private static int start(int v, int across, int width, int pitch) {
    return v / across * pitch + Math.max(0, Math.min(v % across * LANES, width - LANES));
  }

  /** Those of each tile's output channels side by side, {@code [tile, k, ROWS]}. */
  private static float[] weights(
      int k, int columns, float[] panel, int panelOffset, Scratch scratch) {
    int panelWidth = Microkernel.panelWidth(columns);
    float[] weights = scratch.right(Math.ceilDiv(columns, ROWS) * ROWS * k);
    for (int o = 0; o < columns; o += ROWS) {
      for (int p = 0; p < k; p++) {
        for (int r = 0; r < ROWS; r++) {
          float weight = o + r < columns ? panel[panelOffset + p * panelWidth + o + r] : 0;
          weights[o * k + p * ROWS + r] = weight;
        }
      }
    }
    return weights;
  }

  private static void tile(
      int k,
      int[] taps,
      float[] image,
      int at0,
      int at1,
      int at2,
      int at3,
      float[] weights,
      int weightsOffset,
      float[] planes,
      int to) {
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c01 = FloatVector.zero(S);
    FloatVector c02 = FloatVector.zero(S);
    FloatVector c03 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c11 = FloatVector.zero(S);
    FloatVector c12 = FloatVector.zero(S);
    FloatVector c13 = FloatVector.zero(S);
    FloatVector c20 = FloatVector.zero(S);
    FloatVector c21 = FloatVector.zero(S);
    FloatVector c22 = FloatVector.zero(S);
    FloatVector c23 = FloatVector.zero(S);
    int from = weightsOffset & OFFSETS;
    k &= LENGTHS;
    for (int p = 0; p < k; p++) {
      int tap = taps[p];
      FloatVector w0 = FloatVector.broadcast(S, weights[from + p * ROWS]);
      FloatVector w1 = FloatVector.broadcast(S, weights[from + p * ROWS + 1]);
      FloatVector w2 = FloatVector.broadcast(S, weights[from + p * ROWS + 2]);
      FloatVector x = FloatVector.fromArray(S, image, at0 + tap);
      c00 = w0.fma(x, c00);
      c10 = w1.fma(x, c10);
      c20 = w2.fma(x, c20);
      x = FloatVector.fromArray(S, image, at1 + tap);
      c01 = w0.fma(x, c01);
      c11 = w1.fma(x, c11);
      c21 = w2.fma(x, c21);
      x = FloatVector.fromArray(S, image, at2 + tap);
      c02 = w0.fma(x, c02);
      c12 = w1.fma(x, c12);
      c22 = w2.fma(x, c22);
      x = FloatVector.fromArray(S, image, at3 + tap);
      c03 = w0.fma(x, c03);
      c13 = w1.fma(x, c13);
      c23 = w2.fma(x, c23);
    }
    c00.intoArray(planes, to);
    c01.intoArray(planes, to + LANES);
    c02.intoArray(planes, to + 2 * LANES);
    c03.intoArray(planes, to + 3 * LANES);
    c10.intoArray(planes, to + PITCH);
    c11.intoArray(planes, to + PITCH + LANES);
    c12.intoArray(planes, to + PITCH + 2 * LANES);
    c13.intoArray(planes, to + PITCH + 3 * LANES);
    c20.intoArray(planes, to + 2 * PITCH);
    c21.intoArray(planes, to + 2 * PITCH + LANES);
    c22.intoArray(planes, to + 2 * PITCH + 2 * LANES);
    c23.intoArray(planes, to + 2 * PITCH + 3 * LANES);
  }

  // A square's rows are longer than a pixel: each writes over what the one before wrote too much,
  // if the later channels of a square of pixels come first.
  private static void transpose(int columns, float[] planes, int from, float[] sums, int to) {
    for (int o = (columns - 1) / LANES * LANES; o >= 0; o -= LANES) {
      Transposition.fewRows(columns - o, planes, o * PITCH + from, PITCH, sums, to + o, columns);
    }
  }

  private static void finish(
      int rows,
      int width,
      int columns,
      float[] sums,
      TileStore store,
      float[] c,
      int cOffset,
      Scratch scratch) {
    int row = width * columns;
    float[] bias = scratch.left(row);
    float[] each = store.bias(bias);
    for (int x = 0; x < width; x++) {
      System.arraycopy(each, store.biasOffset(0), bias, x * columns, columns);
    }
    for (int y = 0; y < rows; y++) {
      finishRow(row, sums, y * row, bias, store.floor(), c, cOffset + y * row);
    }
  }

  private static void finishRow(
      int n, float[] sums, int sumsOffset, float[] bias, float floor, float[] c, int cOffset) {
    FloatVector least = FloatVector.broadcast(S, floor);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      FloatVector.fromArray(S, sums, sumsOffset + i)
          .add(FloatVector.fromArray(S, bias, i))
          .max(least)
          .intoArray(c, cOffset + i);
    }
    for (; i < n; i++) {
      c[cOffset + i] = Math.max(sums[sumsOffset + i] + bias[i], floor);
    }
  }
}
