package lanewise.kernel;

import jdk.incubator.vector.FloatVector;

/**
 * The operands of a product as the microkernel reads them: the right one in panels, of which the
 * one that starts at column {@code j} stands at {@code k · j}, the left one in columns.
 */
final class Packing {
  /** For {@code before}: each panel starts where the one before ends. */
  static final int APART = Integer.MIN_VALUE / 2;

  /** Elements, below which one thread packs them sooner than two. */
  static final int PARALLEL = 1 << 14;

  /** Vectors of a row that are packed together. */
  static final int TOGETHER = 8;

  private Packing() {}

  /**
   * The first column of the panel that stands for columns {@code j} to {@code columns}: one that
   * would run over the end starts earlier if it can, and repeats some columns of the panel before.
   * Their sums are the same, so that each tile is whole.
   *
   * @param before the columns that precede column 0
   */
  static int panelStart(int j, int columns, int before) {
    int over = j + Microkernel.panelWidth(columns - j) - columns;
    return over > 0 && before + j >= over ? j - over : j;
  }

  /**
   * Packs {@code op(B)}, k × columns, as rows {@code firstRow …} of panels of {@code panelRows}
   * rows; the columns beyond the last hold anything, as their products are dropped.
   *
   * @param before as in {@link #panelStart}
   */
  static void right(
      boolean transpose,
      int k,
      int before,
      int columns,
      float[] b,
      int bOffset,
      int ldb,
      float[] packed,
      int packedOffset,
      int panelRows,
      int firstRow) {
    int j = 0;
    for (; !transpose && j + TOGETHER * Simd.LANES <= columns; j += TOGETHER * Simd.LANES) {
      int to = packedOffset + panelRows * j + firstRow * Microkernel.NR;
      vectors(
          k,
          b,
          bOffset + j,
          ldb,
          packed,
          to,
          Microkernel.NR,
          panelRows * Microkernel.NR,
          Microkernel.VECTORS);
    }
    for (; j < columns; j += Microkernel.panelWidth(columns - j)) {
      int width = Microkernel.panelWidth(columns - j);
      int start = panelStart(j, columns, before);
      int used = Math.min(width, columns - start);
      int to = packedOffset + panelRows * j + firstRow * width;
      if (transpose) {
        transposed(k, used, width, b, bOffset + start * ldb, ldb, packed, to);
      } else {
        straight(k, used, width, b, bOffset + start, ldb, packed, to);
      }
    }
  }

  /**
   * Packs k rows of {@link #TOGETHER} vectors, {@code ldx} apart, as panels of {@code vectors}
   * vectors whose rows are {@code width} apart, the panels {@code panelStep}. A single panel would
   * read a line of the cache of each row at a distance that no prefetcher foresees.
   */
  static void vectors(
      int k,
      float[] x,
      int xOffset,
      int ldx,
      float[] packed,
      int packedOffset,
      int width,
      int panelStep,
      int vectors) {
    int lanes = Simd.LANES;
    int to1 = packedOffset + 1 / vectors * panelStep + 1 % vectors * lanes;
    int to2 = packedOffset + 2 / vectors * panelStep + 2 % vectors * lanes;
    int to3 = packedOffset + 3 / vectors * panelStep + 3 % vectors * lanes;
    int to4 = packedOffset + 4 / vectors * panelStep;
    int to5 = packedOffset + 5 / vectors * panelStep + 5 % vectors * lanes;
    int to6 = packedOffset + 6 / vectors * panelStep + 6 % vectors * lanes;
    int to7 = packedOffset + 7 / vectors * panelStep + 7 % vectors * lanes;
    for (int p = 0; p < k; p++) {
      int from = xOffset + p * ldx;
      FloatVector x0 = FloatVector.fromArray(Simd.FLOATS, x, from);
      FloatVector x1 = FloatVector.fromArray(Simd.FLOATS, x, from + lanes);
      FloatVector x2 = FloatVector.fromArray(Simd.FLOATS, x, from + 2 * lanes);
      FloatVector x3 = FloatVector.fromArray(Simd.FLOATS, x, from + 3 * lanes);
      FloatVector x4 = FloatVector.fromArray(Simd.FLOATS, x, from + 4 * lanes);
      FloatVector x5 = FloatVector.fromArray(Simd.FLOATS, x, from + 5 * lanes);
      FloatVector x6 = FloatVector.fromArray(Simd.FLOATS, x, from + 6 * lanes);
      FloatVector x7 = FloatVector.fromArray(Simd.FLOATS, x, from + 7 * lanes);
      x0.intoArray(packed, packedOffset + p * width);
      x1.intoArray(packed, to1 + p * width);
      x2.intoArray(packed, to2 + p * width);
      x3.intoArray(packed, to3 + p * width);
      x4.intoArray(packed, to4 + p * width);
      x5.intoArray(packed, to5 + p * width);
      x6.intoArray(packed, to6 + p * width);
      x7.intoArray(packed, to7 + p * width);
    }
  }

  private static void straight(
      int k,
      int used,
      int width,
      float[] b,
      int bOffset,
      int ldb,
      float[] packed,
      int packedOffset) {
    int room = b.length - bOffset - width; // for whole vectors of the last row
    int whole = room < 0 ? 0 : ldb == 0 ? k : Math.min(k, room / ldb + 1);
    if (width == Simd.LANES) {
      oneVector(whole, b, bOffset, ldb, packed, packedOffset);
    } else {
      twoVectors(whole, b, bOffset, ldb, packed, packedOffset);
    }
    for (int p = whole; p < k; p++) {
      System.arraycopy(b, bOffset + p * ldb, packed, packedOffset + p * width, used);
    }
  }

  private static void oneVector(
      int k, float[] b, int bOffset, int ldb, float[] packed, int packedOffset) {
    int from = bOffset;
    for (int p = 0; p < k; p++) {
      FloatVector.fromArray(Simd.FLOATS, b, from).intoArray(packed, packedOffset + p * Simd.LANES);
      from += ldb;
    }
  }

  private static void twoVectors(
      int k, float[] b, int bOffset, int ldb, float[] packed, int packedOffset) {
    int lanes = Simd.LANES;
    int from = bOffset;
    for (int p = 0; p < k; p++) {
      FloatVector x0 = FloatVector.fromArray(Simd.FLOATS, b, from);
      FloatVector x1 = FloatVector.fromArray(Simd.FLOATS, b, from + lanes);
      x0.intoArray(packed, packedOffset + p * 2 * lanes);
      x1.intoArray(packed, packedOffset + p * 2 * lanes + lanes);
      from += ldb;
    }
  }

  /** Packs the transpose of {@code used} rows of k elements as one panel. */
  static void transposed(
      int k,
      int used,
      int width,
      float[] b,
      int bOffset,
      int ldb,
      float[] packed,
      int packedOffset) {
    int lanes = Simd.LANES;
    int whole = k - k % lanes;
    int j = 0;
    for (; j <= used - lanes; j += lanes) {
      for (int p = 0; p < whole; p += lanes) {
        Transposition.square(
            b, bOffset + j * ldb + p, ldb, packed, packedOffset + p * width + j, width);
      }
      for (int i = j; i < j + lanes; i++) {
        scatter(whole, k, b, bOffset + i * ldb, packed, packedOffset + i, width);
      }
    }
    for (; j < used; j++) {
      scatter(0, k, b, bOffset + j * ldb, packed, packedOffset + j, width);
    }
  }

  /** {@code y[p · step] ← x[p]} for p from {@code from} on. */
  private static void scatter(
      int from, int k, float[] x, int xOffset, float[] y, int yOffset, int step) {
    for (int p = from; p < k; p++) {
      y[yOffset + p * step] = x[xOffset + p];
    }
  }

  /**
   * Packs {@code rows} rows of {@code Aᵀ} in columns: A is k × rows, its rows {@code lda} apart.
   * Panel {@code i / LEFT_STEP} starts at {@code i · k}; the rows beyond the last hold anything.
   */
  static void left(int rows, int k, float[] a, int aOffset, int lda, float[] packed) {
    int step = Microkernel.LEFT_STEP;
    int i = 0;
    for (; i + TOGETHER * step <= rows; i += TOGETHER * step) {
      vectors(k, a, aOffset + i, lda, packed, i * k, step, step * k, 1);
    }
    for (; i < rows; i += step) {
      int used = Math.min(step, rows - i);
      for (int p = 0; p < k; p++) {
        int from = aOffset + p * lda + i;
        int to = i * k + p * step;
        if (used == step || from + step <= a.length) {
          FloatVector.fromArray(Simd.FLOATS, a, from).intoArray(packed, to);
          continue;
        }
        for (int r = 0; r < step; r++) {
          packed[to + r] = r < used ? a[from + r] : 0;
        }
      }
    }
  }
}
