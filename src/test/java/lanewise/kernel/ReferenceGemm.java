package lanewise.kernel;

/**
 * One matrix product with its operands, and what must come of it: in double with an error bound,
 * and in float bit for bit, by plain loops.
 */
record ReferenceGemm(
    boolean transposeA,
    boolean transposeB,
    int m,
    int n,
    int k,
    float alpha,
    GuardedMatrix a,
    GuardedMatrix b,
    float beta,
    GuardedMatrix c,
    Epilogue epilogue) {

  /**
   * A product of random matrices with gaps between their rows; C is poison where it must not be
   * read.
   */
  static ReferenceGemm random(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      float alpha,
      float beta,
      Epilogue epilogue) {
    return random(transposeA, transposeB, m, n, k, 3, alpha, beta, epilogue);
  }

  /** As the other, with {@code gap} floats between the rows of each matrix. */
  static ReferenceGemm random(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      int gap,
      float alpha,
      float beta,
      Epilogue epilogue) {
    return new ReferenceGemm(
        transposeA,
        transposeB,
        m,
        n,
        k,
        alpha,
        transposeA ? GuardedMatrix.random(k, m, gap, 1) : GuardedMatrix.random(m, k, gap, 1),
        transposeB ? GuardedMatrix.random(n, k, gap, 2) : GuardedMatrix.random(k, n, gap, 2),
        beta,
        beta == 0 ? GuardedMatrix.poisoned(m, n, gap) : GuardedMatrix.random(m, n, gap, 3),
        epilogue);
  }

  /** What {@link Gemm} makes of it, C and its surroundings; A and B are found unchanged. */
  GuardedMatrix multiply() {
    GuardedMatrix aBefore = a.copy();
    GuardedMatrix bBefore = b.copy();
    GuardedMatrix result = c.copy();
    Gemm.multiply(
        transposeA,
        transposeB,
        m,
        n,
        k,
        alpha,
        a.array,
        a.offset,
        a.leadingDimension,
        b.array,
        b.offset,
        b.leadingDimension,
        beta,
        result.array,
        result.offset,
        result.leadingDimension,
        epilogue);
    aBefore.assertSameBits(a, "A of " + this);
    bBefore.assertSameBits(b, "B of " + this);
    result.assertGuarded(this);
    return result;
  }

  /** As {@link #multiply}, with B packed beforehand. */
  GuardedMatrix multiplyPacked() {
    PackedMatrix packed = Gemm.pack(transposeB, k, n, b.array, b.offset, b.leadingDimension);
    GuardedMatrix result = c.copy();
    Gemm.multiply(
        transposeA,
        m,
        alpha,
        a.array,
        a.offset,
        a.leadingDimension,
        packed,
        beta,
        result.array,
        result.offset,
        result.leadingDimension,
        epilogue);
    result.assertGuarded(this);
    return result;
  }

  /**
   * Fails unless every element of {@code result} is as near to the true one as single precision
   * warrants.
   */
  void assertNear(GuardedMatrix result) {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        double magnitude = 0;
        for (int p = 0; p < k; p++) {
          double product = (double) a(i, p) * b(p, j);
          sum += product;
          magnitude += Math.abs(product);
        }
        double start = beta == 0 ? 0 : (double) beta * c.get(i, j);
        double bias = bias(j);
        double expected = activate(alpha * sum + start + bias);
        double bound =
            RoundingBound.of(k, Math.abs(alpha) * magnitude + Math.abs(start) + Math.abs(bias));
        RoundingBound.check(expected, bound, result.get(i, j), this, i * n + j);
      }
    }
  }

  /**
   * C in the one order of accumulation that the library promises: k upward by fma, split at
   * multiples of {@link Gemm#KC}.
   */
  GuardedMatrix inOrder() {
    GuardedMatrix result = c.copy();
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        float x = firstBlock(i, j);
        for (int start = Gemm.KC; start < k; start += Gemm.KC) {
          x = Math.fma(alpha, blockSum(i, j, start), x);
        }
        result.set(i, j, finish(x, j));
      }
    }
    return result;
  }

  private float firstBlock(int i, int j) {
    float sum = blockSum(i, j, 0);
    return beta == 0 ? alpha * sum : Math.fma(alpha, sum, beta * c.get(i, j));
  }

  private float blockSum(int i, int j, int start) {
    float sum = 0;
    for (int p = start; p < Math.min(k, start + Gemm.KC); p++) {
      sum = Math.fma(a(i, p), b(p, j), sum);
    }
    return sum;
  }

  private float finish(float x, int column) {
    float y = epilogue.bias() == null ? x : x + bias(column);
    if (!epilogue.activates()) {
      return y;
    }
    if (epilogue.slope() == 0) {
      return Math.min(Math.max(y, 0), epilogue.cap());
    }
    if (y < 0) {
      return epilogue.slope() * y;
    }
    return Math.min(y, epilogue.cap());
  }

  private double activate(double x) {
    if (!epilogue.activates()) {
      return x;
    }
    return x > 0 ? Math.min(x, epilogue.cap()) : epilogue.slope() * x;
  }

  private float bias(int column) {
    float[] bias = epilogue.bias();
    return bias == null ? 0 : bias[epilogue.biasOffset() + column];
  }

  private float a(int i, int p) {
    return transposeA ? a.get(p, i) : a.get(i, p);
  }

  private float b(int p, int j) {
    return transposeB ? b.get(j, p) : b.get(p, j);
  }

  @Override
  public String toString() {
    return String.format(
        "Gemm[%s%s, m=%d, n=%d, k=%d, alpha=%s, beta=%s, %s]",
        transposeA ? "T" : "N",
        transposeB ? "T" : "N",
        m,
        n,
        k,
        alpha,
        beta,
        epilogue.equals(Epilogue.NONE) ? "no epilogue" : epilogue);
  }
}
