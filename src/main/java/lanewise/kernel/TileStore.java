package lanewise.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * What becomes of a tile's sums: {@code c ← alpha · sum + prior}, where the prior is nothing, {@code beta · c} or
 * {@code c}, and after the last block of k the epilogue. One per thread, set before the tiles of a block run.
 */
final class TileStore {
  private float alpha;
  private float beta;
  private boolean last;
  private Epilogue epilogue = Epilogue.NONE;
  private int firstColumn;

  /**
   * Sets what follows; {@code beta == 0} does not read C, and the epilogue runs if this block of k is the last. Column 0
   * of the tiles is column {@code firstColumn} of the epilogue.
   */
  TileStore set(float alpha, float beta, boolean last, Epilogue epilogue, int firstColumn) {
    this.alpha = alpha;
    this.beta = beta;
    this.last = last;
    this.epilogue = epilogue;
    this.firstColumn = firstColumn;
    return this;
  }

  /** The microkernel's own way of doing the same, or −1 if it has none. */
  int way() {
    if (alpha != 1 || (beta != 0 && beta != 1)) {
      return -1;
    }
    if (!last || epilogue == Epilogue.NONE) {
      return beta == 0 ? Microkernel.STORE : Microkernel.ADD;
    }
    if (epilogue.bias() == null || (epilogue.activates() && !epilogue.isRelu())) {
      return -1;
    }
    return beta == 0 ? Microkernel.FINISH : Microkernel.ADD_AND_FINISH;
  }

  /** The array of biases; any array where there are none. */
  float[] bias(float[] otherwise) {
    float[] bias = epilogue.bias();
    return bias == null ? otherwise : bias;
  }

  /** Where the bias of column {@code column} stands. */
  int biasOffset(int column) {
    return epilogue.biasOffset() + firstColumn + column;
  }

  /** The least value that an element keeps. */
  float floor() {
    return epilogue.activates() ? 0 : Float.NEGATIVE_INFINITY;
  }

  /** Finishes the {@code rows × columns} corner of a tile of sums whose rows stand {@code width} apart. */
  void finish(int rows, int columns, float[] tile, int width, float[] c, int cOffset, int ldc, int column) {
    for (int i = 0; i < rows; i++) {
      row(columns, tile, i * width, c, cOffset + i * ldc, column);
    }
  }

  /** Finishes one row of sums whose first belongs to column {@code column}. */
  void row(int columns, float[] sums, int sumsOffset, float[] c, int cOffset, int column) {
    int j = 0;
    for (; j <= columns - Simd.LANES; j += Simd.LANES) {
      finish(Simd.load(sums, sumsOffset + j), c, cOffset + j, column + j).intoArray(c, cOffset + j);
    }
    for (; j < columns; j++) {
      finish(sums[sumsOffset + j], c, cOffset + j, column + j);
    }
  }

  private FloatVector finish(FloatVector sum, float[] c, int at, int column) {
    FloatVector x = sum;
    if (beta != 0) {
      x = x.fma(Simd.broadcast(alpha), Simd.load(c, at).mul(beta));
    } else if (alpha != 1) {
      x = x.mul(alpha);
    }
    return last && epilogue != Epilogue.NONE ? finish(x, column) : x;
  }

  private FloatVector finish(FloatVector sum, int column) {
    FloatVector x = sum;
    float[] bias = epilogue.bias();
    if (bias != null) {
      x = x.add(Simd.load(bias, epilogue.biasOffset() + firstColumn + column));
    }
    if (epilogue.activates()) {
      float slope = epilogue.slope();
      FloatVector negative = slope == 0 ? Simd.zero() : x.mul(slope);
      FloatVector positive = epilogue.cap() < Float.POSITIVE_INFINITY ? x.min(epilogue.cap()) : x;
      x = positive.blend(negative, x.compare(VectorOperators.LT, 0));
    }
    return x;
  }

  private void finish(float sum, float[] c, int at, int column) {
    float x = beta == 0 ? alpha * sum : Math.fma(alpha, sum, beta * c[at]);
    c[at] = last ? epilogue.apply(x, firstColumn + column) : x;
  }
}
