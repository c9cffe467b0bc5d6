package lanewise.kernel;

import jdk.incubator.vector.FloatVector;

/**
 * The loops around the microkernel: a left operand given by the offsets of its rows (or packed in
 * columns) times the packed panels of a right operand. The panel that starts at column {@code j}
 * stands at {@code k · j}.
 */
final class Panels {
  private static final int MR = Microkernel.MR;

  private Panels() {}

  /**
   * Packs {@code op(B)}, k × columns, as rows {@code firstRow …} of panels of {@code panelRows}
   * rows; the columns beyond the last hold anything, as their products are dropped.
   */
  static void packRight(
      boolean transpose,
      int k,
      int columns,
      float[] b,
      int bOffset,
      int ldb,
      float[] packed,
      int packedOffset,
      int panelRows,
      int firstRow) {
    for (int j = 0; j < columns; j += Microkernel.panelWidth(columns - j)) {
      int width = Microkernel.panelWidth(columns - j);
      int used = Math.min(width, columns - j);
      int to = packedOffset + panelRows * j + firstRow * width;
      if (transpose) {
        packTransposed(k, used, width, b, bOffset + j * ldb, ldb, packed, to);
      } else {
        packStraight(k, used, width, b, bOffset + j, ldb, packed, to);
      }
    }
  }

  private static void packStraight(
      int k,
      int used,
      int width,
      float[] b,
      int bOffset,
      int ldb,
      float[] packed,
      int packedOffset) {
    int lanes = Simd.LANES;
    for (int p = 0; p < k; p++) {
      int from = bOffset + p * ldb;
      int to = packedOffset + p * width;
      int j = 0;
      for (; j < width && from + j + lanes <= b.length; j += lanes) {
        FloatVector.fromArray(Simd.FLOATS, b, from + j).intoArray(packed, to + j);
      }
      for (; j < used; j++) {
        packed[to + j] = b[from + j];
      }
    }
  }

  private static void packTransposed(
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
   * Packs {@code rows} rows of A, which stand {@code lda} apart, in columns, as {@link #packLeft}
   * does those of a transposed one.
   */
  static void packLeftRows(int rows, int k, float[] a, int aOffset, int lda, float[] packed) {
    int step = Microkernel.LEFT_STEP;
    int whole = k - k % step;
    for (int i = 0; i < rows; i += step) {
      int used = Math.min(step, rows - i);
      int first = 0;
      if (used == step) {
        for (int p = 0; p < whole; p += step) {
          Transposition.square(a, aOffset + i * lda + p, lda, packed, i * k + p * step, step);
        }
        first = whole;
      }
      for (int r = 0; r < used; r++) {
        scatter(first, k, a, aOffset + (i + r) * lda, packed, i * k + r, step);
      }
    }
  }

  /**
   * Packs {@code rows} rows of {@code Aᵀ} in columns: A is k × rows, its rows {@code lda} apart.
   * Panel {@code i / LEFT_STEP} starts at {@code i · k}; the rows beyond the last hold anything.
   */
  static void packLeft(int rows, int k, float[] a, int aOffset, int lda, float[] packed) {
    int step = Microkernel.LEFT_STEP;
    for (int i = 0; i < rows; i += step) {
      int used = Math.min(step, rows - i);
      for (int p = 0; p < k; p++) {
        int from = aOffset + p * lda + i;
        int to = i * k + p * step;
        if (used == step) {
          FloatVector.fromArray(Simd.FLOATS, a, from).intoArray(packed, to);
          continue;
        }
        for (int r = 0; r < step; r++) {
          packed[to + r] = r < used ? a[from + r] : 0;
        }
      }
    }
  }

  /**
   * {@code C ← store(A · B)} for {@code rows} rows of A, whose row i starts at {@code aOffset +
   * offsets[i]} and runs as {@link RowTile} says.
   *
   * @param panelRows rows of the packed panels' p, of which this block of k starts at {@code
   *     firstRow}
   */
  static void multiplyRows(
      int rows,
      int[] offsets,
      int runs,
      int length,
      int stride,
      float[] a,
      int aOffset,
      int columns,
      float[] packed,
      int packedOffset,
      int panelRows,
      int firstRow,
      TileStore store,
      float[] c,
      int cOffset,
      int ldc,
      Scratch scratch) {
    int way = store.way();
    float floor = store.floor();
    float[] tile = scratch.tile;
    float[] bias = store.bias(tile);
    for (int j = 0; j < columns; j += Microkernel.panelWidth(columns - j)) {
      int width = Microkernel.panelWidth(columns - j);
      int panel = packedOffset + panelRows * j + firstRow * width;
      int used = Math.min(width, columns - j);
      int biasOffset = store.biasOffset(j);
      // Narrower than its panel, a row of C spills into the next, which is then written over.
      boolean spills =
          used < width
              && j == 0
              && ldc == columns
              && spillsSafely(way, bias.length - biasOffset - width);
      int straight =
          way >= 0 && (used == width || spills) ? rows - (width - used + columns - 1) / columns : 0;
      int i = 0;
      if (width == Simd.LANES) {
        for (; i <= straight - 2 * MR; i += 2 * MR) {
          RowTile.rows8x1(
              runs,
              length,
              stride,
              a,
              aOffset + offsets[i],
              aOffset + offsets[i + 1],
              aOffset + offsets[i + 2],
              aOffset + offsets[i + 3],
              aOffset + offsets[i + 4],
              aOffset + offsets[i + 5],
              aOffset + offsets[i + 6],
              aOffset + offsets[i + 7],
              packed,
              panel,
              way,
              bias,
              biasOffset,
              floor,
              c,
              cOffset + i * ldc + j,
              ldc);
        }
      }
      for (; i < rows; i += MR) {
        int last = rows - 1;
        int a0 = aOffset + offsets[i];
        int a1 = aOffset + offsets[Math.min(i + 1, last)];
        int a2 = aOffset + offsets[Math.min(i + 2, last)];
        int a3 = aOffset + offsets[Math.min(i + 3, last)];
        int at = cOffset + i * ldc + j;
        if (i <= straight - MR) {
          RowTile.multiply(
              width,
              runs,
              length,
              stride,
              a,
              a0,
              a1,
              a2,
              a3,
              packed,
              panel,
              way,
              bias,
              biasOffset,
              floor,
              c,
              at,
              ldc);
        } else {
          RowTile.multiply(
              width,
              runs,
              length,
              stride,
              a,
              a0,
              a1,
              a2,
              a3,
              packed,
              panel,
              Microkernel.STORE,
              tile,
              0,
              0,
              tile,
              0,
              width);
          store.finish(Math.min(MR, rows - i), used, tile, width, c, at, ldc, j);
        }
      }
    }
  }

  private static boolean spillsSafely(int way, int biasRoom) {
    return way == Microkernel.STORE || (way == Microkernel.FINISH && biasRoom >= 0);
  }

  /**
   * {@code C ← store(A · B)} for {@code rows} rows of A packed in columns: panel {@code i /
   * LEFT_STEP} starts at {@code aOffset + i · k}.
   */
  static void multiplyColumns(
      int rows,
      int k,
      float[] a,
      int aOffset,
      int columns,
      float[] packed,
      int packedOffset,
      TileStore store,
      float[] c,
      int cOffset,
      int ldc,
      Scratch scratch) {
    int step = Microkernel.LEFT_STEP;
    int way = store.way();
    float floor = store.floor();
    float[] tile = scratch.tile;
    float[] bias = store.bias(tile);
    for (int j = 0; j < columns; j += Microkernel.panelWidth(columns - j)) {
      int width = Microkernel.panelWidth(columns - j);
      int panel = packedOffset + k * j;
      int used = Math.min(width, columns - j);
      int biasOffset = store.biasOffset(j);
      for (int i = 0; i < rows; i += MR) {
        int left = aOffset + i / step * step * k + i % step;
        int at = cOffset + i * ldc + j;
        if (way >= 0 && used == width && i <= rows - MR) {
          ColumnTile.multiply(
              width, k, a, left, packed, panel, way, bias, biasOffset, floor, c, at, ldc);
        } else {
          ColumnTile.multiply(
              width, k, a, left, packed, panel, Microkernel.STORE, tile, 0, 0, tile, 0, width);
          store.finish(Math.min(MR, rows - i), used, tile, width, c, at, ldc, j);
        }
      }
    }
  }
}
