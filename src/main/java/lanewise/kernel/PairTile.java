package lanewise.kernel;

import static lanewise.kernel.Microkernel.LANES;
import static lanewise.kernel.Microkernel.LENGTHS;
import static lanewise.kernel.Microkernel.OFFSETS;
import static lanewise.kernel.PlanarTile.EVEN;
import static lanewise.kernel.PlanarTile.ODD;
import static lanewise.kernel.PlanarTile.UPPER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Patches of few channels times a filter of one vector of output channels. A tile that broadcasts
 * each pixel for a single multiply-add spends its time on the broadcasts, which need the core's
 * shuffle ports. Here a vector takes two neighbouring pixels, again and again, times two vectors in
 * which each output channel's weight stands twice: half as many shuffles, and one load for sixteen
 * pixels. The image lies in planes, a channel each. The sums of a pair are parted in the end.
 */
final class PairTile {
  private static final VectorSpecies<Float> S = Simd.FLOATS;

  // PAIRi: elements 2i and 2i + 1 in turn.
  private static final VectorShuffle<Float> PAIR0 = pair(0);
  private static final VectorShuffle<Float> PAIR1 = pair(1);
  private static final VectorShuffle<Float> PAIR2 = pair(2);
  private static final VectorShuffle<Float> PAIR3 = pair(3);
  private static final VectorShuffle<Float> PAIR4 = pair(4);
  private static final VectorShuffle<Float> PAIR5 = pair(5);
  private static final VectorShuffle<Float> PAIR6 = pair(6);
  private static final VectorShuffle<Float> PAIR7 = pair(7);

  // The lanes of the lower and of the upper half, each twice.
  private static final VectorShuffle<Float> LOW = VectorShuffle.fromOp(S, l -> l / 2);
  private static final VectorShuffle<Float> HIGH = VectorShuffle.fromOp(S, l -> (LANES + l) / 2);

  /** Pixels of a tile: of a wide one, and of a narrow one. */
  private static final int WIDE = 16;

  private static final int NARROW = 10;

  /** Pixels whose vectors, twice as long, leave room in the first-level cache. */
  private static final int FEW = 128;

  private PairTile() {}

  private static VectorShuffle<Float> pair(int i) {
    return VectorShuffle.fromOp(S, l -> (2 * i + l % 2) % LANES);
  }

  /**
   * Whether the products of lines of {@code width} pixels and {@code columns} are made this way.
   */
  static boolean suits(int channels, int taps, int width, int columns) {
    return LANES == 16
        && columns == LANES
        && channels <= LANES
        && taps >= 9
        && taps * channels <= Patches.KC
        && width >= NARROW
        && 5 * width >= 4 * computed(width, tile(width));
  }

  /**
   * Whether the gradient of a filter for patches of such runs is made this way, {@code pixels} at a
   * time.
   */
  static boolean suitsElements(int pixels, int run, int columns) {
    return LANES == 16
        && columns == LANES
        && pixels <= FEW
        && 19 * computed(run, NARROW) <= 20 * run;
  }

  /** Pixels of a tile in lines of {@code width}: of the one that computes fewer of them twice. */
  private static int tile(int width) {
    boolean wide = width >= WIDE && computed(width, WIDE) <= computed(width, NARROW);
    return wide ? WIDE : NARROW;
  }

  private static int computed(int width, int tile) {
    return Math.ceilDiv(width, tile) * tile;
  }

  /** Floats that {@link #spread} writes. */
  static int packedSize(int k) {
    return 2 * k * LANES;
  }

  /** Makes of k vectors what a tile reads; they may be the second half of what is written. */
  static void spread(int k, float[] x, int xOffset, float[] y) {
    for (int p = 0; p < k; p++) {
      FloatVector v = FloatVector.fromArray(S, x, xOffset + p * LANES);
      v.rearrange(LOW).intoArray(y, 2 * p * LANES);
      v.rearrange(HIGH).intoArray(y, 2 * p * LANES + LANES);
    }
  }

  /**
   * {@code C ← P · B} for the patches P of {@code rows} rows of {@code width} pixels.
   *
   * @param pitch from a row of pixels to the next in a plane
   * @param taps where each of a patch's k elements stands after its first
   * @param b as {@link #spread} has it
   */
  static void multiply(
      int rows,
      int width,
      int pitch,
      int k,
      int[] taps,
      float[] a,
      float[] b,
      float[] c,
      int cOffset) {
    if (tile(width) == WIDE) {
      store8(rows, width, pitch, k, taps, a, b, c, cOffset);
    } else {
      store5(rows, width, pitch, k, taps, a, b, c, cOffset);
    }
  }

  private static void store8(
      int rows,
      int width,
      int pitch,
      int k,
      int[] taps,
      float[] a,
      float[] b,
      float[] c,
      int cOffset) {
    k &= LENGTHS;
    int across = Math.ceilDiv(width, 16);
    for (int i = 0; i < rows * across; i++) {
      int row = i / across;
      int pixel = Math.min(i % across * 16, width - 16);
      int first = (row * pitch + pixel) & OFFSETS;
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
      FloatVector c60 = FloatVector.zero(S);
      FloatVector c61 = FloatVector.zero(S);
      FloatVector c70 = FloatVector.zero(S);
      FloatVector c71 = FloatVector.zero(S);
      for (int p = 0; p < k; p++) {
        FloatVector b0 = FloatVector.fromArray(S, b, p * 2 * LANES);
        FloatVector b1 = FloatVector.fromArray(S, b, p * 2 * LANES + LANES);
        FloatVector x = FloatVector.fromArray(S, a, first + taps[p]);
        FloatVector pair = x.rearrange(PAIR0);
        c00 = pair.fma(b0, c00);
        c01 = pair.fma(b1, c01);
        pair = x.rearrange(PAIR1);
        c10 = pair.fma(b0, c10);
        c11 = pair.fma(b1, c11);
        pair = x.rearrange(PAIR2);
        c20 = pair.fma(b0, c20);
        c21 = pair.fma(b1, c21);
        pair = x.rearrange(PAIR3);
        c30 = pair.fma(b0, c30);
        c31 = pair.fma(b1, c31);
        pair = x.rearrange(PAIR4);
        c40 = pair.fma(b0, c40);
        c41 = pair.fma(b1, c41);
        pair = x.rearrange(PAIR5);
        c50 = pair.fma(b0, c50);
        c51 = pair.fma(b1, c51);
        pair = x.rearrange(PAIR6);
        c60 = pair.fma(b0, c60);
        c61 = pair.fma(b1, c61);
        pair = x.rearrange(PAIR7);
        c70 = pair.fma(b0, c70);
        c71 = pair.fma(b1, c71);
      }
      int to = cOffset + (row * width + pixel) * LANES;
      c00.rearrange(EVEN).blend(c01.rearrange(EVEN), UPPER).intoArray(c, to);
      c00.rearrange(ODD).blend(c01.rearrange(ODD), UPPER).intoArray(c, to + LANES);
      c10.rearrange(EVEN).blend(c11.rearrange(EVEN), UPPER).intoArray(c, to + 2 * LANES);
      c10.rearrange(ODD).blend(c11.rearrange(ODD), UPPER).intoArray(c, to + 3 * LANES);
      c20.rearrange(EVEN).blend(c21.rearrange(EVEN), UPPER).intoArray(c, to + 4 * LANES);
      c20.rearrange(ODD).blend(c21.rearrange(ODD), UPPER).intoArray(c, to + 5 * LANES);
      c30.rearrange(EVEN).blend(c31.rearrange(EVEN), UPPER).intoArray(c, to + 6 * LANES);
      c30.rearrange(ODD).blend(c31.rearrange(ODD), UPPER).intoArray(c, to + 7 * LANES);
      c40.rearrange(EVEN).blend(c41.rearrange(EVEN), UPPER).intoArray(c, to + 8 * LANES);
      c40.rearrange(ODD).blend(c41.rearrange(ODD), UPPER).intoArray(c, to + 9 * LANES);
      c50.rearrange(EVEN).blend(c51.rearrange(EVEN), UPPER).intoArray(c, to + 10 * LANES);
      c50.rearrange(ODD).blend(c51.rearrange(ODD), UPPER).intoArray(c, to + 11 * LANES);
      c60.rearrange(EVEN).blend(c61.rearrange(EVEN), UPPER).intoArray(c, to + 12 * LANES);
      c60.rearrange(ODD).blend(c61.rearrange(ODD), UPPER).intoArray(c, to + 13 * LANES);
      c70.rearrange(EVEN).blend(c71.rearrange(EVEN), UPPER).intoArray(c, to + 14 * LANES);
      c70.rearrange(ODD).blend(c71.rearrange(ODD), UPPER).intoArray(c, to + 15 * LANES);
    }
  }

  private static void store5(
      int rows,
      int width,
      int pitch,
      int k,
      int[] taps,
      float[] a,
      float[] b,
      float[] c,
      int cOffset) {
    k &= LENGTHS;
    int across = Math.ceilDiv(width, 10);
    for (int i = 0; i < rows * across; i++) {
      int row = i / across;
      int pixel = Math.min(i % across * 10, width - 10);
      int first = (row * pitch + pixel) & OFFSETS;
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
      for (int p = 0; p < k; p++) {
        FloatVector b0 = FloatVector.fromArray(S, b, p * 2 * LANES);
        FloatVector b1 = FloatVector.fromArray(S, b, p * 2 * LANES + LANES);
        FloatVector x = FloatVector.fromArray(S, a, first + taps[p]);
        FloatVector pair = x.rearrange(PAIR0);
        c00 = pair.fma(b0, c00);
        c01 = pair.fma(b1, c01);
        pair = x.rearrange(PAIR1);
        c10 = pair.fma(b0, c10);
        c11 = pair.fma(b1, c11);
        pair = x.rearrange(PAIR2);
        c20 = pair.fma(b0, c20);
        c21 = pair.fma(b1, c21);
        pair = x.rearrange(PAIR3);
        c30 = pair.fma(b0, c30);
        c31 = pair.fma(b1, c31);
        pair = x.rearrange(PAIR4);
        c40 = pair.fma(b0, c40);
        c41 = pair.fma(b1, c41);
      }
      int to = cOffset + (row * width + pixel) * LANES;
      c00.rearrange(EVEN).blend(c01.rearrange(EVEN), UPPER).intoArray(c, to);
      c00.rearrange(ODD).blend(c01.rearrange(ODD), UPPER).intoArray(c, to + LANES);
      c10.rearrange(EVEN).blend(c11.rearrange(EVEN), UPPER).intoArray(c, to + 2 * LANES);
      c10.rearrange(ODD).blend(c11.rearrange(ODD), UPPER).intoArray(c, to + 3 * LANES);
      c20.rearrange(EVEN).blend(c21.rearrange(EVEN), UPPER).intoArray(c, to + 4 * LANES);
      c20.rearrange(ODD).blend(c21.rearrange(ODD), UPPER).intoArray(c, to + 5 * LANES);
      c30.rearrange(EVEN).blend(c31.rearrange(EVEN), UPPER).intoArray(c, to + 6 * LANES);
      c30.rearrange(ODD).blend(c31.rearrange(ODD), UPPER).intoArray(c, to + 7 * LANES);
      c40.rearrange(EVEN).blend(c41.rearrange(EVEN), UPPER).intoArray(c, to + 8 * LANES);
      c40.rearrange(ODD).blend(c41.rearrange(ODD), UPPER).intoArray(c, to + 9 * LANES);
    }
  }

  /**
   * {@code C ← store(Pᵀ · B)} for {@code runs} runs of {@code run} elements of the patches P of
   * {@code rows} rows of {@code width} pixels, k running over the pixels.
   *
   * @param aRow from a row's first patch to the next row's, {@code aStep} from a patch to its
   *     neighbour, {@code aRun} from a run to the next in a patch
   * @param b a vector for each pixel, as {@link #spread} has it
   */
  static void multiplyPixels(
      int rows,
      int width,
      int runs,
      int run,
      float[] a,
      int aOffset,
      int aRow,
      int aStep,
      int aRun,
      float[] b,
      TileStore store,
      float[] c,
      int cOffset,
      Scratch scratch) {
    float[] tile = scratch.tile;
    for (int r = 0; r < runs; r++) {
      for (int e = 0; e < run; e += NARROW) {
        int used = Math.min(NARROW, run - e);
        pixels5(rows, width, a, aOffset + r * aRun + e, aRow, aStep, b, tile);
        int at = cOffset + (r * run + e) * LANES;
        store.finish(used, LANES, tile, 0, LANES, c, at, LANES, 0);
      }
    }
  }

  private static void pixels5(
      int rows, int width, float[] a, int aOffset, int aRow, int aStep, float[] b, float[] c) {
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
    for (int y = 0; y < rows; y++) {
      int first = aOffset + y * aRow;
      int from = (y * width * 2 * LANES) & OFFSETS;
      for (int p = 0; p < width; p++) {
        FloatVector b0 = FloatVector.fromArray(S, b, from + p * 2 * LANES);
        FloatVector b1 = FloatVector.fromArray(S, b, from + p * 2 * LANES + LANES);
        FloatVector x = FloatVector.fromArray(S, a, first + p * aStep);
        FloatVector pair = x.rearrange(PAIR0);
        c00 = pair.fma(b0, c00);
        c01 = pair.fma(b1, c01);
        pair = x.rearrange(PAIR1);
        c10 = pair.fma(b0, c10);
        c11 = pair.fma(b1, c11);
        pair = x.rearrange(PAIR2);
        c20 = pair.fma(b0, c20);
        c21 = pair.fma(b1, c21);
        pair = x.rearrange(PAIR3);
        c30 = pair.fma(b0, c30);
        c31 = pair.fma(b1, c31);
        pair = x.rearrange(PAIR4);
        c40 = pair.fma(b0, c40);
        c41 = pair.fma(b1, c41);
      }
    }
    c00.rearrange(EVEN).blend(c01.rearrange(EVEN), UPPER).intoArray(c, 0);
    c00.rearrange(ODD).blend(c01.rearrange(ODD), UPPER).intoArray(c, LANES);
    c10.rearrange(EVEN).blend(c11.rearrange(EVEN), UPPER).intoArray(c, 2 * LANES);
    c10.rearrange(ODD).blend(c11.rearrange(ODD), UPPER).intoArray(c, 3 * LANES);
    c20.rearrange(EVEN).blend(c21.rearrange(EVEN), UPPER).intoArray(c, 4 * LANES);
    c20.rearrange(ODD).blend(c21.rearrange(ODD), UPPER).intoArray(c, 5 * LANES);
    c30.rearrange(EVEN).blend(c31.rearrange(EVEN), UPPER).intoArray(c, 6 * LANES);
    c30.rearrange(ODD).blend(c31.rearrange(ODD), UPPER).intoArray(c, 7 * LANES);
    c40.rearrange(EVEN).blend(c41.rearrange(EVEN), UPPER).intoArray(c, 8 * LANES);
    c40.rearrange(ODD).blend(c41.rearrange(ODD), UPPER).intoArray(c, 9 * LANES);
  }
}
