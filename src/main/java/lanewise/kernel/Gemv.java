package lanewise.kernel;

import static jdk.incubator.vector.FloatVector.fromArray;
import static lanewise.kernel.Simd.FLOATS;
import static lanewise.kernel.Simd.LANES;

import jdk.incubator.vector.FloatVector;

/**
 * A matrix times a vector, {@code y ← alpha · op(A) · x + beta · y}, over row-major {@code
 * float[]}.
 *
 * <p>Each element of y is summed in one order, whatever the machine: by a row of A as {@link Dot}
 * does, by a column of A (transposed) as {@link Gemm} does. The sum makes {@code alpha · sum + beta
 * · y}, the last product and addition rounded once.
 */
public final class Gemv {
  // m, n: rows and columns of A

  /** Rows that share the loads of x: 4 × 2 vectors of sums hide the latency of 2 FMA ports. */
  private static final int ROWS = 4;

  /** About 10 µs of work for each task, against 1 µs for handing it over. */
  private static final int TASK_ELEMENTS = 1 << 15;

  static {
    VectorModule.require();
  }

  private Gemv() {}

  /**
   * {@code y ← alpha · op(A) · x + beta · y}, where {@code op} transposes or not.
   *
   * <p>A is {@code [m, n]} as stored; its leading dimension is the distance between rows. Without
   * {@code transpose} x has n elements and y has m, with it x has m and y has n. With {@code beta
   * == 0} y is not read. Modified: y.
   *
   * @throws IllegalArgumentException if a size is negative, the leading dimension is smaller than a
   *     row, or y overlaps A or x
   * @throws IndexOutOfBoundsException if an operand does not lie within its array
   */
  public static void multiply(
      boolean transpose,
      int m,
      int n,
      float alpha,
      float[] a, // [m, n]
      int aOffset,
      int lda,
      float[] x, // [transpose ? m : n]
      int xOffset,
      float beta,
      float[] y, // [transpose ? n : m]
      int yOffset) {
    if ((m | n) < 0) {
      throw new IllegalArgumentException("Gemv: sizes must be at least 0, got m " + m + ", n " + n);
    }
    int aEnd = Operands.matrix("Gemv", "A", m, n, a, aOffset, lda);
    int xEnd = Operands.vector("Gemv", "x", transpose ? m : n, x, xOffset);
    int yEnd = Operands.vector("Gemv", "y", transpose ? n : m, y, yOffset);
    Operands.apart("Gemv", "A", a, aOffset, aEnd, "y", y, yOffset, yEnd);
    Operands.apart("Gemv", "x", x, xOffset, xEnd, "y", y, yOffset, yEnd);
    if (transpose) {
      Gemm.multiply(
          false, false, 1, n, m, alpha, x, xOffset, m, a, aOffset, lda, beta, y, yOffset, n);
    } else if (m > 0) {
      Job.CURRENT.get().run(m, n, alpha, a, aOffset, lda, x, xOffset, beta, y, yOffset);
    }
  }

  /** One call's arguments and its tasks, runs of rows; reused, so that a call allocates nothing. */
  private static final class Job implements WorkerPool.Task {
    static final ThreadLocal<Job> CURRENT = ThreadLocal.withInitial(Job::new);

    private static final float[] NOTHING = {};

    private int m;
    private int n;
    private float alpha;
    private float[] a = NOTHING;
    private int aOffset;
    private int lda;
    private float[] x = NOTHING;
    private int xOffset;
    private float beta;
    private float[] y = NOTHING;
    private int yOffset;
    private int taskRows;

    void run(
        int m,
        int n,
        float alpha,
        float[] a,
        int aOffset,
        int lda,
        float[] x,
        int xOffset,
        float beta,
        float[] y,
        int yOffset) {
      this.m = m;
      this.n = n;
      this.alpha = alpha;
      this.a = a;
      this.aOffset = aOffset;
      this.lda = lda;
      this.x = x;
      this.xOffset = xOffset;
      this.beta = beta;
      this.y = y;
      this.yOffset = yOffset;
      // A cache line of y, so that two threads do not write to one.
      taskRows = Math.ceilDiv(Math.ceilDiv(TASK_ELEMENTS, Math.max(1, n)), 16) * 16;
      try {
        WorkerPool.run(Math.ceilDiv(m, taskRows), this);
      } finally {
        this.a = NOTHING;
        this.x = NOTHING;
        this.y = NOTHING;
      }
    }

    @Override
    public void run(int task) {
      int i = task * taskRows;
      int end = Math.min(m - i, taskRows) + i;
      int whole = n - n % Reductions.PARTIALS;
      float[] partials = Reductions.partials();
      for (; i <= end - ROWS; i += ROWS) {
        int row = aOffset + i * lda;
        addProducts(whole, a, row, lda, x, xOffset, partials);
        for (int r = 0; r < ROWS; r++) {
          float sum = Reductions.tree(partials, r * Reductions.PARTIALS);
          store(i + r, Dot.tail(whole, n, a, row + r * lda, x, xOffset, sum));
        }
      }
      for (; i < end; i++) {
        store(i, Dot.sum(n, a, aOffset + i * lda, x, xOffset));
      }
    }

    private void store(int i, float sum) {
      int at = yOffset + i;
      y[at] = beta == 0 ? alpha * sum : Math.fma(alpha, sum, beta * y[at]);
    }
  }

  /** The partial sums of four rows times x. */
  private static void addProducts(
      int n, float[] a, int row0, int lda, float[] x, int xOffset, float[] partials) {
    int row1 = row0 + lda;
    int row2 = row1 + lda;
    int row3 = row2 + lda;
    FloatVector a0 = FloatVector.zero(FLOATS);
    FloatVector a1 = FloatVector.zero(FLOATS);
    FloatVector a2 = FloatVector.zero(FLOATS);
    FloatVector a3 = FloatVector.zero(FLOATS);
    FloatVector b0 = FloatVector.zero(FLOATS);
    FloatVector b1 = FloatVector.zero(FLOATS);
    FloatVector b2 = FloatVector.zero(FLOATS);
    FloatVector b3 = FloatVector.zero(FLOATS);
    FloatVector c0 = FloatVector.zero(FLOATS);
    FloatVector c1 = FloatVector.zero(FLOATS);
    FloatVector c2 = FloatVector.zero(FLOATS);
    FloatVector c3 = FloatVector.zero(FLOATS);
    FloatVector d0 = FloatVector.zero(FLOATS);
    FloatVector d1 = FloatVector.zero(FLOATS);
    FloatVector d2 = FloatVector.zero(FLOATS);
    FloatVector d3 = FloatVector.zero(FLOATS);
    for (int i = 0; i < n; i += Reductions.PARTIALS) {
      FloatVector first = fromArray(FLOATS, x, xOffset + i);
      a0 = fromArray(FLOATS, a, row0 + i).fma(first, a0);
      a1 = fromArray(FLOATS, a, row1 + i).fma(first, a1);
      a2 = fromArray(FLOATS, a, row2 + i).fma(first, a2);
      a3 = fromArray(FLOATS, a, row3 + i).fma(first, a3);
      if (LANES <= 8) {
        FloatVector second = fromArray(FLOATS, x, xOffset + i + LANES);
        b0 = fromArray(FLOATS, a, row0 + i + LANES).fma(second, b0);
        b1 = fromArray(FLOATS, a, row1 + i + LANES).fma(second, b1);
        b2 = fromArray(FLOATS, a, row2 + i + LANES).fma(second, b2);
        b3 = fromArray(FLOATS, a, row3 + i + LANES).fma(second, b3);
      }
      if (LANES <= 4) {
        FloatVector third = fromArray(FLOATS, x, xOffset + i + 2 * LANES);
        c0 = fromArray(FLOATS, a, row0 + i + 2 * LANES).fma(third, c0);
        c1 = fromArray(FLOATS, a, row1 + i + 2 * LANES).fma(third, c1);
        c2 = fromArray(FLOATS, a, row2 + i + 2 * LANES).fma(third, c2);
        c3 = fromArray(FLOATS, a, row3 + i + 2 * LANES).fma(third, c3);
        FloatVector fourth = fromArray(FLOATS, x, xOffset + i + 3 * LANES);
        d0 = fromArray(FLOATS, a, row0 + i + 3 * LANES).fma(fourth, d0);
        d1 = fromArray(FLOATS, a, row1 + i + 3 * LANES).fma(fourth, d1);
        d2 = fromArray(FLOATS, a, row2 + i + 3 * LANES).fma(fourth, d2);
        d3 = fromArray(FLOATS, a, row3 + i + 3 * LANES).fma(fourth, d3);
      }
    }
    a0.intoArray(partials, 0);
    a1.intoArray(partials, 16);
    a2.intoArray(partials, 32);
    a3.intoArray(partials, 48);
    if (LANES <= 8) {
      b0.intoArray(partials, LANES);
      b1.intoArray(partials, 16 + LANES);
      b2.intoArray(partials, 32 + LANES);
      b3.intoArray(partials, 48 + LANES);
    }
    if (LANES <= 4) {
      c0.intoArray(partials, 2 * LANES);
      c1.intoArray(partials, 16 + 2 * LANES);
      c2.intoArray(partials, 32 + 2 * LANES);
      c3.intoArray(partials, 48 + 2 * LANES);
      d0.intoArray(partials, 3 * LANES);
      d1.intoArray(partials, 16 + 3 * LANES);
      d2.intoArray(partials, 32 + 3 * LANES);
      d3.intoArray(partials, 48 + 3 * LANES);
    }
  }
}
