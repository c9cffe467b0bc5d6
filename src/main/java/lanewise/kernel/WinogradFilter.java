package lanewise.kernel;

import lanewise.shape.ConvolutionShape;

/** The gradient of the filter by {@link Winograd}. */
final class WinogradFilter implements FilterGradient {
  private static final float[] NOTHING = {};

  private static final ThreadLocal<WinogradFilter> CURRENT =
      ThreadLocal.withInitial(WinogradFilter::new);

  /** Runs of lines at most; part of the order of accumulation. */
  private static final int CHUNKS = 8;

  /** Floats of all runs' sums at most; part of the order of accumulation. */
  private static final int PARTIALS = 1 << 23;

  /** Rows and columns of a large filter whose planes are made and transformed back together. */
  private static final int ROWS = 48;

  private static final int WIDTH = 128;

  private final WinogradTiling tiling = new WinogradTiling();
  private final WinogradLines inputs = new WinogradLines();
  private final WinogradLines gradients = new WinogradLines();
  private final WorkerPool.Task accumulate = this::accumulate;
  private final WorkerPool.Task finish = this::finish;
  private final WorkerPool.Task prepare = this::prepare;
  private final WorkerPool.Task multiply = this::multiply;
  private WinogradTransforms transforms = Winograd4x4.TRANSFORMS;
  private int in;
  private int out;
  private int allLines;
  private int linesPerBlock;
  private int chunks;
  private int parts; // of the rows of a transformed tile
  private float[] sums = NOTHING; // [chunks, PLANES, in, out]
  private float[] v = NOTHING; // [planes], each columns of [in, tiles]
  private float[] m = NOTHING; // [planes], each panels of [tiles, out]
  private float[] dFilter = NOTHING;
  private int dFilterOffset;

  /** That of the current thread, by the transforms of F(2×2) or F(4×4). */
  static WinogradFilter by(WinogradTransforms transforms) {
    WinogradFilter filter = CURRENT.get();
    filter.transforms = transforms;
    return filter;
  }

  @Override
  public void run(
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
    tiling.set(transforms, transforms.tile, s, s.outHeight(), s.outWidth());
    allLines = s.batch() * tiling.linesPerImage;
    linesPerBlock = Math.max(1, Winograd.TILES / tiling.tilesPerLine());
    int size = transforms.planes * Winograd.plane(in * out);
    int most =
        Math.min(Math.ceilDiv(allLines, linesPerBlock), PARTIALS / (transforms.planes * in * out));
    chunks = Math.max(1, Math.min(CHUNKS, most));
    parts = chunks < CHUNKS ? transforms.extent : 1;
    boolean byBlocks = allLines <= linesPerBlock && size >= Winograd.LARGE_FILTER;
    if (!byBlocks && sums.length < chunks * size) {
      sums = new float[chunks * size];
    }
    inputs.input(s, input, inputOffset, tiling);
    gradients.gradient(s, dOutput, dOutputOffset, tiling);
    try {
      if (byBlocks) {
        runByBlocks();
      } else {
        WorkerPool.run(chunks * parts, accumulate);
        WorkerPool.run(in / Winograd.CHANNEL_UNIT, finish);
      }
    } finally {
      inputs.clear();
      gradients.clear();
      this.dFilter = NOTHING;
    }
  }

  /** All lines are one block, so that no plane of the filter's size need be kept. */
  private void runByBlocks() {
    int tiles = allLines * tiling.tilesPerLine();
    int vSize = transforms.planes * Winograd.plane(tiles * in);
    int mSize = transforms.planes * Winograd.plane(tiles * out);
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
    int tiles = allLines * tiling.tilesPerLine();
    int i = task * ROWS;
    int rows = Math.min(ROWS, in - i);
    float[] u = scratch.filter(transforms.planes * Winograd.plane(rows * WIDTH));
    TileStore store = scratch.store.set(1, 0, false, Epilogue.NONE, 0);
    for (int j = 0; j < out; j += WIDTH) {
      int columns = Math.min(WIDTH, out - j);
      int uPlane = Winograd.plane(rows * columns);
      for (int plane = 0; plane < transforms.planes; plane++) {
        Panels.multiplyColumns(
            rows,
            tiles,
            v,
            plane * Winograd.plane(tiles * in) + i * tiles,
            Packing.APART,
            columns,
            m,
            plane * Winograd.plane(tiles * out) + j * tiles,
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
  private void block(int chunk, int row, int lastRow, int firstLine, int lastLine, boolean first) {
    Scratch scratch = Scratch.current();
    int tiles = (lastLine - firstLine) * tiling.tilesPerLine();
    int extent = transforms.extent;
    int planes = extent * (lastRow - row);
    int vPlane = Winograd.plane(tiles * in);
    int mPlane = Winograd.plane(tiles * out);
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
          Packing.APART,
          out,
          m,
          plane * mPlane,
          store,
          sums,
          (chunk * transforms.planes + extent * row + plane) * Winograd.plane(in * out),
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
    int tiles = (lastLine - firstLine) * tiling.tilesPerLine();
    int extent = transforms.extent;
    int vPlane = Winograd.plane(tiles * in);
    int mPlane = Winograd.plane(tiles * out);
    float[] t = scratch.image((lastRow - row) * Math.max(inputs.rowSize(), gradients.rowSize()));
    for (int line = firstLine; line < lastLine; line++) {
      inputs.input(line, row, lastRow, t, 0, inputs.rowSize());
      for (int i = 0; i < lastRow - row; i++) {
        for (int phase = 0; phase < tiling.dilationWidth; phase++) {
          int tile = (line - firstLine) * tiling.tilesPerLine() + phase * tiling.tilesAcross;
          transforms.input(
              tiling.tilesAcross,
              in,
              tiling.dilationWidth * in,
              t,
              i * inputs.rowSize() + phase * in,
              v,
              (plane + extent * i) * vPlane + tile * Microkernel.LEFT_STEP,
              vPlane,
              Microkernel.LEFT_STEP,
              tiles);
        }
      }
      gradients.gradient(line, row, lastRow, t, 0, gradients.rowSize());
      for (int i = 0; i < lastRow - row; i++) {
        for (int phase = 0; phase < tiling.dilationWidth; phase++) {
          int tile = (line - firstLine) * tiling.tilesPerLine() + phase * tiling.tilesAcross;
          for (int j = 0; j < out; j += Microkernel.panelWidth(out - j)) {
            int width = Microkernel.panelWidth(out - j);
            transforms.gradient(
                tiling.tilesAcross,
                width,
                tiling.dilationWidth * out,
                t,
                i * gradients.rowSize() + phase * out + j,
                m,
                (plane + extent * i) * mPlane + tiles * j + tile * width,
                mPlane,
                width);
          }
        }
      }
    }
  }

  /** Adds up the runs' sums of some input channels, plane by plane, and transforms them back. */
  private void finish(int task) {
    int from = task * Winograd.CHANNEL_UNIT * out;
    int size = Winograd.CHANNEL_UNIT * out;
    int step = Winograd.plane(in * out);
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
