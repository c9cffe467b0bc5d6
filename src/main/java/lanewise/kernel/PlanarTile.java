package lanewise.kernel;

import static lanewise.kernel.Simd.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Convolution of images of one channel to few: a vector holds pixels that stand side by side rather
 * than output channels, which would not fill it. A tile is {@value #ROWS} output channels by two
 * vectors of pixels; a row of the output is made in planes, then transposed and finished.
 */
final class PlanarTile {
  private static final VectorSpecies<Float> S = Simd.FLOATS;

  /** Output channels of a tile; with two vectors of pixels and a weight they fit 16 registers. */
  private static final int ROWS = 6;

  private static final int WIDTH = 2 * LANES;

  /** Beyond any offset in a panel, so that C2 need not fear that a sum overflows. */
  private static final int OFFSETS = (1 << 30) - 1;

  private PlanarTile() {}

  /** Whether images of {@code channels} become images of {@code columns} channels this way. */
  static boolean pays(int channels, int step, int patchSize, int columns) {
    return channels == 1
        && step == 1
        && patchSize <= Patches.KC
        && columns <= ROWS
        && Microkernel.panelWidth(columns) >= ROWS;
  }

  /** Floats that must follow an image's last, for outputs of {@code width} pixels. */
  static int slack(int width) {
    return width < WIDTH ? WIDTH : 0;
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
    int panelWidth = Microkernel.panelWidth(columns);
    int across = (width + WIDTH - 1) / WIDTH * WIDTH;
    float[] planes = scratch.left(Math.max(LANES, ROWS + 2) * across);
    float[] row = scratch.patches((across + 1) * columns + LANES);
    int way = store.way();
    float[] bias = scratch.right(width * columns);
    if (way == Microkernel.FINISH) {
      float[] each = store.bias(bias);
      for (int x = 0; x < width; x++) {
        System.arraycopy(each, store.biasOffset(0), bias, x * columns, columns);
      }
    }
    for (int y = 0; y < rows; y++) {
      int from = base + y * pitch;
      for (int x = 0; x < width; x += WIDTH) {
        int start = Math.max(0, Math.min(x, width - WIDTH));
        tile(k, taps, image, from + start, panel, panelOffset, panelWidth, planes, start, across);
      }
      transpose(width, columns, planes, across, row);
      int to = cOffset + y * width * columns;
      if (way == Microkernel.STORE) {
        System.arraycopy(row, 0, c, to, width * columns);
      } else if (way == Microkernel.FINISH) {
        finish(width * columns, row, bias, store.floor(), c, to);
      } else {
        store.finish(width, columns, row, 0, columns, c, to, columns, 0);
      }
    }
  }

  private static void tile(
      int k,
      int[] taps,
      float[] image,
      int base,
      float[] panel,
      int panelOffset,
      int panelWidth,
      float[] planes,
      int to,
      int pitch) {
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c01 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c11 = FloatVector.zero(S);
    FloatVector c20 = FloatVector.zero(S);
    FloatVector c21 = FloatVector.zero(S);
    FloatVector c30 = FloatVector.zero(S);
    FloatVector c31 = FloatVector.zero(S);
    FloatVector c40 = FloatVector.zero(S);
    FloatVector c41 = FloatVector.zero(S);
    FloatVector c50 = FloatVector.zero(S);
    FloatVector c51 = FloatVector.zero(S);
    int w = panelOffset & OFFSETS;
    for (int p = 0; p < k; p++) {
      int at = base + taps[p];
      FloatVector x0 = FloatVector.fromArray(S, image, at);
      FloatVector x1 = FloatVector.fromArray(S, image, at + LANES);
      FloatVector weight = FloatVector.broadcast(S, panel[w]);
      c00 = weight.fma(x0, c00);
      c01 = weight.fma(x1, c01);
      weight = FloatVector.broadcast(S, panel[w + 1]);
      c10 = weight.fma(x0, c10);
      c11 = weight.fma(x1, c11);
      weight = FloatVector.broadcast(S, panel[w + 2]);
      c20 = weight.fma(x0, c20);
      c21 = weight.fma(x1, c21);
      weight = FloatVector.broadcast(S, panel[w + 3]);
      c30 = weight.fma(x0, c30);
      c31 = weight.fma(x1, c31);
      weight = FloatVector.broadcast(S, panel[w + 4]);
      c40 = weight.fma(x0, c40);
      c41 = weight.fma(x1, c41);
      weight = FloatVector.broadcast(S, panel[w + 5]);
      c50 = weight.fma(x0, c50);
      c51 = weight.fma(x1, c51);
      w += panelWidth;
    }
    c00.intoArray(planes, to);
    c01.intoArray(planes, to + LANES);
    c10.intoArray(planes, to + pitch);
    c11.intoArray(planes, to + pitch + LANES);
    c20.intoArray(planes, to + 2 * pitch);
    c21.intoArray(planes, to + 2 * pitch + LANES);
    c30.intoArray(planes, to + 3 * pitch);
    c31.intoArray(planes, to + 3 * pitch + LANES);
    c40.intoArray(planes, to + 4 * pitch);
    c41.intoArray(planes, to + 4 * pitch + LANES);
    c50.intoArray(planes, to + 5 * pitch);
    c51.intoArray(planes, to + 5 * pitch + LANES);
  }

  // A square's rows are longer than a pixel: each writes over what the one before wrote too much,
  // if the later channels of a square of pixels come first.
  private static void transpose(int width, int columns, float[] planes, int pitch, float[] row) {
    int last = (columns - 1) / LANES * LANES;
    for (int x = 0; x < width; x += LANES) {
      for (int o = last; o >= 0; o -= LANES) {
        Transposition.square(planes, o * pitch + x, pitch, row, x * columns + o, columns);
      }
    }
  }

  private static void finish(
      int n, float[] sums, float[] bias, float floor, float[] c, int cOffset) {
    FloatVector least = FloatVector.broadcast(S, floor);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      FloatVector.fromArray(S, sums, i)
          .add(FloatVector.fromArray(S, bias, i))
          .max(least)
          .intoArray(c, cOffset + i);
    }
    for (; i < n; i++) {
      c[cOffset + i] = Math.max(sums[i] + bias[i], floor);
    }
  }
}
