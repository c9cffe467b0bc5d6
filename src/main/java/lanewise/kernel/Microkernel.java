package lanewise.kernel;

/**
 * The register tile: rows of C by 1 or 2 vectors, its sums in named locals while k runs upward.
 *
 * <p>The right operand is a packed panel: for each p, its row of 1 or 2 vectors. The left one is
 * read in one of two ways: {@link RowTile} and {@link SixRowTile}, rows where they lie (a
 * convolution's patch in its image, a matrix that is not transposed), or {@link ColumnTile},
 * packed.
 *
 * <p>A core with two FMA ports and four cycles of latency wants at least 8 sums in flight. With 16
 * registers 6 × 2 vectors of sums, 2 of the right operand and 1 of the left fit, 4 × 2 where rows
 * are few. With 32 registers larger tiles fit, but gain nothing that was measured, except that
 * {@link ThreeVectorTile} leaves no single vector over.
 *
 * <p>In a tile's method the compiler inlines more bytecodes than it counts on (8,000), and then no
 * more calls but those of the Vector API itself, which it always inlines; a vector passed to any
 * other is boxed. So tiles call nothing else. A vector that is merged after a branch may be boxed
 * as well, hence each way of finishing runs to its end.
 */
final class Microkernel {
  static final int LANES = Simd.LANES;

  /** Rows of the least tile. */
  static final int MR = 4;

  /** Vectors in a full tile's row. */
  static final int VECTORS = 2;

  /** Columns of a full tile. */
  static final int NR = VECTORS * LANES;

  /** Rows that a packed left panel holds side by side. */
  static final int LEFT_STEP = LANES;

  /** The longest array whose every offset {@link #OFFSETS} keeps. */
  static final int LONGEST = 1 << 30;

  /** Masks an offset, which changes none of a packed panel or of an array not too long. */
  static final int OFFSETS = LONGEST - 1;

  /** Masks a panel's k, and changes none. */
  static final int LENGTHS = (1 << 22) - 1;

  private Microkernel() {}

  /**
   * Columns of the panel that starts with {@code remaining} columns to go, as packed: whole
   * vectors.
   */
  static int panelWidth(int remaining) {
    int vectors = (remaining + LANES - 1) / LANES;
    return Math.min(vectors, VECTORS) * LANES;
  }

  /** Columns of all panels together. */
  static int packedWidth(int columns) {
    return (columns + LANES - 1) / LANES * LANES;
  }
}
