package lanewise.kernel;

import lanewise.shape.ConvolutionShape;
import lanewise.shape.PoolingShape;

/** {@link Winograd} forward, and backward to the input, which is forward by the turned filter. */
final class WinogradProduct implements ConvolutionProduct.ByRows {
  private static final float[] NOTHING = {};

  /** Columns of the products between two transforms; the width of every full panel divides it. */
  private static final int COLUMNS = 64;

  /** Tiles up to which each thread transforms all of them, to have columns of its own. */
  private static final int SHARED = 2 * Winograd.TILES;

  private static final ThreadLocal<WinogradProduct> CURRENT =
      ThreadLocal.withInitial(WinogradProduct::new);

  private final WinogradTiling tiling = new WinogradTiling();
  private final WinogradLines lines = new WinogradLines();
  private final WorkerPool.Task turn = this::turnTap;
  private final WorkerPool.Task transform = this::transformFilter;
  private final WorkerPool.Task multiply = this::multiplyBlock;
  private WinogradTransforms transforms = Winograd4x4.TRANSFORMS;
  private int k; // channels read
  private int n; // channels written
  private int outHeight;
  private int outWidth;
  private int allLines;
  private int linesPerBlock;
  private int columnsPerTask;
  private float[] filter = NOTHING; // [9, k, n], or [9, n, k] to be turned
  private int filterOffset;
  private boolean turns;
  private boolean byPanels; // of columns, transformed where they are used
  private float[] turned = NOTHING; // [9, k, n]
  private float[] own = NOTHING;
  private float[] packed = NOTHING; // [planes], each panels of [k, n]
  private float[] zeros = NOTHING;
  private float[] target = NOTHING;
  private int targetOffset;
  private Epilogue epilogue = Epilogue.NONE;

  private final PooledRows pooled = new PooledRows();

  /** That of the current thread, by the transforms of F(2×2) or F(4×4). */
  static WinogradProduct by(WinogradTransforms transforms) {
    WinogradProduct product = CURRENT.get();
    product.transforms = transforms;
    return product;
  }

  /** It pools lines, which must have all channels of some windows. */
  @Override
  public boolean pools(ConvolutionShape s, PoolingShape pooling) {
    return s.dilationHeight() == 1
        && pooling.channels() <= COLUMNS
        && transforms.tile % pooling.strideHeight() == 0;
  }

  @Override
  public PooledRows pooled() {
    return pooled;
  }

  @Override
  public void forward(
      ConvolutionShape s,
      float[] input,
      int inputOffset,
      float[] filter,
      int filterOffset,
      Epilogue epilogue,
      float[] output,
      int outputOffset) {
    set(s, filter, filterOffset);
    run(s, input, inputOffset, epilogue, output, outputOffset);
  }

  @Override
  public void forward(
      ConvolutionShape s,
      float[] input,
      int inputOffset,
      PackedFilter filter,
      Epilogue epilogue,
      float[] output,
      int outputOffset) {
    set(s, NOTHING, 0);
    packed = filter.panels(0);
    run(s, input, inputOffset, epilogue, output, outputOffset);
  }

  @Override
  public PackedFilter pack(ConvolutionShape s, float[] filter, int filterOffset) {
    set(s, filter, filterOffset);
    float[] transformed = new float[transforms.planes * Winograd.plane(k * n)];
    transform(transformed);
    packed = NOTHING;
    return new PackedFilter(s, transformed);
  }

  private void set(ConvolutionShape s, float[] filter, int filterOffset) {
    k = s.inChannels();
    n = s.outChannels();
    this.filter = filter;
    this.filterOffset = filterOffset;
    turns = false;
  }

  private float[] own(int size) {
    if (own.length < size) {
      own = new float[size];
    }
    return own;
  }

  /** Transforms the whole filter, which then is no longer needed. */
  private void transform(float[] transformed) {
    if (turns) {
      if (turned.length < 9 * k * n) {
        turned = new float[9 * k * n];
      }
      WorkerPool.run(9, turn);
      filter = turned;
      filterOffset = 0;
    }
    packed = transformed;
    WorkerPool.run(k / Winograd.CHANNEL_UNIT, transform);
    filter = NOTHING;
  }

  private void run(
      ConvolutionShape s,
      float[] input,
      int inputOffset,
      Epilogue epilogue,
      float[] output,
      int outputOffset) {
    outHeight = s.outHeight();
    outWidth = s.outWidth();
    run(
        s,
        input,
        inputOffset,
        s.inHeight(),
        s.inWidth(),
        s.padTop(),
        s.padLeft(),
        epilogue,
        output,
        outputOffset);
  }

  @Override
  public void backward(
      ConvolutionShape s,
      float[] dOutput,
      int dOutputOffset,
      float[] filter,
      int filterOffset,
      float[] dInput,
      int dInputOffset) {
    k = s.outChannels();
    n = s.inChannels();
    this.filter = filter;
    this.filterOffset = filterOffset;
    turns = true;
    outHeight = s.inHeight();
    outWidth = s.inWidth();
    run(
        s,
        dOutput,
        dOutputOffset,
        s.outHeight(),
        s.outWidth(),
        2 * s.dilationHeight() - s.padTop(),
        2 * s.dilationWidth() - s.padLeft(),
        Epilogue.NONE,
        dInput,
        dInputOffset);
  }

  private void run(
      ConvolutionShape s,
      float[] source,
      int sourceOffset,
      int height,
      int width,
      int top,
      int left,
      Epilogue epilogue,
      float[] target,
      int targetOffset) {
    this.epilogue = epilogue;
    this.target = target;
    this.targetOffset = targetOffset;
    tiling.set(transforms, transforms.tile, s, outHeight, outWidth);
    allLines = s.batch() * tiling.linesPerImage;
    lines.set(source, sourceOffset, s.batch(), height, width, k, top, left, 2, tiling);
    boolean byColumns = cut(WorkerPool.threads());
    if (zeros.length < n) {
      zeros = new float[n];
    }
    int size = transforms.planes * Winograd.plane(k * n);
    boolean once = WorkerPool.threads() * linesPerBlock >= allLines;
    byPanels =
        filter != NOTHING
            && pooled.shape() == null
            && (byColumns || (once && size >= Winograd.LARGE_FILTER));
    try {
      if (filter != NOTHING && !byPanels) {
        transform(own(size));
      }
      int blocks = Math.ceilDiv(allLines, linesPerBlock);
      WorkerPool.run(blocks * Math.ceilDiv(n, columnsPerTask), multiply);
    } finally {
      lines.clear();
      filter = NOTHING;
      packed = NOTHING;
      this.target = NOTHING;
      this.epilogue = Epilogue.NONE;
    }
  }

  /**
   * Cuts the work into blocks of lines, as many for each thread and of equal length; or, where
   * there are fewer tiles than columns, into columns, so that threads neither share nor repeat
   * transforms of the filter.
   *
   * @return whether into columns
   */
  private boolean cut(int threads) {
    columnsPerTask = Partition.share(n, threads, Microkernel.NR, 1);
    if (threads > 1
        && columnsPerTask > 0
        && pooled.shape() == null
        && allLines * tiling.tilesPerLine() <= Math.min(SHARED, n)) {
      linesPerBlock = allLines;
      return true;
    }
    columnsPerTask = n;
    int least = Math.max(1, Winograd.TILES / tiling.tilesPerLine());
    int rounds = Math.ceilDiv(allLines, threads * least);
    linesPerBlock = Math.ceilDiv(allLines, threads * rounds);
    return false;
  }

  /** Transposes a tap to where the turned filter has it. */
  private void turnTap(int tap) {
    turn(tap, 0, n, turned, (8 - tap) * k * n, n);
  }

  private void turn(int tap, int first, int columns, float[] y, int yOffset, int pitch) {
    int lanes = Simd.LANES;
    int from = filterOffset + (tap * n + first) * k;
    for (int i = 0; i < columns; i += lanes) {
      for (int p = 0; p < k; p += lanes) {
        Transposition.square(filter, from + i * k + p, k, y, yOffset + p * pitch + i, pitch);
      }
    }
  }

  /** Columns {@code first …}, no more than a panel, of the transformed filter. */
  private float[] transformColumns(int first, int columns, Scratch scratch) {
    int size = transforms.planes * Winograd.plane(k * columns);
    float[] u = scratch.filter(size + 9 * k * columns);
    float[] source = filter;
    int from = filterOffset + first;
    int row = n;
    if (turns) {
      for (int tap = 0; tap < 9; tap++) {
        turn(tap, first, columns, u, size + (8 - tap) * k * columns, columns);
      }
      source = u;
      from = size;
      row = columns;
    }
    for (int p = 0; p < k; p++) {
      transforms.filter(
          columns, source, from + p * row, k * row, u, p * columns, Winograd.plane(k * columns));
    }
    return u;
  }

  private void transformFilter(int task) {
    for (int j = 0; j < n; j += Microkernel.panelWidth(n - j)) {
      int width = Microkernel.panelWidth(n - j);
      for (int p = task * Winograd.CHANNEL_UNIT; p < (task + 1) * Winograd.CHANNEL_UNIT; p++) {
        transforms.filter(
            width,
            filter,
            filterOffset + p * n + j,
            k * n,
            packed,
            k * j + p * width,
            Winograd.plane(k * n));
      }
    }
  }

  private void multiplyBlock(int task) {
    Scratch scratch = Scratch.current();
    int columnTasks = Math.ceilDiv(n, columnsPerTask);
    int firstColumn = task % columnTasks * columnsPerTask;
    int lastColumn = Math.min(firstColumn + columnsPerTask, n);
    int firstLine = task / columnTasks * linesPerBlock;
    int lastLine = Math.min(firstLine + linesPerBlock, allLines);
    int tilesPerLine = tiling.tilesPerLine();
    int tilesAcross = tiling.tilesAcross;
    int tiles = (lastLine - firstLine) * tilesPerLine;
    int vPlane = Winograd.plane(tiles * k);
    float[] v = scratch.left(transforms.planes * vPlane); // [planes, tiles, k]
    int extent = transforms.extent;
    float[] t = scratch.image(extent * lines.rowSize());
    for (int line = firstLine; line < lastLine; line++) {
      lines.input(line, 0, extent, t, 0, lines.rowSize());
      for (int i = 0; i < extent; i++) {
        for (int phase = 0; phase < tiling.dilationWidth; phase++) {
          int from = i * lines.rowSize() + phase * k;
          int tile = (line - firstLine) * tilesPerLine + phase * tilesAcross;
          int to = tile * k + extent * i * vPlane;
          int pitch = tiling.dilationWidth * k;
          transforms.input(tilesAcross, k, pitch, t, from, v, to, vPlane, k, 1);
        }
      }
    }
    int[] rows = scratch.offsets(tiles);
    for (int i = 0; i < tiles; i++) {
      rows[i] = i * k;
    }
    // [planes, tiles, columns]
    float[] m = scratch.right(transforms.planes * Winograd.plane(tiles * Math.min(n, COLUMNS)));
    int columns;
    for (int j = firstColumn; j < lastColumn; j += columns) {
      columns = byPanels ? Microkernel.panelWidth(n - j) : Math.min(COLUMNS, lastColumn - j);
      float[] u = byPanels ? transformColumns(j, columns, scratch) : packed;
      int uOffset = byPanels ? 0 : k * j;
      int uPlane = Winograd.plane(byPanels ? k * columns : k * n);
      int mPlane = Winograd.plane(tiles * columns);
      for (int plane = 0; plane < transforms.planes; plane++) {
        Panels.multiplyRows(
            tiles,
            rows,
            1,
            k,
            0,
            v,
            plane * vPlane,
            Packing.APART,
            columns,
            u,
            plane * uPlane + uOffset,
            k,
            0,
            scratch.store.set(1, 0, false, Epilogue.NONE, 0),
            m,
            plane * mPlane,
            columns,
            scratch);
      }
      TileStore store = scratch.store.set(1, epilogue.beta(), true, epilogue, j);
      for (int line = firstLine; line < lastLine; line++) {
        int at = (line - firstLine) * tilesPerLine * columns;
        storeLine(line, j, columns, store, m, at, mPlane, scratch);
      }
    }
  }

  /** Transforms a line of products back, and stores those that lie within the image. */
  private void storeLine(
      int line,
      int channel,
      int columns,
      TileStore store,
      float[] m,
      int mOffset,
      int plane,
      Scratch scratch) {
    boolean fused = store.inTiles();
    boolean sums = fused && epilogue.sums();
    float[] bias = fused ? store.bias(zeros) : zeros;
    int biasOffset = bias == zeros ? 0 : store.biasOffset(0);
    float floor = fused && !sums ? store.floor() : Float.NEGATIVE_INFINITY;
    int tilesAcross = tiling.tilesAcross;
    int size = tiling.tilesPerLine() * columns;
    int tile = transforms.tile;
    int extent = transforms.extent;
    int end = tile * extent * size;
    // [tile, extent, phases, tiles, columns], and a row of pixels
    float[] s = scratch.patches(end + tile * size);
    transforms.outputRows(size, m, mOffset, plane, s);
    int y = tiling.firstRow(line);
    int image = line / tiling.linesPerImage;
    int rows = Math.min(tile, Math.ceilDiv(outHeight - y, tiling.dilationHeight));
    PoolingShape pooling = pooled.shape();
    float[] target = this.target;
    int start = targetOffset + (image * outHeight + y) * outWidth * n + channel;
    if (pooling != null) {
      target = scratch.rows(rows * outWidth * n + PooledRows.SLACK);
      start = 0;
    }
    int phases = tiling.dilationWidth;
    for (int i = 0; i < rows; i++) {
      int to = start + i * tiling.dilationHeight * outWidth * n;
      for (int phase = 0; phase < phases; phase++) {
        int from = extent * i * size + phase * tilesAcross * columns;
        if (sums) {
          int row = end + phase * columns;
          int pitch = phases * columns;
          transforms.output(
              tilesAcross, columns, s, from, size, bias, biasOffset, floor, s, row, pitch);
          continue;
        }
        storeTiles(
            Math.ceilDiv(outWidth - phase, phases),
            columns,
            store,
            fused,
            s,
            from,
            size,
            bias,
            biasOffset,
            floor,
            end,
            target,
            to + phase * n,
            phases * n);
      }
      if (sums) {
        add(columns, s, end, to);
      }
    }
    if (pooling != null) {
      int window = y / pooling.strideHeight();
      int last = Math.ceilDiv(y + rows, pooling.strideHeight());
      pooled.pool(image, window, Math.min(last, pooling.outHeight()), target, 0, target.length);
    }
  }

  /**
   * Stores a row of pixels of one phase: whole tiles at once, if they are {@code fused}, others
   * pixel by pixel by way of {@code s} from {@code room} on.
   */
  private void storeTiles(
      int pixels,
      int columns,
      TileStore store,
      boolean fused,
      float[] s,
      int from,
      int plane,
      float[] bias,
      int biasOffset,
      float floor,
      int room,
      float[] target,
      int to,
      int pitch) {
    int tile = transforms.tile;
    int whole = fused ? pixels / tile : 0;
    transforms.output(whole, columns, s, from, plane, bias, biasOffset, floor, target, to, pitch);
    for (int first = whole * tile; first < pixels; first += tile) {
      int at = from + first / tile * columns;
      transforms.output(1, columns, s, at, plane, bias, biasOffset, floor, s, room, columns);
      for (int x = first; x < Math.min(first + tile, pixels); x++) {
        int pixel = room + (x - first) * columns;
        if (fused) {
          System.arraycopy(s, pixel, target, to + x * pitch, columns);
        } else {
          store.row(columns, s, pixel, target, to + x * pitch, 0);
        }
      }
    }
  }

  /** Adds a row of pixels to the target's, and bounds the sums. */
  private void add(int columns, float[] pixels, int from, int to) {
    int runs = columns == n ? 1 : outWidth;
    int length = columns == n ? outWidth * n : columns;
    for (int run = 0; run < runs; run++) {
      int at = to + run * n;
      Elementwise.addClamped(
          length,
          epilogue.low(),
          epilogue.high(),
          pixels,
          from + run * length,
          target,
          at,
          target,
          at);
    }
  }
}
