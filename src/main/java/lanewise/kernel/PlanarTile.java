package lanewise.kernel;

import static lanewise.kernel.Simd.LANES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import lanewise.shape.PoolingShape;
import org.jspecify.annotations.Nullable;

/**
 * Convolution of images of one channel to few: a vector holds pixels that stand side by side rather
 * than output channels, which would not fill it. A tile is {@value #ROWS} output channels by
 * {@value #VECTORS} vectors of pixels, of one row of the output or of several; it is finished in
 * planes, which are transposed, or pooled first.
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

  /** Channels of a plane's buffer: transposition reads whole squares. */
  private static final int PLANES = Math.ceilDiv(MOST, LANES) * LANES;

  /** Beyond any offset of a weight, so that C2 need not fear that a sum overflows. */
  private static final int OFFSETS = (1 << 20) - 1;

  /** Beyond any size of a patch, likewise. */
  private static final int LENGTHS = (1 << 16) - 1;

  // The even and the odd lanes of two vectors: of the second they fill the upper half.
  static final VectorShuffle<Float> EVEN = VectorShuffle.fromOp(S, l -> (2 * l) % LANES);
  static final VectorShuffle<Float> ODD = VectorShuffle.fromOp(S, l -> (2 * l + 1) % LANES);
  static final VectorMask<Float> UPPER =
      VectorMask.fromLong(S, ((1L << (LANES / 2)) - 1) << (LANES / 2));

  private PlanarTile() {}

  /** Whether images of {@code channels} become images of {@code columns} channels this way. */
  static boolean pays(int channels, int step, int patchSize, int columns) {
    return channels == 1 && step == 1 && patchSize <= Patches.KC && columns <= MOST;
  }

  /** Floats that must follow an image's last, for outputs of {@code width} pixels. */
  static int slack(int width) {
    return width < LANES ? LANES : 0;
  }

  /** Whether {@link #maxima} pools this way. */
  static boolean pools(PoolingShape s) {
    return s.kernelHeight() == 2
        && s.kernelWidth() == 2
        && s.strideHeight() == 2
        && s.strideWidth() == 2
        && s.padLeft() == 0
        && 2 * s.outHeight() <= s.inHeight()
        && 2 * s.outWidth() <= s.inWidth();
  }

  /** Floats that {@link #pack} writes. */
  static int packedSize(int k, int columns) {
    return Math.ceilDiv(columns, ROWS) * ROWS * k;
  }

  /**
   * The filter {@code [k, columns]}, its last row first if it is turned, as {@code [tile, k,
   * ROWS]}: a tile's weights side by side.
   */
  static void pack(
      int k, int columns, boolean turned, float[] filter, int offset, float[] weights) {
    for (int o = 0; o < columns; o += ROWS) {
      for (int p = 0; p < k; p++) {
        int row = offset + (turned ? k - 1 - p : p) * columns;
        for (int r = 0; r < ROWS; r++) {
          float weight = o + r < columns ? filter[row + o + r] : 0;
          weights[o * k + p * ROWS + r] = weight;
        }
      }
    }
  }

  /**
   * {@code C ← store(P · B)} for the patches P of {@code rows} rows of {@code width} pixels.
   *
   * @param pitch from the first patch of a row to that of the next
   * @param taps where each of a patch's {@code k} elements stands after its first
   * @param weights as {@link #pack} has them
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
      float[] weights,
      TileStore store,
      float[] c,
      int cOffset,
      Scratch scratch) {
    int across = Math.ceilDiv(width, LANES);
    int vectors = rows * across;
    int pixels = rows * width;
    int plane = VECTORS * LANES;
    float[] planes = scratch.left(PLANES * plane);
    boolean whole = store.overwrites();
    float[] to = whole ? c : scratch.patches(pixels * columns);
    int toOffset = whole ? cOffset : 0;
    float[] bias = bias(columns, store, whole, scratch);
    float floor = whole ? store.floor() : Float.NEGATIVE_INFINITY;
    for (int v = 0; v < vectors; v += VECTORS) {
      int at0 = base + start(v, across, width, pitch);
      int at1 = base + start(Math.min(v + 1, vectors - 1), across, width, pitch);
      int at2 = base + start(Math.min(v + 2, vectors - 1), across, width, pitch);
      int at3 = base + start(Math.min(v + 3, vectors - 1), across, width, pitch);
      for (int o = 0; o < columns; o += ROWS) {
        tile(
            k,
            taps,
            image,
            at0,
            at1,
            at2,
            at3,
            weights,
            o * k,
            bias,
            o,
            floor,
            planes,
            o * plane,
            o * plane + LANES,
            o * plane + 2 * LANES,
            o * plane + 3 * LANES,
            plane);
      }
      for (int i = 0; i < Math.min(VECTORS, vectors - v); i++) {
        int pixel = start(v + i, across, width, width);
        transpose(columns, planes, i * LANES, plane, pixel, pixels, to, toOffset, scratch);
      }
    }
    if (!whole) {
      store.finish(pixels, columns, to, 0, columns, c, cOffset, columns, 0);
    }
  }

  /**
   * The maxima of windows that {@link #pools}, of {@code C ← store(P · B)}, for {@code rows} rows
   * of windows. C is not stored; {@code store} overwrites.
   *
   * @param argmax where in its window each maximum stands, or null
   */
  static void maxima(
      int rows,
      PoolingShape s,
      int pitch,
      float[] image,
      int base,
      int k,
      int[] taps,
      float[] weights,
      TileStore store,
      float[] y,
      int yOffset,
      byte @Nullable [] argmax,
      int argmaxOffset,
      Scratch scratch) {
    int columns = s.channels();
    int width = s.inWidth();
    int outWidth = s.outWidth();
    int across = Math.ceilDiv(width, LANES);
    int pixels = rows * outWidth;
    // As many rows of windows together as fill whole tiles.
    int together = across % 2 == 0 ? 1 : 2;
    int row = Math.max(width, 2 * Math.ceilDiv(outWidth, LANES) * LANES);
    int plane = 2 * together * row;
    int outRow = Math.max(outWidth, LANES);
    int outPlane = together * outRow;
    float[] planes = scratch.left(MOST * plane + 2 * PLANES * outPlane);
    int best = MOST * plane;
    int where = best + PLANES * outPlane;
    float[] places = scratch.patches(argmax == null ? 0 : pixels * columns + LANES);
    float[] bias = bias(columns, store, true, scratch);
    float floor = store.floor();
    for (int r = 0; r < rows; r += together) {
      int some = Math.min(together, rows - r);
      int vectors = 2 * some * across;
      int from = base + 2 * r * pitch;
      for (int v = 0; v < vectors; v += VECTORS) {
        int v1 = Math.min(v + 1, vectors - 1);
        int v2 = Math.min(v + 2, vectors - 1);
        int v3 = Math.min(v + 3, vectors - 1);
        for (int o = 0; o < columns; o += ROWS) {
          tile(
              k,
              taps,
              image,
              from + start(v, across, width, pitch),
              from + start(v1, across, width, pitch),
              from + start(v2, across, width, pitch),
              from + start(v3, across, width, pitch),
              weights,
              o * k,
              bias,
              o,
              floor,
              planes,
              o * plane + start(v, across, width, row),
              o * plane + start(v1, across, width, row),
              o * plane + start(v2, across, width, row),
              o * plane + start(v3, across, width, row),
              plane);
        }
      }
      for (int o = 0; o < columns; o++) {
        for (int i = 0; i < some; i++) {
          int of = o * plane + 2 * i * row;
          int to = o * outPlane + i * outRow;
          maximaOfRow(outWidth, planes, of, row, best + to, where + to);
        }
      }
      for (int i = 0; i < some; i++) {
        for (int x = 0; x < outWidth; x += LANES) {
          int in = Math.max(0, Math.min(x, outWidth - LANES));
          int at = i * outRow + in;
          int pixel = (r + i) * outWidth + in;
          transpose(columns, planes, best + at, outPlane, pixel, pixels, y, yOffset, scratch);
          if (argmax != null) {
            transpose(columns, planes, where + at, outPlane, pixel, pixels, places, 0, scratch);
          }
        }
      }
    }
    if (argmax != null) {
      MaxPooling.places(pixels * columns, places, argmax, argmaxOffset);
    }
  }

  /** The first pixel of vector {@code v}; a row's last starts earlier if it would run over. */
  private static int start(int v, int across, int width, int pitch) {
    return v / across * pitch + Math.max(0, Math.min(v % across * LANES, width - LANES));
  }

  /** A bias for each channel of all tiles: −0, which changes nothing, where there is none. */
  private static float[] bias(int columns, TileStore store, boolean finishes, Scratch scratch) {
    float[] bias = scratch.bias;
    Arrays.fill(bias, 0, MOST, -0f);
    if (finishes && store.overwrites()) {
      System.arraycopy(store.bias(bias), store.biasOffset(0), bias, 0, columns);
    }
    return bias;
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
      float[] bias,
      int biasOffset,
      float floor,
      float[] planes,
      int to0,
      int to1,
      int to2,
      int to3,
      int plane) {
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
    FloatVector least = FloatVector.broadcast(S, floor);
    FloatVector b = FloatVector.broadcast(S, bias[biasOffset]);
    c00.add(b).max(least).intoArray(planes, to0);
    c01.add(b).max(least).intoArray(planes, to1);
    c02.add(b).max(least).intoArray(planes, to2);
    c03.add(b).max(least).intoArray(planes, to3);
    b = FloatVector.broadcast(S, bias[biasOffset + 1]);
    c10.add(b).max(least).intoArray(planes, to0 + plane);
    c11.add(b).max(least).intoArray(planes, to1 + plane);
    c12.add(b).max(least).intoArray(planes, to2 + plane);
    c13.add(b).max(least).intoArray(planes, to3 + plane);
    b = FloatVector.broadcast(S, bias[biasOffset + 2]);
    c20.add(b).max(least).intoArray(planes, to0 + 2 * plane);
    c21.add(b).max(least).intoArray(planes, to1 + 2 * plane);
    c22.add(b).max(least).intoArray(planes, to2 + 2 * plane);
    c23.add(b).max(least).intoArray(planes, to3 + 2 * plane);
  }

  /** The first maxima of the windows on two rows, and the places where they stand, as floats. */
  private static void maximaOfRow(
      int windows, float[] planes, int from, int row, int best, int where) {
    for (int x = 0; x < windows; x += LANES) {
      int at = Math.max(0, Math.min(x, windows - LANES));
      int of = from + 2 * at;
      FloatVector v = FloatVector.fromArray(S, planes, of);
      FloatVector w = FloatVector.fromArray(S, planes, of + LANES);
      FloatVector max = v.rearrange(EVEN).blend(w.rearrange(EVEN), UPPER);
      FloatVector next = v.rearrange(ODD).blend(w.rearrange(ODD), UPPER);
      VectorMask<Float> is = MaxPooling.greater(next, max);
      max = max.blend(next, is);
      FloatVector place = FloatVector.zero(S).blend(1f, is);
      v = FloatVector.fromArray(S, planes, of + row);
      w = FloatVector.fromArray(S, planes, of + row + LANES);
      next = v.rearrange(EVEN).blend(w.rearrange(EVEN), UPPER);
      is = MaxPooling.greater(next, max);
      max = max.blend(next, is);
      place = place.blend(2f, is);
      next = v.rearrange(ODD).blend(w.rearrange(ODD), UPPER);
      is = MaxPooling.greater(next, max);
      max.blend(next, is).intoArray(planes, best + at);
      place.blend(3f, is).intoArray(planes, where + at);
    }
  }

  /**
   * Puts a vector of each plane where pixels {@code pixel …} of {@code pixels} stand in y. A
   * square's rows are longer than a pixel: each writes over what the one before wrote too much, if
   * the later channels of a square of pixels come first, and what is written beyond the square is
   * written over with the next; so what nothing follows goes by way of a copy.
   */
  private static void transpose(
      int columns,
      float[] planes,
      int from,
      int plane,
      int pixel,
      int pixels,
      float[] y,
      int yOffset,
      Scratch scratch) {
    boolean last = (pixels - pixel - LANES) * columns < LANES;
    float[] to = last ? scratch.right((LANES + 1) * Math.max(LANES, columns)) : y;
    int at = yOffset + pixel * columns;
    for (int o = (columns - 1) / LANES * LANES; o >= 0; o -= LANES) {
      int square = o * plane + from;
      Transposition.fewRows(columns - o, planes, square, plane, to, (last ? 0 : at) + o, columns);
    }
    if (last) {
      System.arraycopy(to, 0, y, at, Math.min(LANES, pixels - pixel) * columns);
    }
  }
}
