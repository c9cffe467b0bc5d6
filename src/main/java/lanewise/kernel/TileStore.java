package lanewise.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * What becomes of a tile's sums: {@code c ← alpha · sum + prior}, where the prior is nothing,
 * {@code beta · c} or {@code c}, and after the last block of k the epilogue. One per thread, set
 * before the tiles of a block run.
 */
final class TileStore {
  /** A prior that adds nothing: −0, as x + −0 is x for each x, for zeros of either sign too. */
  static final float[] NO_PRIOR = new float[ThreeVectorTile.COLUMNS];

  static {
    Arrays.fill(NO_PRIOR, -0f);
  }

  private float alpha;
  private float beta;
  private boolean last;
  private Epilogue epilogue = Epilogue.NONE;
  private int firstColumn;

  /**
   * Sets what follows; {@code beta == 0} does not read C, and the epilogue runs if this block of k
   * is the last. Column 0 of the tiles is column {@code firstColumn} of the epilogue.
   */
  TileStore set(float alpha, float beta, boolean last, Epilogue epilogue, int firstColumn) {
    this.alpha = alpha;
    this.beta = beta;
    this.last = last;
    this.epilogue = epilogue;
    this.firstColumn = firstColumn;
    return this;
  }

  /** Whether tiles do it all, with {@link #prior} and, if it {@link #finishes}, a bound. */
  boolean inTiles() {
    boolean bounds = epilogue.bias() != null && (!epilogue.activates() || epilogue.isRelu());
    return sumsInTiles() && (bounds || !finishes());
  }

  /** Whether tiles get the sums to C, before {@link #epilogue}. */
  boolean sumsInTiles() {
    return alpha == 1 && (beta == 0 || beta == 1);
  }

  /** Whether tiles do it all, and read nothing of C. */
  boolean overwrites() {
    return inTiles() && !adds();
  }

  /** Whether C, or a part, joins the sums. */
  boolean adds() {
    return beta != 0;
  }

  /**
   * What a tile adds to its sums, C or {@link #NO_PRIOR}. With one method for both, that begins or
   * goes on, C2 compiles it once and sooner; a branch it would take for dead until the second
   * block.
   */
  float[] prior(float[] c) {
    return beta == 0 ? NO_PRIOR : c;
  }

  /** Masks an offset or a step of C, to be one of {@link #prior}. */
  int mask() {
    return beta == 0 ? 0 : -1;
  }

  /** Whether {@link #epilogue} changes anything. */
  boolean finishes() {
    return last && (epilogue.bias() != null || epilogue.activates());
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

  /** Finishes {@code rows × columns} of a tile of sums whose rows stand {@code width} apart. */
  void finish(
      int rows,
      int columns,
      float[] tile,
      int tileOffset,
      int width,
      float[] c,
      int cOffset,
      int ldc,
      int column) {
    for (int i = 0; i < rows; i++) {
      row(columns, tile, tileOffset + i * width, c, cOffset + i * ldc, column);
    }
  }

  /**
   * Finishes one row of sums whose first belongs to column {@code column}. Each step is a loop of
   * its own, since a branch within one loop that is seldom taken is not inlined, and its vectors
   * are allocated.
   */
  void row(int columns, float[] sums, int sumsOffset, float[] c, int cOffset, int column) {
    if (beta == 0) {
      scale(columns, alpha, sums, sumsOffset, c, cOffset);
    } else {
      accumulate(columns, alpha, sums, sumsOffset, beta, c, cOffset);
    }
    if (finishes()) {
      epilogue(1, columns, c, cOffset, 0, column);
    }
  }

  /** Bias and activation on rows of C whose first element belongs to column {@code column}. */
  void epilogue(int rows, int columns, float[] c, int cOffset, int ldc, int column) {
    float[] bias = epilogue.bias();
    if (bias != null && (!epilogue.activates() || epilogue.isRelu())) {
      addBounded(rows, columns, bias, biasOffset(column), floor(), c, cOffset, ldc);
      return;
    }
    for (int i = 0; i < rows; i++) {
      int at = cOffset + i * ldc;
      if (bias != null) {
        add(columns, bias, biasOffset(column), c, at);
      }
      if (epilogue.activates() && epilogue.slope() == 0) {
        relu(columns, epilogue.cap(), c, at);
      } else if (epilogue.activates()) {
        leakyRelu(columns, epilogue.slope(), epilogue.cap(), c, at);
      }
    }
  }

  private static void scale(int n, float alpha, float[] x, int xOffset, float[] c, int cOffset) {
    int j = 0;
    for (; j <= n - Simd.LANES; j += Simd.LANES) {
      FloatVector.fromArray(Simd.FLOATS, x, xOffset + j).mul(alpha).intoArray(c, cOffset + j);
    }
    for (; j < n; j++) {
      c[cOffset + j] = alpha * x[xOffset + j];
    }
  }

  private static void accumulate(
      int n, float alpha, float[] x, int xOffset, float beta, float[] c, int cOffset) {
    int j = 0;
    for (; j <= n - Simd.LANES; j += Simd.LANES) {
      FloatVector prior = FloatVector.fromArray(Simd.FLOATS, c, cOffset + j).mul(beta);
      FloatVector.fromArray(Simd.FLOATS, x, xOffset + j)
          .fma(FloatVector.broadcast(Simd.FLOATS, alpha), prior)
          .intoArray(c, cOffset + j);
    }
    for (; j < n; j++) {
      c[cOffset + j] = Math.fma(alpha, x[xOffset + j], beta * c[cOffset + j]);
    }
  }

  /** Down the rows, so that narrow ones do not spend their time in the loop's overhead. */
  private static void addBounded(
      int rows, int n, float[] bias, int biasOffset, float floor, float[] c, int cOffset, int ldc) {
    int j = 0;
    for (; j <= n - Simd.LANES; j += Simd.LANES) {
      FloatVector b = FloatVector.fromArray(Simd.FLOATS, bias, biasOffset + j);
      for (int i = 0; i < rows; i++) {
        int at = cOffset + i * ldc + j;
        FloatVector.fromArray(Simd.FLOATS, c, at).add(b).max(floor).intoArray(c, at);
      }
    }
    for (; j < n; j++) {
      for (int i = 0; i < rows; i++) {
        int at = cOffset + i * ldc + j;
        c[at] = Math.max(c[at] + bias[biasOffset + j], floor);
      }
    }
  }

  private static void add(int n, float[] bias, int biasOffset, float[] c, int cOffset) {
    int j = 0;
    for (; j <= n - Simd.LANES; j += Simd.LANES) {
      FloatVector.fromArray(Simd.FLOATS, c, cOffset + j)
          .add(FloatVector.fromArray(Simd.FLOATS, bias, biasOffset + j))
          .intoArray(c, cOffset + j);
    }
    for (; j < n; j++) {
      c[cOffset + j] += bias[biasOffset + j];
    }
  }

  private static void relu(int n, float cap, float[] c, int cOffset) {
    int j = 0;
    for (; j <= n - Simd.LANES; j += Simd.LANES) {
      FloatVector.fromArray(Simd.FLOATS, c, cOffset + j).max(0).min(cap).intoArray(c, cOffset + j);
    }
    for (; j < n; j++) {
      c[cOffset + j] = Math.min(Math.max(c[cOffset + j], 0), cap);
    }
  }

  private static void leakyRelu(int n, float slope, float cap, float[] c, int cOffset) {
    int j = 0;
    for (; j <= n - Simd.LANES; j += Simd.LANES) {
      FloatVector x = FloatVector.fromArray(Simd.FLOATS, c, cOffset + j);
      x.min(cap).blend(x.mul(slope), x.compare(VectorOperators.LT, 0)).intoArray(c, cOffset + j);
    }
    for (; j < n; j++) {
      float x = c[cOffset + j];
      c[cOffset + j] = x < 0 ? slope * x : Math.min(x, cap);
    }
  }
}
