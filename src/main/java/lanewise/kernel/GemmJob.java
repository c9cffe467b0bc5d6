package lanewise.kernel;

import org.jspecify.annotations.Nullable;

/**
 * A product by {@link Gemm}: the loops over blocks, the choice among its ways, and the tasks. Each
 * thread reuses its own, so that a call allocates nothing.
 */
final class GemmJob implements WorkerPool.Task {
  // m, n, k: rows of C, columns of C, products per element
  private static final int KC = Gemm.KC;
  private static final int NC = Gemm.NC;

  /** Rows of A that one task takes; packed, 147 KB at full depth. */
  private static final int MC = 144;

  /** Rows of A of which each thread's caches hold a block of k, 512 KB: tasks then take columns. */
  static final int SHARED = 512;

  /** Multiply-adds of a block of k that a task of narrow rows has, rather than {@link #MC} rows. */
  private static final int TASK = 1 << 20;

  /** Columns of B that a thread alone packs at a time for up to {@link #MC} rows: 256 KB. */
  private static final int WIDE = 256;

  /** Elements of B packed at a time, more depth of fewer columns: 512 KB. */
  private static final int GROUP = 1 << 17;

  /** Rows or columns of C up to which {@code Aᵀ · B} is computed where both lie. */
  private static final int IN_PLACE = 2 * Microkernel.NR;

  /** And elements of C, 512 KB. */
  private static final int IN_PLACE_ELEMENTS = 1 << 17;

  /** Columns of C up to which {@code Aᵀ · B} may be computed by {@code Bᵀ · A}. */
  private static final int TURNED = 64;

  /** Elements of A up to which it is best read in place, though a few columns at a time: 4 MB. */
  private static final int NEAR = 1 << 20;

  /** And its columns, if there are more, that a block of k leaves in the second-level cache. */
  private static final int NARROW = 512;

  /** Elements of {@code Bᵀ} up to which B is transposed whole rather than packed. */
  private static final int STRAIGHTENED = 1 << 14;

  /** Floats after which rows of A share sets of the first-level cache: 4 KB. */
  private static final int WAY = 1024;

  /** And how near to that they still do. */
  private static final int NEAR_WAY = 64;

  /**
   * Columns of C from which such rows are copied side by side, where a panel of B leaves them room
   * in that cache.
   */
  private static final int COPIED = Simd.LANES == 8 ? 24 * Microkernel.NR : Integer.MAX_VALUE;

  static final ThreadLocal<GemmJob> CURRENT = ThreadLocal.withInitial(GemmJob::new);

  private static final float[] NOTHING = {};

  private boolean transposeA;
  private boolean transposeB;
  private int m;
  private int n;
  private int k;
  private float alpha;
  private float[] a = NOTHING;
  private int aOffset;
  private int lda;
  private float[] b = NOTHING;
  private int bOffset;
  private int ldb;
  private float beta;
  private float[] c = NOTHING;
  private int cOffset;
  private int ldc;
  private Epilogue epilogue = Epilogue.NONE;

  private float[] transpose = NOTHING;
  private float[] own = NOTHING;
  private float[] packed = NOTHING; // panels of B, kc × nc, from packedOffset on
  private int packedOffset;
  private int jc;
  private int nc;
  private int pc; // the packed rows of B: from pc, kc of them, in blocks of KC
  private int kc;
  private boolean packsOwn; // each task packs the columns that it multiplies
  private boolean skinny;
  private boolean inPlace;
  private int rowTasks;
  private int rowUnit;
  private int taskColumns;
  private int columnTasks;
  private final WorkerPool.Task packColumns = this::packColumns;

  private GemmJob() {}

  void set(
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
    this.transposeA = transposeA;
    this.transposeB = transposeB;
    this.m = m;
    this.n = n;
    this.k = k;
    this.alpha = alpha;
    this.a = a;
    this.aOffset = aOffset;
    this.lda = lda;
    this.b = b;
    this.bOffset = bOffset;
    this.ldb = ldb;
    this.beta = beta + epilogue.beta();
    this.c = c;
    this.cOffset = cOffset;
    this.ldc = ldc;
    this.epilogue = epilogue;
  }

  /** Runs, with B packed beforehand or, if null, as set. */
  void run(@Nullable PackedMatrix right) {
    try {
      boolean straight = !transposeA && (right != null || !transposeB);
      boolean plain = alpha == 1 && beta == 0 && epilogue == Epilogue.NONE;
      if (straight && m < Microkernel.MR) {
        skinny(right);
      } else if (right == null && transposeA && !transposeB && plain) {
        gradient();
      } else {
        if (right == null
            && !transposeA
            && transposeB
            && (long) k * n <= STRAIGHTENED
            && suitsDirectly()) {
          straighten();
        }
        blocks(right);
      }
    } finally {
      a = NOTHING;
      b = NOTHING;
      packed = NOTHING;
      c = NOTHING;
      epilogue = Epilogue.NONE;
    }
  }

  /** {@code C ← Aᵀ · B}, as the gradient of a dense layer's weights is. */
  private void gradient() {
    if (paysToTurn()) {
      turned();
    } else {
      deep();
    }
  }

  /** Whether the rows of Cᵀ fill vectors so much better that turning them costs less. */
  private boolean paysToTurn() {
    if (n < Simd.LANES && m > Simd.LANES) {
      return true;
    }
    if (n > TURNED || !near()) {
      return false;
    }
    long straight = tileRows(m) * vectorTimes(n);
    long turned = tileRows(n) * vectorTimes(m);
    return 8 * turned <= 7 * straight && (straight - turned) * k > 2L * m * n;
  }

  private boolean near() {
    return m <= NARROW || (long) m * k <= NEAR;
  }

  /** Whether blocks of k come from memory, a few columns of them at a time, and fit a cache. */
  static boolean readsAhead(int k, int lda, int ldb) {
    int widest = Math.max(lda, ldb);
    return widest <= NARROW && ReadAhead.pays((long) k * (lda + ldb), widest);
  }

  private static long tileRows(int m) {
    return Partition.roundUp(m, 1, Simd.REGISTERS >= 32 ? OuterProductTile.ROWS : 1);
  }

  /** Half the time of a vector for each of a row, half as long again where a tile has but one. */
  private static int vectorTimes(int n) {
    int vectors = Math.ceilDiv(n, Simd.LANES);
    return 2 * vectors + vectors % 2;
  }

  /** By {@code Cᵀ ← Bᵀ · A}, whose rows fill vectors that those of C do not. */
  private void turned() {
    int rows = m;
    int columns = n;
    float[] to = c;
    int toOffset = cOffset;
    int toPitch = ldc;
    int size = rows * Microkernel.packedWidth(columns) + Simd.LANES; // what squares read
    if (transpose.length < size) {
      transpose = new float[size];
    }
    set(
        true,
        false,
        columns,
        rows,
        k,
        1,
        b,
        bOffset,
        ldb,
        a,
        aOffset,
        lda,
        0,
        transpose,
        0,
        rows,
        Epilogue.NONE);
    deep();
    Transposition.exact(
        rows, columns, transpose, rows, to, toOffset, toPitch, Scratch.current().tile);
  }

  /** As set, the threads on blocks of k where those are many. */
  private void deep() {
    if (DeepProduct.suits(m, n, k)) {
      DeepProduct deep = DeepProduct.CURRENT.get();
      deep.run(m, n, k, a, aOffset, lda, b, bOffset, ldb, c, cOffset, ldc);
    } else {
      blocks(null);
    }
  }

  /** Multiply-adds of whole vectors; few for each element of C take as long as 16. */
  private long work() {
    return (long) m * Microkernel.packedWidth(n) * Math.max(k, 16);
  }

  private void skinny(@Nullable PackedMatrix right) {
    skinny = true;
    packed = right == null ? NOTHING : right.panels();
    int most = right == null ? n : NC;
    for (jc = 0; jc < n; jc += most) {
      nc = Math.min(most, n - jc);
      taskColumns = nc;
      if (WorkerPool.threads() > 1 && work() >= 2 * Gemm.PARALLEL) {
        int each = Partition.roundUp(nc, 4 * WorkerPool.threads(), Math.max(Microkernel.NR, 16));
        taskColumns = Math.max(64, each);
      }
      columnTasks = columnTasks();
      WorkerPool.run(columnTasks, this);
    }
  }

  /** Transposes B, to be read as it then lies. */
  private void straighten() {
    int pitch = Microkernel.packedWidth(n);
    int size = Microkernel.packedWidth(k) * pitch;
    if (own.length < size) {
      own = new float[size];
    }
    Transposition.matrix(n, k, b, bOffset, ldb, own, 0, pitch, Scratch.current().tile);
    b = own;
    bOffset = 0;
    ldb = pitch;
    transposeB = false;
  }

  private int columnTasks() {
    return Partition.shares(nc, taskColumns, Microkernel.NR);
  }

  private void blocks(@Nullable PackedMatrix right) {
    skinny = false;
    boolean parallel = WorkerPool.threads() > 1 && work() >= Gemm.PARALLEL;
    inPlace = right == null && inPlace();
    for (jc = 0; jc < n; jc += NC) {
      nc = Math.min(NC, n - jc);
      int columnsEach = inPlace ? 0 : columnsEach(parallel);
      packsOwn = columnsEach > 0 && right == null;
      int group = packsOwn ? k : Math.max(1, GROUP / (KC * Microkernel.packedWidth(nc))) * KC;
      pc = 0;
      do {
        kc = Math.min(group, k - pc);
        if (inPlace || packsOwn) {
          packed = NOTHING;
        } else if (right == null) {
          pack(parallel && (long) kc * nc >= Packing.PARALLEL);
        } else {
          packed = right.panels();
          packedOffset = Gemm.packedOffset(k, nc, jc, pc);
        }
        multiply(parallel, columnsEach);
        pc += group;
      } while (pc < k);
    }
  }

  /** Whether C has so few rows or columns that packing does not pay. */
  private boolean inPlace() {
    if (!transposeA && !transposeB) {
      return suitsDirectly();
    }
    return transposeA
        && !transposeB
        && k > 0
        && (Math.min(m, n) <= IN_PLACE || (long) m * n <= IN_PLACE_ELEMENTS)
        && OuterProductTile.suits(m)
        && (n < Microkernel.NR || near())
        && alpha == 1
        && (beta == 0 || beta == 1)
        && epilogue == Epilogue.NONE;
  }

  /** Whether {@link DirectTile} takes it, B transposed beforehand if need be. */
  private boolean suitsDirectly() {
    int pitch = transposeB ? n : ldb;
    return alpha == 1 && beta == 0 && DirectTile.suits(m, n, k, a, pitch);
  }

  /**
   * Columns of a task where tasks take columns of all rows, and pack what they multiply; 0 where
   * they take rows. Packed by one thread and multiplied by another, B is slow to come, most of all
   * between cores that share no cache.
   */
  private int columnsEach(boolean parallel) {
    if (transposeA || m > (parallel ? SHARED : MC)) {
      return 0;
    }
    if (!parallel) {
      return WIDE;
    }
    return Partition.share(nc, WorkerPool.threads(), Math.max(Microkernel.NR, 16), 4);
  }

  private void pack(boolean parallel) {
    int size = kc * Microkernel.packedWidth(nc);
    if (own.length < size) {
      own = new float[size];
    }
    packed = own;
    packedOffset = 0;
    taskColumns = nc;
    if (parallel) {
      taskColumns = Partition.roundUp(nc, 4 * WorkerPool.threads(), Microkernel.NR);
    }
    WorkerPool.run((nc + taskColumns - 1) / taskColumns, packColumns);
  }

  private void multiply(boolean parallel, int columnsEach) {
    long rowWork = (long) nc * Math.max(1, Math.min(kc, KC));
    int most = transposeA ? MC : Math.max(MC, (int) (TASK / rowWork) / 24 * 24);
    rowTasks = Math.ceilDiv(m, most);
    rowUnit = 24;
    taskColumns = nc;
    if (columnsEach > 0) {
      rowTasks = 1;
      taskColumns = columnsEach;
    } else if (parallel) {
      int wanted = 4 * WorkerPool.threads();
      // Few rows are shared out evenly, though two threads may then meet in a cache line of C.
      rowUnit = m < 24 * wanted ? 8 : 24;
      rowTasks = Math.max(rowTasks, Math.min(wanted, Math.ceilDiv(m, rowUnit)));
      if (rowTasks < wanted / 2) {
        taskColumns =
            Partition.roundUp(nc, Math.ceilDiv(wanted, rowTasks), Math.max(Microkernel.NR, 16));
      }
    }
    columnTasks = columnTasks(); // a panel might else repeat columns that another task adds to
    WorkerPool.run(columnTasks * rowTasks, this);
  }

  @Override
  public void run(int task) {
    if (skinny) {
      int j = task * taskColumns;
      skinnyColumns(j, task == columnTasks - 1 ? nc - j : taskColumns);
    } else {
      int rowTask = task / columnTasks;
      int i = Partition.from(m, rowUnit, rowTasks, rowTask);
      int column = task % columnTasks;
      int j = column * taskColumns;
      int rows = Partition.from(m, rowUnit, rowTasks, rowTask + 1) - i;
      int columns = column == columnTasks - 1 ? nc - j : taskColumns;
      int p = 0;
      do {
        int depth = Math.min(KC, kc - p);
        float[] panels = packed;
        int at = panels(p, depth, j);
        if (packsOwn) {
          panels = Scratch.current().right(KC * Microkernel.packedWidth(columns));
          at = 0;
          packBlock(p, depth, j, columns, panels, at);
        }
        multiplyBlock(i, rows, j, columns, p, depth, panels, at);
        p += KC;
      } while (p < kc);
    }
  }

  private void packColumns(int task) {
    int j = task * taskColumns;
    int columns = Math.min(taskColumns, nc - j);
    for (int p = 0; p < kc; p += KC) {
      int depth = Math.min(KC, kc - p);
      packBlock(p, depth, j, columns, packed, panels(p, depth, j));
    }
  }

  private void packBlock(int p, int depth, int j, int columns, float[] to, int toOffset) {
    int row = pc + p;
    int column = jc + j;
    int at = transposeB ? bOffset + column * ldb + row : bOffset + row * ldb + column;
    Packing.right(transposeB, depth, j, columns, b, at, ldb, to, toOffset, depth, 0);
  }

  /** Where the panels of {@code depth} packed rows from p on begin, those of columns from j on. */
  private int panels(int p, int depth, int j) {
    return packedOffset + p * Microkernel.packedWidth(nc) + depth * j;
  }

  private void multiplyBlock(
      int i, int rows, int j, int columns, int p, int depth, float[] panels, int panelOffset) {
    Scratch scratch = Scratch.current();
    int row = pc + p;
    TileStore store =
        scratch.store.set(alpha, row == 0 ? beta : 1, row + depth >= k, epilogue, jc + j);
    int at = cOffset + i * ldc + jc + j;
    if (!transposeA && depth == lda && ReadAhead.pays((long) m * k, k)) {
      int left = aOffset + i * lda;
      ReadAhead.lines(a, left, left + rows * lda);
    }
    if (inPlace && !transposeA) {
      int left = aOffset + i * lda + row;
      int right = bOffset + row * ldb + jc + j;
      direct(rows, columns, depth, left, right, store, row > 0, at, scratch);
      return;
    }
    if (inPlace) {
      int left = aOffset + row * lda + i;
      int right = bOffset + row * ldb + jc + j;
      if (readsAhead(k, lda, ldb)) {
        ReadAhead.lines(a, left, left + depth * lda);
        ReadAhead.lines(b, right, right + depth * ldb);
      }
      OuterProductTile.multiply(
          rows, columns, depth, a, left, lda, b, right, ldb, store, c, at, ldc, scratch);
      return;
    }
    if (transposeA) {
      float[] left = scratch.left((rows + Microkernel.LEFT_STEP) * depth);
      Packing.left(rows, depth, a, aOffset + row * lda + i, lda, left);
      Panels.multiplyColumns(
          rows, depth, left, 0, j, columns, panels, panelOffset, store, c, at, ldc, scratch);
      return;
    }
    float[] left = a;
    int leftOffset = aOffset + i * lda + row;
    int step = lda;
    if (columns >= COPIED && lda > NEAR_WAY && (lda + NEAR_WAY) % WAY <= 2 * NEAR_WAY) {
      left = scratch.left(rows * depth);
      for (int r = 0; r < rows; r++) {
        System.arraycopy(a, leftOffset + r * lda, left, r * depth, depth);
      }
      leftOffset = 0;
      step = depth;
    }
    int[] offsets = scratch.offsets(rows);
    for (int r = 0; r < rows; r++) {
      offsets[r] = r * step;
    }
    Panels.multiplyRows(
        rows,
        offsets,
        1,
        depth,
        0,
        left,
        leftOffset,
        j,
        columns,
        panels,
        panelOffset,
        depth,
        0,
        store,
        c,
        at,
        ldc,
        scratch);
  }

  private void direct(
      int rows,
      int columns,
      int depth,
      int left,
      int right,
      TileStore store,
      boolean adds,
      int at,
      Scratch scratch) {
    if (rows >= Microkernel.MR) {
      DirectTile.multiply(adds, rows, columns, depth, a, left, lda, b, right, ldb, c, at, ldc);
      if (store.finishes()) {
        store.epilogue(rows, columns, c, at, ldc, 0);
      }
      return;
    }
    float[] sums = scratch.right(columns);
    for (int r = 0; r < rows; r++) {
      Skinny.rowTimesMatrix(depth, columns, a, left + r * lda, b, right, ldb, sums);
      store.row(columns, sums, 0, c, at + r * ldc, 0);
    }
  }

  private void skinnyColumns(int j, int columns) {
    Scratch scratch = Scratch.current();
    float[] sums = scratch.right(columns + Microkernel.NR);
    int column = jc + j;
    for (int i = 0; i < m; i++) {
      int p = 0;
      do {
        int depth = Math.min(KC, k - p);
        int left = aOffset + i * lda + p;
        TileStore store =
            scratch.store.set(alpha, p == 0 ? beta : 1, p + depth >= k, epilogue, column);
        if (packed == NOTHING) {
          int right = bOffset + p * ldb + column;
          Skinny.rowTimesMatrix(depth, columns, a, left, b, right, ldb, sums);
        } else {
          int right = Gemm.packedOffset(k, nc, jc, p) + depth * j;
          Skinny.rowTimesPanels(depth, columns, j, a, left, packed, right, sums);
        }
        store.row(columns, sums, 0, c, cOffset + i * ldc + column, 0);
        p += KC;
      } while (p < k);
    }
  }
}
