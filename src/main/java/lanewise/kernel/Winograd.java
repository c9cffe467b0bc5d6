package lanewise.kernel;

import java.util.Arrays;
import lanewise.shape.ConvolutionShape;

/**
 * Convolution by 3 × 3 filters as {@link WinogradTransforms} around 36 matrix products: in each
 * plane of the transformed tiles, tiles × channels of one side times channels of one side × of the
 * other.
 *
 * <p>The tiles along a row of an image are a line. A block of lines is transformed, multiplied and
 * transformed back while it stays in a cache. Forward, an element's sum runs over the channels
 * upward, whatever the blocks are; for the filter's gradient the blocks, and the runs of lines
 * whose sums are added in order, follow from the shape.
 */
final class Winograd {
  /** Every vector width divides it. */
  private static final int CHANNEL_UNIT = 16;

  /** Columns of the products between two transforms; the width of every full panel divides it. */
  private static final int COLUMNS = 64;

  /**
   * Floats of a transformed filter that does not fit the caches: where each thread has one block of
   * tiles, it is transformed and used {@code NR} columns at a time.
   */
  private static final int LARGE_FILTER = 1 << 20;

  /**
   * Tiles in a block, about: so many products share what is read of a transformed filter. Part of
   * the filter gradient's order of accumulation.
   */
  private static final int TILES = 64;

  private static final float[] NOTHING = {};

  private Winograd() {}

  /**
   * From one plane of {@code size} floats to the next: a cache line further, as planes of a power
   * of two would share a set of the cache.
   */
  private static int plane(int size) {
    return size + 16;
  }

  static boolean supports(ConvolutionShape s) {
    return s.kernelHeight() == 3
        && s.kernelWidth() == 3
        && s.strideHeight() == 1
        && s.strideWidth() == 1
        && s.dilationHeight() == 1
        && s.dilationWidth() == 1
        && s.groups() == 1
        && Math.max(s.padTop(), s.padBottom()) <= 2
        && Math.max(s.padLeft(), s.padRight()) <= 2
        && s.inChannels() % CHANNEL_UNIT == 0
        && s.outChannels() % CHANNEL_UNIT == 0;
  }

  /** Lines of tiles in images with {@code height × width} pixels of the product's other side. */
  static final class Lines {
    private float[] array = NOTHING;
    private float[] zeros = NOTHING; // a row outside the images
    private int offset;
    private int height;
    private int width;
    private int channels;
    private int top;
    private int left;
    private int columns;
    private int linesPerImage;
    private WinogradTransforms transforms = Winograd4x4.TRANSFORMS;

    /**
     * Sets which images are read.
     *
     * @param top rows of zeros above an image
     * @param left columns of zeros to its left
     * @param columns of pixels in a line
     */
    void set(
        float[] array,
        int offset,
        int height,
        int width,
        int channels,
        int top,
        int left,
        int columns,
        int linesPerImage,
        WinogradTransforms transforms) {
      this.array = array;
      this.offset = offset;
      this.height = height;
      this.width = width;
      this.channels = channels;
      this.top = top;
      this.left = left;
      this.columns = columns;
      this.linesPerImage = linesPerImage;
      this.transforms = transforms;
      if (zeros.length < width * channels) {
        zeros = new float[width * channels];
      }
    }

    void clear() {
      array = NOTHING;
    }

    /** Elements of a row of a line. */
    int rowSize() {
      return columns * channels;
    }

    /** Rows {@code first} to {@code last} of {@code Bᵀ d}. */
    void input(int line, int first, int last, float[] t) {
      int n = valid();
      for (int i = first; i < last; i++) {
        transforms.inputRow(i, n, this, line, t, pad(n, t, (i - first) * rowSize()));
      }
    }

    /** Rows {@code first} to {@code last} of {@code A dy}. */
    void gradient(int line, int first, int last, float[] t) {
      int n = valid();
      for (int i = first; i < last; i++) {
        transforms.gradientRow(i, n, this, line, t, pad(n, t, (i - first) * rowSize()));
      }
    }

    /** Elements of a line's row that lie within the image. */
    private int valid() {
      return Math.min(columns - left, width) * channels;
    }

    /** Writes the zeros around the n elements of a row, and returns where these begin. */
    private int pad(int n, float[] t, int tOffset) {
      int from = tOffset + left * channels;
      Arrays.fill(t, tOffset, from, 0);
      Arrays.fill(t, from + n, tOffset + rowSize(), 0);
      return from;
    }

    private int y(int line, int row) {
      return transforms.tile * (line % linesPerImage) - top + row;
    }

    /** Where row {@code row} of a line's pixels stands; zeros if it is outside the image. */
    float[] array(int line, int row) {
      int y = y(line, row);
      return y >= 0 && y < height ? array : zeros;
    }

    /** Where in {@link #array} it begins. */
    int offset(int line, int row) {
      int y = y(line, row);
      int pixels = (line / linesPerImage * height + y) * width;
      return y >= 0 && y < height ? offset + pixels * channels : 0;
    }
  }

  /** Forward, and backward to the input, which is forward by the turned filter. */
  static final class ProductJob {
    static final ThreadLocal<ProductJob> CURRENT = ThreadLocal.withInitial(ProductJob::new);

    private final Lines lines = new Lines();
    private final WorkerPool.Task turn = this::turnTap;
    private final WorkerPool.Task transform = this::transformFilter;
    private final WorkerPool.Task multiply = this::multiplyBlock;
    private WinogradTransforms transforms = Winograd4x4.TRANSFORMS;
    private int k; // channels read
    private int n; // channels written
    private int outHeight;
    private int outWidth;
    private int tilesAcross;
    private int linesPerImage;
    private int allLines;
    private int linesPerBlock;
    private float[] filter = NOTHING; // [9, k, n], or [9, n, k] to be turned
    private int filterOffset;
    private boolean turns;
    private boolean byBlocks; // of columns, transformed where they are used
    private float[] turned = NOTHING; // [9, k, n]
    private float[] own = NOTHING;
    private float[] packed = NOTHING; // [planes], each panels of [k, n]
    private float[] zeros = NOTHING;
    private float[] target = NOTHING;
    private int targetOffset;
    private Epilogue epilogue = Epilogue.NONE;

    void forward(
        WinogradTransforms transforms,
        ConvolutionShape s,
        float[] input,
        int inputOffset,
        float[] filter,
        int filterOffset,
        Epilogue epilogue,
        float[] output,
        int outputOffset) {
      this.transforms = transforms;
      k = s.inChannels();
      n = s.outChannels();
      this.filter = filter;
      this.filterOffset = filterOffset;
      turns = false;
      run(s, input, inputOffset, epilogue, output, outputOffset);
    }

    void forward(
        WinogradTransforms transforms,
        ConvolutionShape s,
        float[] input,
        int inputOffset,
        float[] transformed,
        Epilogue epilogue,
        float[] output,
        int outputOffset) {
      this.transforms = transforms;
      k = s.inChannels();
      n = s.outChannels();
      packed = transformed;
      run(s, input, inputOffset, epilogue, output, outputOffset);
    }

    float[] pack(
        WinogradTransforms transforms, ConvolutionShape s, float[] filter, int filterOffset) {
      this.transforms = transforms;
      k = s.inChannels();
      n = s.outChannels();
      this.filter = filter;
      this.filterOffset = filterOffset;
      turns = false;
      float[] transformed = new float[transforms.planes * plane(k * n)];
      transform(transformed);
      packed = NOTHING;
      return transformed;
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
      WorkerPool.run(k / CHANNEL_UNIT, transform);
      filter = NOTHING;
    }

    private void run(
        ConvolutionShape s,
        float[] input,
        int inputOffset,
        Epilogue epilogue,
        float[] output,
        int outputOffset) {
      run(
          s.batch(),
          input,
          inputOffset,
          s.inHeight(),
          s.inWidth(),
          s.padTop(),
          s.padLeft(),
          epilogue,
          output,
          outputOffset,
          s.outHeight(),
          s.outWidth());
    }

    void backward(
        WinogradTransforms transforms,
        ConvolutionShape s,
        float[] dOutput,
        int dOutputOffset,
        float[] filter,
        int filterOffset,
        float[] dInput,
        int dInputOffset) {
      this.transforms = transforms;
      k = s.outChannels();
      n = s.inChannels();
      this.filter = filter;
      this.filterOffset = filterOffset;
      turns = true;
      run(
          s.batch(),
          dOutput,
          dOutputOffset,
          s.outHeight(),
          s.outWidth(),
          2 - s.padTop(),
          2 - s.padLeft(),
          Epilogue.NONE,
          dInput,
          dInputOffset,
          s.inHeight(),
          s.inWidth());
    }

    private void run(
        int batch,
        float[] source,
        int sourceOffset,
        int height,
        int width,
        int top,
        int left,
        Epilogue epilogue,
        float[] target,
        int targetOffset,
        int outHeight,
        int outWidth) {
      this.epilogue = epilogue;
      this.target = target;
      this.targetOffset = targetOffset;
      this.outHeight = outHeight;
      this.outWidth = outWidth;
      tilesAcross = transforms.tiles(outWidth);
      linesPerImage = transforms.tiles(outHeight);
      allLines = batch * linesPerImage;
      lines.set(
          source,
          sourceOffset,
          height,
          width,
          k,
          top,
          left,
          transforms.tile * tilesAcross + 2,
          linesPerImage,
          transforms);
      // As many blocks for each thread, of equal length.
      int threads = WorkerPool.threads();
      int rounds = Math.ceilDiv(allLines, threads * Math.max(1, TILES / tilesAcross));
      linesPerBlock = Math.ceilDiv(allLines, threads * rounds);
      if (zeros.length < n) {
        zeros = new float[n];
      }
      int size = transforms.planes * plane(k * n);
      byBlocks = filter != NOTHING && rounds == 1 && size >= LARGE_FILTER;
      try {
        if (filter != NOTHING && !byBlocks) {
          transform(own(size));
        }
        WorkerPool.run(Math.ceilDiv(allLines, linesPerBlock), multiply);
      } finally {
        lines.clear();
        filter = NOTHING;
        packed = NOTHING;
        this.target = NOTHING;
        this.epilogue = Epilogue.NONE;
      }
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
      int size = transforms.planes * plane(k * columns);
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
            columns, source, from + p * row, k * row, u, p * columns, plane(k * columns));
      }
      return u;
    }

    private void transformFilter(int task) {
      for (int j = 0; j < n; j += Microkernel.panelWidth(n - j)) {
        int width = Microkernel.panelWidth(n - j);
        for (int p = task * CHANNEL_UNIT; p < (task + 1) * CHANNEL_UNIT; p++) {
          transforms.filter(
              width,
              filter,
              filterOffset + p * n + j,
              k * n,
              packed,
              k * j + p * width,
              plane(k * n));
        }
      }
    }

    private void multiplyBlock(int task) {
      Scratch scratch = Scratch.current();
      int firstLine = task * linesPerBlock;
      int lastLine = Math.min(firstLine + linesPerBlock, allLines);
      int tiles = (lastLine - firstLine) * tilesAcross;
      int vPlane = plane(tiles * k);
      float[] v = scratch.left(transforms.planes * vPlane); // [planes, tiles, k]
      int extent = transforms.extent;
      float[] t = scratch.image(extent * lines.rowSize());
      for (int line = firstLine; line < lastLine; line++) {
        lines.input(line, 0, extent, t);
        int at = (line - firstLine) * tilesAcross * k;
        for (int i = 0; i < extent; i++) {
          int row = i * lines.rowSize();
          transforms.input(tilesAcross, k, t, row, v, at + extent * i * vPlane, vPlane, k, 1);
        }
      }
      int[] rows = scratch.offsets(tiles);
      for (int i = 0; i < tiles; i++) {
        rows[i] = i * k;
      }
      // [planes, tiles, columns]
      float[] m = scratch.right(transforms.planes * plane(tiles * Math.min(n, COLUMNS)));
      int columns;
      for (int j = 0; j < n; j += columns) {
        columns = byBlocks ? Microkernel.panelWidth(n - j) : Math.min(COLUMNS, n - j);
        float[] u = byBlocks ? transformColumns(j, columns, scratch) : packed;
        int uOffset = byBlocks ? 0 : k * j;
        int uPlane = plane(byBlocks ? k * columns : k * n);
        int mPlane = plane(tiles * columns);
        for (int plane = 0; plane < transforms.planes; plane++) {
          Panels.multiplyRows(
              tiles,
              rows,
              1,
              k,
              0,
              v,
              plane * vPlane,
              Panels.APART,
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
          int at = (line - firstLine) * tilesAcross * columns;
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
      boolean fused = store.way() >= 0;
      boolean sums = fused && epilogue.sums();
      float[] bias = fused ? store.bias(zeros) : zeros;
      int biasOffset = bias == zeros ? 0 : store.biasOffset(0);
      float floor = fused && !sums ? store.floor() : Float.NEGATIVE_INFINITY;
      int size = tilesAcross * columns;
      int tile = transforms.tile;
      int extent = transforms.extent;
      int end = tile * extent * size;
      // [tile, extent, tiles, columns], and a row of pixels
      float[] s = scratch.patches(end + tile * size);
      transforms.outputRows(size, m, mOffset, plane, s);
      int y = tile * (line % linesPerImage);
      int image = targetOffset + line / linesPerImage * outHeight * outWidth * n;
      int whole = fused ? outWidth / tile : 0;
      for (int i = 0; i < Math.min(tile, outHeight - y); i++) {
        int from = extent * i * size;
        int to = image + (y + i) * outWidth * n + channel;
        if (sums) {
          transforms.output(
              tilesAcross, columns, s, from, size, bias, biasOffset, floor, s, end, columns);
          add(columns, s, end, to);
          continue;
        }
        transforms.output(whole, columns, s, from, size, bias, biasOffset, floor, target, to, n);
        for (int across = whole; across < tilesAcross; across++) {
          int pixels = end;
          transforms.output(
              1,
              columns,
              s,
              from + across * columns,
              size,
              bias,
              biasOffset,
              floor,
              s,
              pixels,
              columns);
          for (int x = tile * across; x < Math.min(tile * (across + 1), outWidth); x++) {
            if (fused) {
              System.arraycopy(s, pixels, target, to + x * n, columns);
            } else {
              store.row(columns, s, pixels, target, to + x * n, 0);
            }
            pixels += columns;
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

  /** The gradient of the filter. */
  static final class FilterJob {
    static final ThreadLocal<FilterJob> CURRENT = ThreadLocal.withInitial(FilterJob::new);

    /** Runs of lines at most; part of the order of accumulation. */
    private static final int CHUNKS = 8;

    /** Floats of all runs' sums at most; part of the order of accumulation. */
    private static final int PARTIALS = 1 << 23;

    /** Rows and columns of a large filter whose planes are made and transformed back together. */
    private static final int ROWS = 48;

    private static final int WIDTH = 128;

    private final Lines inputs = new Lines();
    private final Lines gradients = new Lines();
    private final WorkerPool.Task accumulate = this::accumulate;
    private final WorkerPool.Task finish = this::finish;
    private final WorkerPool.Task prepare = this::prepare;
    private final WorkerPool.Task multiply = this::multiply;
    private WinogradTransforms transforms = Winograd4x4.TRANSFORMS;
    private int in;
    private int out;
    private int tilesAcross;
    private int allLines;
    private int linesPerBlock;
    private int chunks;
    private int parts; // of the rows of a transformed tile
    private float[] sums = NOTHING; // [chunks, PLANES, in, out]
    private float[] v = NOTHING; // [planes], each columns of [in, tiles]
    private float[] m = NOTHING; // [planes], each panels of [tiles, out]
    private float[] dFilter = NOTHING;
    private int dFilterOffset;

    void run(
        WinogradTransforms transforms,
        ConvolutionShape s,
        float[] input,
        int inputOffset,
        float[] dOutput,
        int dOutputOffset,
        float[] dFilter,
        int dFilterOffset) {
      this.transforms = transforms;
      in = s.inChannels();
      out = s.outChannels();
      this.dFilter = dFilter;
      this.dFilterOffset = dFilterOffset;
      tilesAcross = transforms.tiles(s.outWidth());
      int linesPerImage = transforms.tiles(s.outHeight());
      allLines = s.batch() * linesPerImage;
      linesPerBlock = Math.max(1, TILES / tilesAcross);
      int size = transforms.planes * plane(in * out);
      int most =
          Math.min(
              Math.ceilDiv(allLines, linesPerBlock), PARTIALS / (transforms.planes * in * out));
      chunks = Math.max(1, Math.min(CHUNKS, most));
      parts = chunks < CHUNKS ? transforms.extent : 1;
      boolean byBlocks = allLines <= linesPerBlock && size >= LARGE_FILTER;
      if (!byBlocks && sums.length < chunks * size) {
        sums = new float[chunks * size];
      }
      inputs.set(
          input,
          inputOffset,
          s.inHeight(),
          s.inWidth(),
          in,
          s.padTop(),
          s.padLeft(),
          transforms.tile * tilesAcross + 2,
          linesPerImage,
          transforms);
      gradients.set(
          dOutput,
          dOutputOffset,
          s.outHeight(),
          s.outWidth(),
          out,
          0,
          0,
          transforms.tile * tilesAcross,
          linesPerImage,
          transforms);
      try {
        if (byBlocks) {
          runByBlocks();
        } else {
          WorkerPool.run(chunks * parts, accumulate);
          WorkerPool.run(in / CHANNEL_UNIT, finish);
        }
      } finally {
        inputs.clear();
        gradients.clear();
        this.dFilter = NOTHING;
      }
    }

    /** All lines are one block, so that no plane of the filter's size need be kept. */
    private void runByBlocks() {
      int tiles = allLines * tilesAcross;
      int vSize = transforms.planes * plane(tiles * in);
      int mSize = transforms.planes * plane(tiles * out);
      if (v.length < vSize) {
        v = new float[vSize];
      }
      if (m.length < mSize) {
        m = new float[mSize];
      }
      WorkerPool.run(transforms.extent, prepare);
      WorkerPool.run(Math.ceilDiv(in, ROWS), multiply);
    }

    private void prepare(int row) {
      operands(row, row + 1, 0, allLines, v, m, transforms.extent * row, Scratch.current());
    }

    /** The gradient of the filters from some input channels. */
    private void multiply(int task) {
      Scratch scratch = Scratch.current();
      int tiles = allLines * tilesAcross;
      int i = task * ROWS;
      int rows = Math.min(ROWS, in - i);
      float[] u = scratch.filter(transforms.planes * plane(rows * WIDTH));
      TileStore store = scratch.store.set(1, 0, false, Epilogue.NONE, 0);
      for (int j = 0; j < out; j += WIDTH) {
        int columns = Math.min(WIDTH, out - j);
        int uPlane = plane(rows * columns);
        for (int plane = 0; plane < transforms.planes; plane++) {
          Panels.multiplyColumns(
              rows,
              tiles,
              v,
              plane * plane(tiles * in) + i * tiles,
              Panels.APART,
              columns,
              m,
              plane * plane(tiles * out) + j * tiles,
              store,
              u,
              plane * uPlane,
              columns,
              scratch);
        }
        for (int r = 0; r < rows; r++) {
          int to = dFilterOffset + (i + r) * out + j;
          transforms.filterGradient(columns, u, r * columns, uPlane, dFilter, to, in * out);
        }
      }
    }

    private void accumulate(int task) {
      int chunk = task / parts;
      int part = task % parts;
      int extent = transforms.extent;
      int end = (int) ((long) (chunk + 1) * allLines / chunks);
      boolean first = true;
      for (int line = (int) ((long) chunk * allLines / chunks); line < end; line += linesPerBlock) {
        int last = Math.min(line + linesPerBlock, end);
        block(chunk, part * extent / parts, (part + 1) * extent / parts, line, last, first);
        first = false;
      }
    }

    /** Adds a block of lines to the planes of rows {@code row} to {@code lastRow}. */
    private void block(
        int chunk, int row, int lastRow, int firstLine, int lastLine, boolean first) {
      Scratch scratch = Scratch.current();
      int tiles = (lastLine - firstLine) * tilesAcross;
      int extent = transforms.extent;
      int planes = extent * (lastRow - row);
      int vPlane = plane(tiles * in);
      int mPlane = plane(tiles * out);
      float[] v = scratch.left(planes * vPlane);
      float[] m = scratch.right(planes * mPlane);
      operands(row, lastRow, firstLine, lastLine, v, m, 0, scratch);
      TileStore store = scratch.store.set(1, first ? 0 : 1, false, Epilogue.NONE, 0);
      for (int plane = 0; plane < planes; plane++) {
        Panels.multiplyColumns(
            in,
            tiles,
            v,
            plane * vPlane,
            Panels.APART,
            out,
            m,
            plane * mPlane,
            store,
            sums,
            (chunk * transforms.planes + extent * row + plane) * plane(in * out),
            out,
            scratch);
      }
    }

    /** The transformed tiles of a block of lines, rows {@code row} to {@code lastRow} of each. */
    private void operands(
        int row,
        int lastRow,
        int firstLine,
        int lastLine,
        float[] v,
        float[] m,
        int plane,
        Scratch scratch) {
      int tiles = (lastLine - firstLine) * tilesAcross;
      int extent = transforms.extent;
      int vPlane = plane(tiles * in);
      int mPlane = plane(tiles * out);
      float[] t = scratch.image((lastRow - row) * Math.max(inputs.rowSize(), gradients.rowSize()));
      for (int line = firstLine; line < lastLine; line++) {
        int tile = (line - firstLine) * tilesAcross;
        inputs.input(line, row, lastRow, t);
        for (int i = 0; i < lastRow - row; i++) {
          transforms.input(
              tilesAcross,
              in,
              t,
              i * inputs.rowSize(),
              v,
              (plane + extent * i) * vPlane + tile * Microkernel.LEFT_STEP,
              vPlane,
              Microkernel.LEFT_STEP,
              tiles);
        }
        gradients.gradient(line, row, lastRow, t);
        for (int i = 0; i < lastRow - row; i++) {
          for (int j = 0; j < out; j += Microkernel.panelWidth(out - j)) {
            int width = Microkernel.panelWidth(out - j);
            transforms.gradient(
                tilesAcross,
                width,
                out,
                t,
                i * gradients.rowSize() + j,
                m,
                (plane + extent * i) * mPlane + tiles * j + tile * width,
                mPlane,
                width);
          }
        }
      }
    }

    /** Adds up the runs' sums of some input channels, plane by plane, and transforms them back. */
    private void finish(int task) {
      int from = task * CHANNEL_UNIT * out;
      int size = CHANNEL_UNIT * out;
      int step = plane(in * out);
      for (int plane = 0; plane < transforms.planes; plane++) {
        int sum = plane * step + from;
        for (int chunk = 1; chunk < chunks; chunk++) {
          int next = chunk * transforms.planes * step + sum;
          Elementwise.add(size, sums, sum, sums, next, sums, sum);
        }
      }
      transforms.filterGradient(size, sums, from, step, dFilter, dFilterOffset + from, in * out);
    }
  }
}
