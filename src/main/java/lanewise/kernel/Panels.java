package lanewise.kernel;

/**
 * The loops around the microkernel: a left operand given by the offsets of its rows (or packed in
 * columns) times the panels of a right operand, both as {@link Packing} packs them.
 */
final class Panels {
  private static final int MR = Microkernel.MR;

  private static final int NR = Microkernel.NR;

  /** Elements of C that are finished together, 16 KB. */
  private static final int FINISHED = 4096;

  /** Steps of p, over all tiles, for which a call that finishes rows of one panel pays. */
  private static final int DEPTH = 512;

  /** By the remainder of even rows divided by six: rows that are left to tiles of four. */
  private static final int[] FOURS = {0, 0, 8, 0, 4, 0};

  private Panels() {}

  /**
   * {@code C ← store(A · B)} for {@code rows} rows of A, whose row i starts at {@code aOffset +
   * offsets[i]} and runs as {@link RowTile} says.
   *
   * @param before as the panels were packed
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
      int before,
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
    boolean inTiles = store.inTiles();
    boolean adds = store.adds();
    boolean bounded = inTiles && store.finishes();
    float[] prior = store.prior(c);
    int mask = store.mask();
    float floor = store.floor();
    float[] tile = scratch.tile;
    int full = columns / NR;
    int sixes = !store.sumsInTiles() || a.length > Microkernel.LONGEST ? 0 : sixes(rows);
    boolean threes = runs == 1 && ThreeVectorTile.suits(columns);
    int pairs = threes ? full - 1 : full;
    if (pairs > 0) {
      sixRows(
          sixes,
          pairs,
          pairs * NR,
          panelRows * NR,
          offsets,
          runs,
          length,
          stride,
          a,
          aOffset,
          packed,
          packedOffset + firstRow * NR,
          store,
          store.bias(tile),
          store.biasOffset(0),
          0,
          c,
          cOffset,
          ldc);
    }
    if (threes) {
      int j = pairs * NR;
      int panel = packedOffset + panelRows * j + firstRow * NR;
      int last = packedOffset + panelRows * (j + NR) + firstRow * Simd.LANES;
      sixRowsOfThree(
          sixes, length, offsets, a, aOffset, packed, panel, last, store, j, c, cOffset + j, ldc);
    }
    for (int j = 0; j < columns; j += Microkernel.panelWidth(columns - j)) {
      int width = Microkernel.panelWidth(columns - j);
      int panel = packedOffset + panelRows * j + firstRow * width;
      int start = Packing.panelStart(j, columns, before);
      int used = Math.min(width, columns - start);
      int at = cOffset + start;
      float[] bias = store.bias(tile);
      int biasOffset = store.biasOffset(start);
      if (used < width && bounded) {
        System.arraycopy(bias, biasOffset, scratch.bias, 0, used);
        bias = scratch.bias;
        biasOffset = 0;
      }
      int whole = rows / MR * MR;
      if (!inTiles || (adds && (start < j || used < width))) {
        whole = 0;
      } else if (used < width) {
        whole = j == 0 && ldc == columns ? spillingRows(rows, columns, width) : 0;
      }
      int looped = a.length <= Microkernel.LONGEST ? whole : 0;
      int i = 0;
      if (threes || j < full * NR) {
        i = sixes;
      } else if (width == NR) {
        i = sixes(looped);
        sixRows(
            i,
            1,
            used,
            0,
            offsets,
            runs,
            length,
            stride,
            a,
            aOffset,
            packed,
            panel,
            store,
            bias,
            biasOffset,
            start,
            c,
            at,
            ldc);
      } else if (!bounded) {
        RowTile.multiply(
            looped, runs, length, stride, a, aOffset, offsets, packed, panel, prior, mask, c, at,
            ldc);
        i = looped;
      } else if (!adds) {
        RowTile.finish(
            looped,
            runs,
            length,
            stride,
            a,
            aOffset,
            offsets,
            packed,
            panel,
            bias,
            biasOffset,
            floor,
            c,
            at,
            ldc);
        i = looped;
      }
      for (; i < rows; i += MR) {
        boolean direct = i < whole;
        if (!direct && whole > 0 && used == width && !adds) {
          i = rows - MR; // the last tile repeats some rows, as a panel repeats columns
          direct = true;
        }
        int last = rows - 1;
        int a0 = aOffset + offsets[i];
        int a1 = aOffset + offsets[Math.min(i + 1, last)];
        int a2 = aOffset + offsets[Math.min(i + 2, last)];
        int a3 = aOffset + offsets[Math.min(i + 3, last)];
        if (direct) {
          RowTile.tile(
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
              prior,
              mask,
              bounded,
              bias,
              biasOffset,
              floor,
              c,
              at + i * ldc,
              ldc);
        } else {
          RowTile.tile(
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
              TileStore.NO_PRIOR,
              0,
              false,
              tile,
              0,
              0,
              tile,
              0,
              width);
          int skip = j - start;
          int to = at + i * ldc + skip;
          store.finish(Math.min(MR, rows - i), used - skip, tile, skip, width, c, to, ldc, j);
        }
      }
    }
  }

  /** Of {@code rows} rows, those that tiles of six take; tiles of four take the rest. */
  private static int sixes(int rows) {
    int whole = rows / MR * MR;
    return whole - FOURS[whole % SixRowTile.ROWS];
  }

  /**
   * Multiplies rows by tiles of six. A bias that needs no sum of C joins in the tiles, by some rows
   * of one panel after the other; what else follows is done to as many rows as the first-level
   * cache holds.
   *
   * @param columns of C that are finished
   * @param column of the epilogue at {@code at}
   */
  private static void sixRows(
      int rows,
      int panels,
      int columns,
      int panelStep,
      int[] offsets,
      int runs,
      int length,
      int stride,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      TileStore store,
      float[] bias,
      int biasOffset,
      int column,
      float[] c,
      int at,
      int ldc) {
    boolean finishes = store.finishes();
    int six = SixRowTile.ROWS;
    if (finishes && store.overwrites()) {
      int step = panels == 1 ? rows : six * Math.max(4, DEPTH / Math.max(1, runs * length));
      for (int first = 0; first < rows; first += step) {
        for (int panel = 0; panel < panels; panel++) {
          finishSix(
              first,
              Math.min(step, rows - first),
              offsets,
              runs,
              length,
              stride,
              a,
              aOffset,
              b,
              bOffset + panel * panelStep,
              bias,
              biasOffset + panel * NR,
              store.floor(),
              c,
              at + panel * NR,
              ldc);
        }
      }
      return;
    }
    boolean stores = SixRowTile.STORES && !store.adds();
    float[] prior = store.prior(c);
    int mask = store.mask();
    int step = finishes ? rowsToFinish(columns) : rows;
    for (int first = 0; first < rows; first += step) {
      int some = Math.min(step, rows - first);
      if (runs == 1 && stores) {
        SixRowTile.store(
            first, some, panels, panelStep, length, a, aOffset, offsets, b, bOffset, c, at, ldc);
      } else if (runs == 1) {
        SixRowTile.multiply(
            first, some, panels, panelStep, length, a, aOffset, offsets, b, bOffset, prior, mask, c,
            at, ldc);
      } else if (stores) {
        SixRowTile.storeRuns(
            first, some, panels, panelStep, runs, length, stride, a, aOffset, offsets, b, bOffset,
            c, at, ldc);
      } else {
        SixRowTile.multiplyRuns(
            first, some, panels, panelStep, runs, length, stride, a, aOffset, offsets, b, bOffset,
            prior, mask, c, at, ldc);
      }
      if (finishes) {
        store.epilogue(some, columns, c, at + first * ldc, ldc, column);
      }
    }
  }

  /** Rows of so many columns that the first-level cache holds, whole tiles. */
  private static int rowsToFinish(int columns) {
    return Math.max(SixRowTile.ROWS, FINISHED / columns / SixRowTile.ROWS * SixRowTile.ROWS);
  }

  /** As {@link #sixRows}, for the columns from {@code column} on. */
  private static void sixRowsOfThree(
      int rows,
      int k,
      int[] offsets,
      float[] a,
      int aOffset,
      float[] b,
      int panel,
      int lastPanel,
      TileStore store,
      int column,
      float[] c,
      int at,
      int ldc) {
    boolean finishes = store.finishes();
    float[] prior = store.prior(c);
    int mask = store.mask();
    int step = finishes ? rowsToFinish(ThreeVectorTile.COLUMNS) : rows;
    for (int first = 0; first < rows; first += step) {
      int some = Math.min(step, rows - first);
      ThreeVectorTile.multiply(
          first, some, k, a, aOffset, offsets, b, panel, lastPanel, prior, mask, c, at, ldc);
      if (finishes) {
        store.epilogue(some, ThreeVectorTile.COLUMNS, c, at + first * ldc, ldc, column);
      }
    }
  }

  private static void finishSix(
      int first,
      int rows,
      int[] offsets,
      int runs,
      int length,
      int stride,
      float[] a,
      int aOffset,
      float[] b,
      int panel,
      float[] bias,
      int biasOffset,
      float floor,
      float[] c,
      int at,
      int ldc) {
    if (runs == 1) {
      SixRowTile.finish(
          first, rows, length, a, aOffset, offsets, b, panel, bias, biasOffset, floor, c, at, ldc);
    } else {
      SixRowTile.finishRuns(
          first,
          rows,
          runs,
          length,
          stride,
          a,
          aOffset,
          offsets,
          b,
          panel,
          bias,
          biasOffset,
          floor,
          c,
          at,
          ldc);
    }
  }

  /**
   * The rows of C, narrower than their only panel, that whole tiles may write: what spills over a
   * row's end is written over with the next row.
   */
  private static int spillingRows(int rows, int columns, int width) {
    int spilled = (width - 1) / columns;
    return Math.max(0, rows - spilled) / MR * MR;
  }

  /**
   * {@code C ← store(A · B)} for {@code rows} rows of A packed in columns: panel {@code i /
   * LEFT_STEP} starts at {@code aOffset + i · k}.
   *
   * @param before as the panels were packed
   */
  static void multiplyColumns(
      int rows,
      int k,
      float[] a,
      int aOffset,
      int before,
      int columns,
      float[] packed,
      int packedOffset,
      TileStore store,
      float[] c,
      int cOffset,
      int ldc,
      Scratch scratch) {
    int step = Microkernel.LEFT_STEP;
    boolean inTiles = store.inTiles();
    boolean finishes = store.finishes();
    float[] prior = store.prior(c);
    int mask = store.mask();
    float floor = store.floor();
    float[] tile = scratch.tile;
    float[] bias = store.bias(tile);
    // What is left starts in a tile of four rows.
    int sixes = rows % SixRowTile.ROWS == 0 ? rows : rows / 12 * 12;
    int full = columns / NR;
    if (sixes == 0 || !inTiles || finishes) {
      full = 0;
    } else if (SixRowTile.STORES && !store.adds()) {
      SixColumnTile.store(
          sixes, full, k * NR, k, a, aOffset, packed, packedOffset, c, cOffset, ldc);
    } else {
      SixColumnTile.multiply(
          sixes, full, k * NR, k, a, aOffset, packed, packedOffset, prior, mask, c, cOffset, ldc);
    }
    for (int j = 0; j < columns; j += Microkernel.panelWidth(columns - j)) {
      int width = Microkernel.panelWidth(columns - j);
      int panel = packedOffset + k * j;
      int start = Packing.panelStart(j, columns, before);
      int used = Math.min(width, columns - start);
      int skip = j - start;
      int biasOffset = store.biasOffset(start);
      boolean repeats = skip > 0 && store.adds();
      int height = ColumnTile.rows(width);
      for (int i = j < full * NR ? sixes : 0; i < rows; i += height) {
        int left = aOffset + i / step * step * k + i % step;
        int at = cOffset + i * ldc + start;
        if (inTiles && !repeats && used == width && i <= rows - height) {
          ColumnTile.multiply(
              width,
              k,
              a,
              left,
              packed,
              panel,
              prior,
              mask,
              finishes,
              bias,
              biasOffset,
              floor,
              c,
              at,
              ldc);
        } else {
          ColumnTile.multiply(
              width,
              k,
              a,
              left,
              packed,
              panel,
              TileStore.NO_PRIOR,
              0,
              false,
              tile,
              0,
              0,
              tile,
              0,
              width);
          store.finish(
              Math.min(height, rows - i), used - skip, tile, skip, width, c, at + skip, ldc, j);
        }
      }
    }
  }
}
