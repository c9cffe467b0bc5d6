package lanewise.kernel;

/** Matrix multiplication, {@code C ← alpha · op(A) · op(B) + beta · C}, over row-major {@code float[]}. */
public final class Gemm {
  private Gemm() {}

  /**
   * {@code C ← alpha · op(A) · op(B) + beta · C}, where {@code op} transposes or not.
   *
   * <p>{@code op(A)} is {@code [m, k]}, {@code op(B)} {@code [k, n]}, C {@code [m, n]}; the leading dimension is the
   * distance between rows as stored. With {@code beta == 0} C is not read.
   */
  public static void multiply(
      boolean transposeA, boolean transposeB, int m, int n, int k, float alpha, float[] a, int aOffset, int lda,
      float[] b, int bOffset, int ldb, float beta, float[] c, int cOffset, int ldc) {
    multiply(
        transposeA, transposeB, m, n, k, alpha, a, aOffset, lda, b, bOffset, ldb, beta, c, cOffset, ldc, Epilogue.NONE);
  }

  /** As the other, then {@code epilogue} on each element of C. */
  public static void multiply(
      boolean transposeA, boolean transposeB, int m, int n, int k, float alpha, float[] a, int aOffset, int lda,
      float[] b, int bOffset, int ldb, float beta, float[] c, int cOffset, int ldc, Epilogue epilogue) {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        float sum = 0;
        for (int p = 0; p < k; p++) {
          float x = transposeA ? a[aOffset + p * lda + i] : a[aOffset + i * lda + p];
          float y = transposeB ? b[bOffset + j * ldb + p] : b[bOffset + p * ldb + j];
          sum = Math.fma(x, y, sum);
        }
        int at = cOffset + i * ldc + j;
        c[at] = epilogue.apply(beta == 0 ? alpha * sum : Math.fma(alpha, sum, beta * c[at]), j);
      }
    }
  }
}
