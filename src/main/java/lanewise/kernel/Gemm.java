package lanewise.kernel;

/**
 * Matrix multiplication, {@code C ← alpha · op(A) · op(B) + beta · C}, over row-major {@code
 * float[]}.
 *
 * <p>Each element of C is summed in one order, whatever the machine: k runs upward with fused
 * multiply-adds from 0 in blocks of {@value #KC}; the first block's sum makes {@code alpha · sum +
 * beta · c}, each later one {@code alpha · sum + c}. The loops are those of BLIS (Van Zee and van
 * de Geijn, 2015).
 */
public final class Gemm {
  // m, n, k: rows of C, columns of C, products per element

  /** Products summed before C is touched: 16 columns of B of this depth are 16 KB. */
  static final int KC = 256;

  /** Columns of B packed at a time, 2 MB at full depth. */
  static final int NC = 2048;

  /** Below this {@code work()}, handing a part to another thread costs more than it saves. */
  static final long PARALLEL = 1 << 18;

  static {
    VectorModule.require();
  }

  private Gemm() {}

  /**
   * {@code C ← alpha · op(A) · op(B) + beta · C}, where {@code op} transposes or not.
   *
   * <p>{@code op(A)} is {@code [m, k]}, {@code op(B)} {@code [k, n]}, C {@code [m, n]}; the leading
   * dimension is the distance between rows as stored. With {@code beta == 0} C is not read.
   * Modified: C.
   *
   * @throws IllegalArgumentException if a size is negative, a leading dimension is smaller than a
   *     row, or C overlaps A or B
   * @throws IndexOutOfBoundsException if a matrix does not lie within its array
   */
  public static void multiply(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      float alpha,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb,
      float beta,
      float[] c,
      int cOffset,
      int ldc) {
    multiply(
        transposeA,
        transposeB,
        m,
        n,
        k,
        alpha,
        a,
        aOffset,
        lda,
        b,
        bOffset,
        ldb,
        beta,
        c,
        cOffset,
        ldc,
        Epilogue.NONE);
  }

  /**
   * As {@link #multiply}, then {@code epilogue} on each element of C while it is in a register. One
   * that sums raises beta by 1.
   */
  public static void multiply(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      float alpha,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb,
      float beta,
      float[] c,
      int cOffset,
      int ldc,
      Epilogue epilogue) {
    if ((m | n | k) < 0) {
      throw new IllegalArgumentException(
          "Gemm: sizes must be at least 0, got m " + m + ", n " + n + ", k " + k);
    }
    int bEnd =
        Operands.matrix("Gemm", "B", transposeB ? n : k, transposeB ? k : n, b, bOffset, ldb);
    int cEnd = checkApart(transposeA, m, n, k, a, aOffset, lda, c, cOffset, ldc, epilogue);
    Operands.apart("Gemm", "B", b, bOffset, bEnd, "C", c, cOffset, cEnd);
    if (m == 0 || n == 0) {
      return;
    }
    boolean plain = alpha == 1 && beta == 0 && epilogue == Epilogue.NONE;
    if (plain
        && !transposeA
        && !transposeB
        && k <= KC
        && (long) m * n * k < PARALLEL
        && DirectTile.suits(m, n, k, a, ldb)) { // a job takes as long as the smallest products
      DirectTile.multiply(false, m, n, k, a, aOffset, lda, b, bOffset, ldb, c, cOffset, ldc);
      return;
    }
    GemmJob job = GemmJob.CURRENT.get();
    job.set(
        transposeA,
        transposeB,
        m,
        n,
        k,
        alpha,
        a,
        aOffset,
        lda,
        b,
        bOffset,
        ldb,
        beta,
        c,
        cOffset,
        ldc,
        epilogue);
    job.run(null);
  }

  /**
   * Packs {@code op(B)} {@code [k, n]} for {@linkplain #multiply(boolean, int, float, float[], int,
   * int, PackedMatrix, float, float[], int, int, Epilogue) products} that need not do it again.
   *
   * @throws IllegalArgumentException if a size is negative, a leading dimension is smaller than a
   *     row, or B has more than 2³⁰ elements
   * @throws IndexOutOfBoundsException if the matrix does not lie within its array
   */
  public static PackedMatrix pack(
      boolean transposeB, int k, int n, float[] b, int bOffset, int ldb) {
    if ((n | k) < 0) {
      throw new IllegalArgumentException("Gemm: sizes must be at least 0, got n " + n + ", k " + k);
    }
    Operands.matrix("Gemm", "B", transposeB ? n : k, transposeB ? k : n, b, bOffset, ldb);
    long size = (long) k * Microkernel.packedWidth(n);
    if (size > 1 << 30) {
      throw new IllegalArgumentException(
          "Gemm: a packed matrix must have at most 2^30 elements, got k " + k + ", n " + n);
    }
    float[] panels = new float[(int) size];
    for (int j = 0; j < n; j += NC) {
      int columns = Math.min(NC, n - j);
      for (int p = 0; p < k; p += KC) {
        int rows = Math.min(KC, k - p);
        int from = transposeB ? bOffset + j * ldb + p : bOffset + p * ldb + j;
        int to = packedOffset(k, columns, j, p);
        Packing.right(transposeB, rows, 0, columns, b, from, ldb, panels, to, rows, 0);
      }
    }
    return new PackedMatrix(k, n, panels);
  }

  /** Where row p of the columns from j on, a multiple of NC, begins in a packed matrix. */
  static int packedOffset(int k, int columns, int j, int p) {
    return j * k + p * Microkernel.packedWidth(columns);
  }

  /**
   * {@code C ← epilogue(alpha · op(A) · B + beta · C)} as above, with B packed beforehand; the bits
   * are the same.
   *
   * @param m rows of {@code op(A)} and C
   */
  public static void multiply(
      boolean transposeA,
      int m,
      float alpha,
      float[] a,
      int aOffset,
      int lda,
      PackedMatrix b,
      float beta,
      float[] c,
      int cOffset,
      int ldc,
      Epilogue epilogue) {
    int n = b.n();
    int k = b.k();
    if (m < 0) {
      throw new IllegalArgumentException("Gemm: sizes must be at least 0, got m " + m);
    }
    checkApart(transposeA, m, n, k, a, aOffset, lda, c, cOffset, ldc, epilogue);
    if (m == 0 || n == 0) {
      return;
    }
    GemmJob job = GemmJob.CURRENT.get();
    job.set(
        transposeA,
        false,
        m,
        n,
        k,
        alpha,
        a,
        aOffset,
        lda,
        b.panels(),
        0,
        n,
        beta,
        c,
        cOffset,
        ldc,
        epilogue);
    job.run(b);
  }

  private static int checkApart(
      boolean transposeA,
      int m,
      int n,
      int k,
      float[] a,
      int aOffset,
      int lda,
      float[] c,
      int cOffset,
      int ldc,
      Epilogue epilogue) {
    int aEnd =
        Operands.matrix("Gemm", "A", transposeA ? k : m, transposeA ? m : k, a, aOffset, lda);
    int cEnd = Operands.matrix("Gemm", "C", m, n, c, cOffset, ldc);
    Operands.apart("Gemm", "A", a, aOffset, aEnd, "C", c, cOffset, cEnd);
    float[] bias = epilogue.bias();
    if (bias != null) {
      Operands.matrix("Gemm", "bias", 1, n, bias, epilogue.biasOffset(), n);
    }
    return cEnd;
  }
}
