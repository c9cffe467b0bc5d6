package lanewise.kernel;

/**
 * {@code C ← Aᵀ · B} of few rows and columns and many products per element, as the gradient of a
 * dense layer's weights is for a large batch: threads share out the blocks of k rather than C. Each
 * block has its own sums, which are then added in the order of {@link Gemm}, some blocks at a time.
 *
 * <p>So a thread reads the samples that it computed in the layers before. Those that it would share
 * with another thread, its core could not write to again before taking them from the other's cache.
 */
final class DeepProduct implements WorkerPool.Task {
  static final ThreadLocal<DeepProduct> CURRENT = ThreadLocal.withInitial(DeepProduct::new);

  /** Elements of C at most, which one thread adds up. */
  private static final int FEW = 1 << 15;

  /** Elements of the sums of the blocks at a time: 1 MB. */
  private static final int MOST = 1 << 18;

  private static final float[] NOTHING = {};

  private int m;
  private int n;
  private int k;
  private float[] a = NOTHING;
  private int aOffset;
  private int lda;
  private float[] b = NOTHING;
  private int bOffset;
  private int ldb;
  private float[] sums = NOTHING; // [kept + blocks, m, n]
  private int taskRows;
  private int rowTasks;
  private int first; // row of A and B that the blocks at hand begin with
  private int kept; // sums of the blocks before: none or one

  private DeepProduct() {}

  static boolean suits(int m, int n, int k) {
    return k > Gemm.KC && (long) m * n <= FEW && WorkerPool.threads() > 1;
  }

  void run(
      int m,
      int n,
      int k,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb,
      float[] c,
      int cOffset,
      int ldc) {
    this.m = m;
    this.n = n;
    this.k = k;
    this.a = a;
    this.aOffset = aOffset;
    this.lda = lda;
    this.b = b;
    this.bOffset = bOffset;
    this.ldb = ldb;
    int size = m * n;
    int most = Math.min(Math.ceilDiv(k, Gemm.KC), MOST / size);
    if (sums.length < (1 + most) * size) {
      sums = new float[(1 + most) * size];
    }
    int pieces = Math.ceilDiv(2 * WorkerPool.threads(), most);
    taskRows = Math.ceilDiv(Math.ceilDiv(m, pieces), Microkernel.LEFT_STEP) * Microkernel.LEFT_STEP;
    rowTasks = Math.ceilDiv(m, taskRows);
    try {
      for (first = 0; first < k; first += most * Gemm.KC) {
        int blocks = Math.min(most, Math.ceilDiv(k - first, Gemm.KC));
        kept = first > 0 ? 1 : 0;
        WorkerPool.run(blocks * rowTasks, this);
        for (int i = 1; i < kept + blocks; i++) {
          Elementwise.add(size, sums, 0, sums, i * size, sums, 0);
        }
      }
    } finally {
      this.a = NOTHING;
      this.b = NOTHING;
    }
    for (int i = 0; i < m; i++) {
      System.arraycopy(sums, i * n, c, cOffset + i * ldc, n);
    }
  }

  @Override
  public void run(int task) {
    Scratch scratch = Scratch.current();
    int block = task / rowTasks;
    int p = first + block * Gemm.KC;
    int depth = Math.min(Gemm.KC, k - p);
    int i = task % rowTasks * taskRows;
    int rows = Math.min(taskRows, m - i);
    TileStore store = scratch.store.set(1, 0, true, Epilogue.NONE, 0);
    int at = ((kept + block) * m + i) * n;
    int from = bOffset + p * ldb;
    if (OuterProductTile.suits(m)) {
      int to = aOffset + p * lda + i;
      if (GemmJob.readsAhead(k, lda, ldb)) {
        ReadAhead.lines(a, to, to + depth * lda);
        ReadAhead.lines(b, from, from + depth * ldb);
      }
      OuterProductTile.multiply(
          rows, n, depth, a, to, lda, b, from, ldb, store, sums, at, n, scratch);
      return;
    }
    float[] right = scratch.right(depth * Microkernel.packedWidth(n));
    Packing.right(false, depth, 0, n, b, from, ldb, right, 0, depth, 0);
    float[] left = scratch.left((rows + Microkernel.LEFT_STEP) * depth);
    Packing.left(rows, depth, a, aOffset + p * lda + i, lda, left);
    Panels.multiplyColumns(rows, depth, left, 0, 0, n, right, 0, store, sums, at, n, scratch);
  }
}
