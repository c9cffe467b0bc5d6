package lanewise.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The register tile: {@code MR = 4} rows of C by 1, 2 or 4 vectors, its sums in named locals while k runs upward.
 *
 * <p>The right operand is a packed panel: for each p, its row of 1, 2 or 4 vectors. The left one is read in one of two
 * ways: {@link RowTile}, rows where they lie (a convolution's patch in its image, a matrix that is not transposed), or
 * {@link ColumnTile}, packed.
 *
 * <p>A core with two FMA ports and four cycles of latency wants 8 sums in flight: 4 × 2 vectors, which with 2 vectors of
 * the right operand and 1 of the left fit 16 registers; with 32 registers 4 × 4 halves the loads per FMA.
 */
final class Microkernel {
  static final int LANES = Simd.LANES;

  /** Rows of a tile. */
  static final int MR = 4;

  /** Vectors in a full tile's row. */
  static final int VECTORS = Simd.REGISTERS >= 32 ? 4 : 2;

  /** Columns of a full tile. */
  static final int NR = VECTORS * LANES;

  /** Rows that a packed left panel holds side by side. */
  static final int LEFT_STEP = LANES;

  /** {@code C ← sums}. */
  static final int STORE = 0;

  /** {@code C ← sums + C}. */
  static final int ADD = 1;

  /** {@code C ← max(sums + bias, floor)}. */
  static final int FINISH = 2;

  /** {@code C ← max(sums + C + bias, floor)}. */
  static final int ADD_AND_FINISH = 3;

  private Microkernel() {}

  // A vector that is merged after a branch may be boxed, hence each way of finishing to its end.

  static void add(FloatVector x, float[] c, int at) {
    x.add(Simd.load(c, at)).intoArray(c, at);
  }

  static void finish(FloatVector x, FloatVector bias, FloatVector floor, float[] c, int at) {
    FloatVector y = x.add(bias);
    y.blend(floor, y.compare(VectorOperators.LT, floor)).intoArray(c, at);
  }

  static void addAndFinish(FloatVector x, FloatVector bias, FloatVector floor, float[] c, int at) {
    finish(x.add(Simd.load(c, at)), bias, floor, c, at);
  }

  /** Columns of the panel that starts with {@code remaining} columns to go, as packed: whole vectors. */
  static int panelWidth(int remaining) {
    int vectors = (remaining + LANES - 1) / LANES;
    return (vectors >= VECTORS ? VECTORS : vectors >= 2 ? 2 : 1) * LANES;
  }

  /** Columns of all panels together. */
  static int packedWidth(int columns) {
    return (columns + LANES - 1) / LANES * LANES;
  }
}
