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

  private static final int PLANES = 36;

  /** Columns of the products between two transforms; the width of every full panel divides it. */
  private static final int COLUMNS = 64;

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

  /** Tiles that cover an image of the output. */
  static int tiles(ConvolutionShape s) {
    return tiles(s.outHeight()) * tiles(s.outWidth());
  }

  private static int tiles(int extent) {
    return (extent + 3) / 4;
  }

  /** Lines of tiles in images with {@code height × width} pixels of the product's other side. */
  private static final class Lines {
    private float[] array = NOTHING;
    private int offset;
    private int height;
    private int width;
    private int channels;
    private int top;
    private int left;
    private int rows;
    private int columns;
    private int linesPerImage;

    /**
     * Sets which images are read.
     *
     * @param top rows of zeros above an image
     * @param left columns of zeros to its left
     * @param rows of pixels in a line
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
        int rows,
        int columns,
        int linesPerImage) {
      this.array = array;
      this.offset = offset;
      this.height = height;
      this.width = width;
      this.channels = channels;
      this.top = top;
      this.left = left;
      this.rows = rows;
      this.columns = columns;
      this.linesPerImage = linesPerImage;
    }

    void clear() {
      array = NOTHING;
    }

    private int image(int line) {
      return offset + line / linesPerImage * height * width * channels;
    }

    private int y(int line) {
      return 4 * (line % linesPerImage) - top;
    }

    /** Whether a line lies within its image, so that it is read where it is. */
    boolean inside(int line) {
      int y = y(line);
      return y >= 0 && y + rows <= height && left == 0 && columns <= width;
    }

    float[] array(int line, Scratch scratch) {
      if (inside(line)) {
        return array;
      }
      float[] copy = scratch.image(rows * columns * channels);
      copy(line, copy);
      return copy;
    }

    int offset(int line) {
      return inside(line) ? image(line) + y(line) * width * channels : 0;
    }

    int rowPitch(int line) {
      return (inside(line) ? width : columns) * channels;
    }

    private void copy(int line, float[] target) {
      int image = image(line);
      int last = Math.min(columns, width + left);
      for (int i = 0; i < rows; i++) {
        int y = y(line) + i;
        int to = i * columns * channels;
        int end = to + columns * channels;
        if (y < 0 || y >= height || left >= last) {
          Arrays.fill(target, to, end, 0);
          continue;
        }
        int from = to + left * channels;
        Arrays.fill(target, to, from, 0);
        System.arraycopy(
            array, image + y * width * channels, target, from, (last - left) * channels);
        Arrays.fill(target, to + last * channels, end, 0);
      }
    }
  }

  /** Forward, and backward to the input, which is forward by the turned filter. */
  static final class ProductJob {
    static final ThreadLocal<ProductJob> CURRENT = ThreadLocal.withInitial(ProductJob::new);

    private final Lines lines = new Lines();
    private final WorkerPool.Task turn = this::turnTap;
    private final WorkerPool.Task transform = this::transformFilter;
    private final WorkerPool.Task multiply = this::multiplyBlock;
    private int k; // channels read
    private int n; // channels written
    private int outHeight;
    private int outWidth;
    private int tilesAcross;
    private int linesPerImage;
    private int allLines;
    private int linesPerBlock;
    private float[] filter = NOTHING; // [9, k, n]
    private int filterOffset;
    private float[] turned = NOTHING; // [9, k, n]
    private float[] own = NOTHING;
    private float[] packed = NOTHING; // [PLANES], each panels of [k, n]
    private float[] zeros = NOTHING;
    private float[] target = NOTHING;
    private int targetOffset;
    private Epilogue epilogue = Epilogue.NONE;

    void forward(
        ConvolutionShape s,
        float[] input,
        int inputOffset,
        float[] filter,
        int filterOffset,
        Epilogue epilogue,
        float[] output,
        int outputOffset) {
      k = s.inChannels();
      n = s.outChannels();
      packed = transform(filter, filterOffset, own(PLANES * plane(k * n)));
      run(s, input, inputOffset, epilogue, output, outputOffset);
    }

    void forward(
        ConvolutionShape s,
        float[] input,
        int inputOffset,
        float[] transformed,
        Epilogue epilogue,
        float[] output,
        int outputOffset) {
      k = s.inChannels();
      n = s.outChannels();
      packed = transformed;
      run(s, input, inputOffset, epilogue, output, outputOffset);
    }

    float[] pack(ConvolutionShape s, float[] filter, int filterOffset) {
      k = s.inChannels();
      n = s.outChannels();
      return transform(filter, filterOffset, new float[PLANES * plane(k * n)]);
    }

    private float[] own(int size) {
      if (own.length < size) {
        own = new float[size];
      }
      return own;
    }

    private float[] transform(float[] filter, int filterOffset, float[] transformed) {
      this.filter = filter;
      this.filterOffset = filterOffset;
      packed = transformed;
      WorkerPool.run(k / CHANNEL_UNIT, transform);
      this.filter = NOTHING;
      return transformed;
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
        ConvolutionShape s,
        float[] dOutput,
        int dOutputOffset,
        float[] filter,
        int filterOffset,
        float[] dInput,
        int dInputOffset) {
      k = s.outChannels();
      n = s.inChannels();
      if (turned.length < 9 * k * n) {
        turned = new float[9 * k * n];
      }
      this.filter = filter;
      this.filterOffset = filterOffset;
      WorkerPool.run(9, turn);
      packed = transform(turned, 0, own(PLANES * plane(k * n)));
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
      tilesAcross = tiles(outWidth);
      linesPerImage = tiles(outHeight);
      allLines = batch * linesPerImage;
      lines.set(
          source, sourceOffset, height, width, k, top, left, 6, 4 * tilesAcross + 2, linesPerImage);
      // As many blocks for each thread, of equal length.
      int threads = WorkerPool.threads();
      int rounds = Math.ceilDiv(allLines, threads * Math.max(1, TILES / tilesAcross));
      linesPerBlock = Math.ceilDiv(allLines, threads * rounds);
      if (zeros.length < n) {
        zeros = new float[n];
      }
      try {
        WorkerPool.run(Math.ceilDiv(allLines, linesPerBlock), multiply);
      } finally {
        lines.clear();
        packed = NOTHING;
        this.target = NOTHING;
        this.epilogue = Epilogue.NONE;
      }
    }

    /** Transposes a tap to where the turned filter has it. */
    private void turnTap(int tap) {
      int lanes = Simd.LANES;
      int from = filterOffset + tap * k * n;
      int to = (8 - tap) * k * n;
      for (int i = 0; i < n; i += lanes) {
        for (int p = 0; p < k; p += lanes) {
          Transposition.square(filter, from + i * k + p, k, turned, to + p * n + i, n);
        }
      }
    }

    private void transformFilter(int task) {
      for (int j = 0; j < n; j += Microkernel.panelWidth(n - j)) {
        int width = Microkernel.panelWidth(n - j);
        for (int p = task * CHANNEL_UNIT; p < (task + 1) * CHANNEL_UNIT; p++) {
          WinogradTransforms.filter(
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
      float[] v = scratch.left(PLANES * vPlane); // [PLANES, tiles, k]
      for (int line = firstLine; line < lastLine; line++) {
        float[] x = lines.array(line, scratch);
        int at = (line - firstLine) * tilesAcross * k;
        for (int i = 0; i < 6; i++) {
          WinogradTransforms.input(
              i,
              tilesAcross,
              k,
              x,
              lines.offset(line),
              lines.rowPitch(line),
              v,
              at + 6 * i * vPlane,
              vPlane,
              k,
              1);
        }
      }
      int[] rows = scratch.offsets(tiles);
      for (int i = 0; i < tiles; i++) {
        rows[i] = i * k;
      }
      // [PLANES, tiles, columns]
      float[] m = scratch.right(PLANES * plane(tiles * Math.min(n, COLUMNS)));
      for (int j = 0; j < n; j += COLUMNS) {
        int columns = Math.min(COLUMNS, n - j);
        int mPlane = plane(tiles * columns);
        for (int plane = 0; plane < PLANES; plane++) {
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
              packed,
              plane * plane(k * n) + k * j,
              k,
              0,
              scratch.store.set(1, 0, false, Epilogue.NONE, 0),
              m,
              plane * mPlane,
              columns,
              scratch);
        }
        TileStore store = scratch.store.set(1, 0, true, epilogue, j);
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
      float[] bias = fused ? store.bias(zeros) : zeros;
      int biasOffset = bias == zeros ? 0 : store.biasOffset(0);
      float floor = fused ? store.floor() : Float.NEGATIVE_INFINITY;
      int y = 4 * (line % linesPerImage);
      int image = targetOffset + line / linesPerImage * outHeight * outWidth * n;
      int pixels = image + y * outWidth * n + channel;
      int rows = Math.min(4, outHeight - y);
      float[] tile = scratch.patches(16 * COLUMNS);
      for (int t = 0; t < tilesAcross; t++) {
        int from = mOffset + t * columns;
        int to = pixels + 4 * t * n;
        int across = Math.min(4, outWidth - 4 * t);
        if (fused && rows == 4 && across == 4) {
          WinogradTransforms.output(
              columns, m, from, plane, bias, biasOffset, floor, target, to, n, outWidth * n);
          continue;
        }
        WinogradTransforms.output(
            columns, m, from, plane, bias, biasOffset, floor, tile, 0, columns, 4 * columns);
        for (int pixel = 0; pixel < 16; pixel++) {
          int row = pixel / 4;
          int column = pixel % 4;
          int at = to + (row * outWidth + column) * n;
          if (row >= rows || column >= across) {
            continue;
          }
          if (fused) {
            System.arraycopy(tile, pixel * columns, target, at, columns);
          } else {
            store.row(columns, tile, pixel * columns, target, at, 0);
          }
        }
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

    private final Lines inputs = new Lines();
    private final Lines gradients = new Lines();
    private final WorkerPool.Task accumulate = this::accumulate;
    private final WorkerPool.Task finish = this::finish;
    private int in;
    private int out;
    private int tilesAcross;
    private int allLines;
    private int linesPerBlock;
    private int chunks;
    private int parts; // of the six rows of a transformed tile
    private float[] sums = NOTHING; // [chunks, PLANES, in, out]
    private float[] dFilter = NOTHING;
    private int dFilterOffset;

    void run(
        ConvolutionShape s,
        float[] input,
        int inputOffset,
        float[] dOutput,
        int dOutputOffset,
        float[] dFilter,
        int dFilterOffset) {
      in = s.inChannels();
      out = s.outChannels();
      this.dFilter = dFilter;
      this.dFilterOffset = dFilterOffset;
      tilesAcross = tiles(s.outWidth());
      int linesPerImage = tiles(s.outHeight());
      allLines = s.batch() * linesPerImage;
      linesPerBlock = Math.max(1, TILES / tilesAcross);
      int size = PLANES * plane(in * out);
      int most = Math.min(Math.ceilDiv(allLines, linesPerBlock), PARTIALS / (PLANES * in * out));
      chunks = Math.max(1, Math.min(CHUNKS, most));
      parts = chunks < CHUNKS ? 6 : 1;
      if (sums.length < chunks * size) {
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
          6,
          4 * tilesAcross + 2,
          linesPerImage);
      gradients.set(
          dOutput,
          dOutputOffset,
          s.outHeight(),
          s.outWidth(),
          out,
          0,
          0,
          4,
          4 * tilesAcross,
          linesPerImage);
      try {
        WorkerPool.run(chunks * parts, accumulate);
        WorkerPool.run(in / CHANNEL_UNIT, finish);
      } finally {
        inputs.clear();
        gradients.clear();
        this.dFilter = NOTHING;
      }
    }

    private void accumulate(int task) {
      int chunk = task / parts;
      int part = task % parts;
      int end = (int) ((long) (chunk + 1) * allLines / chunks);
      boolean first = true;
      for (int line = (int) ((long) chunk * allLines / chunks); line < end; line += linesPerBlock) {
        int last = Math.min(line + linesPerBlock, end);
        block(chunk, part * 6 / parts, (part + 1) * 6 / parts, line, last, first);
        first = false;
      }
    }

    /** Adds a block of lines to the planes of rows {@code row} to {@code lastRow}. */
    private void block(
        int chunk, int row, int lastRow, int firstLine, int lastLine, boolean first) {
      Scratch scratch = Scratch.current();
      int tiles = (lastLine - firstLine) * tilesAcross;
      int planes = 6 * (lastRow - row);
      int vPlane = plane(tiles * in);
      int mPlane = plane(tiles * out);
      float[] v = scratch.left(planes * vPlane); // [planes], each columns of [in, tiles]
      float[] m = scratch.right(planes * mPlane); // [planes], each panels of [tiles, out]
      for (int line = firstLine; line < lastLine; line++) {
        int tile = (line - firstLine) * tilesAcross;
        float[] x = inputs.array(line, scratch);
        for (int i = row; i < lastRow; i++) {
          WinogradTransforms.input(
              i,
              tilesAcross,
              in,
              x,
              inputs.offset(line),
              inputs.rowPitch(line),
              v,
              6 * (i - row) * vPlane + tile * Microkernel.LEFT_STEP,
              vPlane,
              Microkernel.LEFT_STEP,
              tiles);
        }
        x = gradients.array(line, scratch);
        for (int i = row; i < lastRow; i++) {
          for (int j = 0; j < out; j += Microkernel.panelWidth(out - j)) {
            int width = Microkernel.panelWidth(out - j);
            WinogradTransforms.gradient(
                i,
                tilesAcross,
                width,
                x,
                gradients.offset(line) + j,
                out,
                gradients.rowPitch(line),
                m,
                6 * (i - row) * mPlane + tiles * j + tile * width,
                mPlane,
                width);
          }
        }
      }
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
            (chunk * PLANES + 6 * row + plane) * plane(in * out),
            out,
            scratch);
      }
    }

    private void finish(int task) {
      int from = task * CHANNEL_UNIT * out;
      WinogradTransforms.filterGradient(
          CHANNEL_UNIT * out,
          chunks,
          PLANES * plane(in * out),
          sums,
          from,
          plane(in * out),
          dFilter,
          dFilterOffset + from,
          in * out);
    }
  }
}
