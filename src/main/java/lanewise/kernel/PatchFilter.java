package lanewise.kernel;

import lanewise.shape.ConvolutionShape;
import org.jspecify.annotations.Nullable;

/**
 * Patches transposed times the output's gradient, cut into runs of images and blocks of the
 * filter's rows.
 */
final class PatchFilter implements FilterGradient, WorkerPool.Task {
  private static final float[] NOTHING = {};

  static final ThreadLocal<PatchFilter> CURRENT = ThreadLocal.withInitial(PatchFilter::new);

  /** Runs of images at most; part of the order of accumulation. */
  private static final int CHUNKS = 16;

  /** Floats of all runs' sums at most; part of the order of accumulation. */
  private static final int PARTIALS = 1 << 21;

  /** Pixels of a run at least, as part of that order: its sums cost a pass to add. */
  private static final int DEEP = 1024;

  /** Filter rows at a time, whose 256 packed pixels stay in the second-level cache. */
  private static final int ROWS = 128;

  private @Nullable ConvolutionShape shape;
  private @Nullable Patches patches;
  private float[] input = NOTHING;
  private int inputOffset;
  private float[] dOutput = NOTHING;
  private int dOutputOffset;
  private float[] sums = NOTHING; // [chunks, filterSize], or turned
  private int sumsOffset;
  private float[] partials = NOTHING;
  private int chunks;
  private int chunkSize; // of one run's sums
  private int rowTasks;

  /**
   * Where the patch fills vectors that the output's channels do not, each run's sums stand turned,
   * {@code [outChannels, pitch]}, so that vectors run over the patch.
   */
  private boolean turned;

  /** Whether {@link OuterProductTile} reads both operands where they lie. */
  private boolean inPlace;

  /** And whether no cache is taken to hold them. */
  private boolean far;

  private int pitch;

  @Override
  public void run(
      ConvolutionShape s,
      float[] input,
      int inputOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dFilter,
      int dFilterOffset) {
    this.input = input;
    this.inputOffset = inputOffset;
    this.dOutput = dOutput;
    this.dOutputOffset = dOutputOffset;
    set(
        ConvolutionGeometry.of(s),
        Math.min(runs(s.filterSize(), s.batch() * s.outHeight() * s.outWidth()), s.batch()));
    // Each task of a run reads all of its dOutput, so there are no more than threads share evenly.
    int threads = WorkerPool.threads();
    rowTasks = chunks % threads == 0 || chunks >= 4 * threads ? 1 : threads;
    boolean apart = chunks > 1 || turned;
    sums = apart ? partials() : dFilter;
    sumsOffset = apart ? 0 : dFilterOffset;
    try {
      WorkerPool.run(chunks * rowTasks, this);
    } finally {
      this.input = NOTHING;
      this.dOutput = NOTHING;
      sums = NOTHING;
    }
    if (apart) {
      finish(dFilter, dFilterOffset);
    }
  }

  /** Runs that so many pixels are cut into, for a filter of {@code size}. */
  static int runs(int size, int pixels) {
    int most = Integer.highestOneBit(Math.min(PARTIALS / size, pixels / DEEP));
    return Math.max(1, Math.min(CHUNKS, most));
  }

  /**
   * Prepares {@link #add}: the shape is that of some lines without padding, which come in {@code
   * runs}.
   */
  void prepare(ConvolutionGeometry geometry, int runs) {
    set(geometry, runs);
    sums = partials();
    sumsOffset = 0;
  }

  /** Adds what {@code lines} of a run give, by any thread; the first set its sums. */
  void add(
      int run,
      int lines,
      float[] x,
      int base,
      float[] d,
      int dOffset,
      boolean first,
      Scratch scratch) {
    ConvolutionShape s = shape;
    Patches p = patches;
    if (s != null && p != null) {
      block(s, p, run, 0, p.patchSize, x, base, d, dOffset, lines, first, scratch);
    }
  }

  private void set(ConvolutionGeometry geometry, int runs) {
    ConvolutionShape s = geometry.shape();
    shape = s;
    patches = geometry.forward();
    chunks = runs;
    int in = s.inChannels();
    int out = s.outChannels();
    inPlace = PointwiseProduct.supports(s) && OuterProductTile.suits(Math.min(in, out));
    far =
        ReadAhead.pays(s.batch() * ((long) s.inImageSize() + s.outImageSize()), Math.max(in, out));
    turned =
        inPlace
            ? in % Microkernel.NR == 0 && out % Microkernel.NR != 0
            : s.groups() == 1 && 2 * out <= Simd.LANES && s.patchSize() > Simd.LANES;
    pitch = turned ? Microkernel.packedWidth(s.patchSize()) : s.outChannels();
    chunkSize = turned ? out * pitch : s.filterSize();
  }

  private float[] partials() {
    int room = chunks * chunkSize + (turned ? Simd.LANES * pitch : 0); // for squares' last rows
    if (partials.length < room) {
      partials = new float[room];
    }
    return partials;
  }

  /** Adds the sums of the runs in order. */
  void finish(float[] dFilter, int dFilterOffset) {
    ConvolutionShape s = shape;
    if (s == null) {
      return;
    }
    for (int chunk = 1; chunk < chunks; chunk++) {
      Elementwise.add(chunkSize, partials, 0, partials, chunk * chunkSize, partials, 0);
    }
    if (turned) {
      int out = s.outChannels();
      float[] tile = Scratch.current().tile;
      Transposition.exact(s.patchSize(), out, partials, pitch, dFilter, dFilterOffset, out, tile);
    } else {
      System.arraycopy(partials, 0, dFilter, dFilterOffset, chunkSize);
    }
  }

  @Override
  public void run(int task) {
    ConvolutionShape s = shape;
    Patches p = patches;
    if (s == null || p == null) {
      return;
    }
    int chunk = task / rowTasks;
    int part = task % rowTasks;
    int step = rowStep(p);
    int perTask = ((p.patchSize + rowTasks - 1) / rowTasks + step - 1) / step * step;
    int firstRow = part * perTask;
    int rows = Math.min(perTask, p.patchSize - firstRow);
    int end = (int) ((long) (chunk + 1) * s.batch() / chunks);
    Scratch scratch = Scratch.current();
    boolean first = true;
    for (int image = (int) ((long) chunk * s.batch() / chunks); image < end; image++) {
      for (int y = 0; y < p.outHeight && rows > 0; y += p.blockRows()) {
        int pixelRows = Math.min(p.blockRows(), p.outHeight - y);
        int from = inputOffset + image * s.inImageSize();
        float[] x = p.image(input, from, y, pixelRows, scratch);
        int dOut = dOutputOffset + (image * p.outHeight + y) * p.outWidth * s.outChannels();
        block(
            s,
            p,
            chunk,
            firstRow,
            rows,
            x,
            p.base(from, y),
            dOutput,
            dOut,
            pixelRows,
            first,
            scratch);
        first = false;
      }
    }
  }

  /** Rows of the filter that a task takes a multiple of, for whole tiles. */
  private int rowStep(Patches p) {
    if (p.byPairsOfElements) {
      return p.run();
    }
    if (inPlace) {
      return OuterProductTile.ROWS;
    }
    return p.byTriplePixels ? TriplePixelTile.ROWS : Microkernel.LEFT_STEP;
  }

  private void block(
      ConvolutionShape s,
      Patches p,
      int chunk,
      int firstRow,
      int rows,
      float[] x,
      int base,
      float[] dOutput,
      int dOut,
      int pixelRows,
      boolean first,
      Scratch scratch) {
    TileStore store = scratch.store.set(1, first ? 0 : 1, false, Epilogue.NONE, 0);
    int pixels = pixelRows * p.outWidth;
    int columns = s.groupOutChannels();
    int sumsAt = sumsOffset + chunk * chunkSize;
    if (inPlace) {
      int channel = base + firstRow;
      int in = s.inChannels();
      if (far) {
        ReadAhead.lines(x, base, base + pixels * in);
        ReadAhead.lines(dOutput, dOut, dOut + pixels * columns);
      }
      if (turned) {
        int at = sumsAt + firstRow;
        OuterProductTile.multiply(
            columns, rows, pixels, dOutput, dOut, columns, x, channel, in, store, sums, at, pitch,
            scratch);
      } else {
        int at = sumsAt + firstRow * columns;
        OuterProductTile.multiply(
            rows, columns, pixels, x, channel, in, dOutput, dOut, columns, store, sums, at, columns,
            scratch);
      }
      return;
    }
    if (turned) {
      int at = sumsAt + firstRow;
      blockTurned(
          p, firstRow, rows, pixelRows, columns, x, base, dOutput, dOut, store, at, scratch);
      return;
    }
    if (p.byPairsOfElements) {
      float[] right = scratch.right(2 * pixels * columns);
      PairTile.spread(pixels, dOutput, dOut, right);
      int at = sumsAt + firstRow * columns;
      p.multiplyPairsOfElements(
          pixelRows, x, base, firstRow, rows, right, store, sums, at, scratch);
      return;
    }
    boolean unpacked = p.byPlanes || p.byTriplePixels;
    boolean panel = // dOutput as it lies
        s.groups() == 1
            && columns % Simd.LANES == 0
            && columns <= (unpacked ? 2 : 1) * Microkernel.NR;
    float[] right = panel ? dOutput : scratch.right(pixels * Microkernel.packedWidth(columns));
    int rightAt = panel ? dOut : 0;
    float[] left =
        scratch.left(unpacked ? 0 : (Math.min(rows, ROWS) + Microkernel.LEFT_STEP) * pixels);
    float[] planes = p.byPlanes ? p.planes(pixelRows, x, base, scratch) : left;
    for (int g = 0; g < s.groups(); g++) {
      if (!panel) {
        Packing.right(
            false,
            pixels,
            unpacked ? Packing.APART : 0,
            columns,
            dOutput,
            dOut + g * columns,
            s.outChannels(),
            right,
            0,
            pixels,
            0);
      }
      if (p.byTriplePixels) {
        int at = sumsAt + firstRow * columns;
        p.multiplyTriplePixels(
            pixelRows,
            x,
            base,
            firstRow,
            rows,
            columns,
            right,
            rightAt,
            panel ? columns : 0,
            store,
            sums,
            at,
            scratch);
        continue;
      }
      if (p.byPlanes) {
        int at = sumsAt + firstRow * s.outChannels() + g * columns;
        p.multiplyPixels(
            pixelRows,
            planes,
            g,
            firstRow,
            rows,
            columns,
            right,
            rightAt,
            panel ? columns : 0,
            store,
            sums,
            at,
            s.outChannels(),
            scratch);
        continue;
      }
      int patchesBase = base + g * p.groupChannels;
      for (int r = 0; r < rows; r += ROWS) {
        int some = Math.min(ROWS, rows - r);
        p.packing.columns(pixelRows, x, patchesBase, firstRow + r, some, left);
        int at = sumsAt + (firstRow + r) * s.outChannels() + g * columns;
        Panels.multiplyColumns(
            some,
            pixels,
            left,
            0,
            0,
            columns,
            right,
            rightAt,
            store,
            sums,
            at,
            s.outChannels(),
            scratch);
      }
    }
  }

  private void blockTurned(
      Patches p,
      int firstRow,
      int rows,
      int pixelRows,
      int columns,
      float[] image,
      int base,
      float[] dOutput,
      int dOut,
      TileStore store,
      int sumsAt,
      Scratch scratch) {
    int pixels = pixelRows * p.outWidth;
    float[] left = scratch.left(Math.max(columns, Microkernel.LEFT_STEP) * pixels);
    Packing.left(columns, pixels, dOutput, dOut, columns, left);
    for (int r = 0; r < rows; r += ROWS) {
      int some = Microkernel.packedWidth(Math.min(ROWS, rows - r));
      float[] right = scratch.right(some * pixels + Simd.LANES);
      p.packing.rows(
          pixelRows, image, base, firstRow + r, Math.min(ROWS, rows - r), right, scratch);
      Panels.multiplyColumns(
          columns,
          pixels,
          left,
          0,
          Packing.APART,
          some,
          right,
          0,
          store,
          sums,
          sumsAt + r,
          pitch,
          scratch);
    }
  }
}
