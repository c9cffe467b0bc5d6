package lanewise.kernel;

import java.util.Arrays;
import lanewise.shape.ConvolutionShape;
import lanewise.shape.PoolingShape;

/**
 * {@link WinogradRows} forward, and backward to the input, which is forward by the turned filter.
 */
final class WinogradRowsProduct implements ConvolutionProduct.ByRows, WorkerPool.Task {
  private static final float[] NOTHING = {};

  static final ThreadLocal<WinogradRowsProduct> CURRENT =
      ThreadLocal.withInitial(WinogradRowsProduct::new);

  private static final int PLANES = WinogradRowsTransforms.EXTENT;

  private final WinogradTiling tiling = new WinogradTiling();
  private final WinogradLines lines = new WinogradLines();
  private final PatchProduct[] products = new PatchProduct[PLANES];
  private WinogradRowsTransforms transforms = WinogradRowsTransforms.THREE;
  private int n; // channels written
  private int outHeight;
  private int outWidth;
  private int allLines;
  private int linesPerBlock;
  private float[] plane = NOTHING; // of the transformed filter
  private float[] target = NOTHING;
  private int targetOffset;
  private Epilogue epilogue = Epilogue.NONE;

  private final PooledRows pooled = new PooledRows();

  private WinogradRowsProduct() {
    Arrays.setAll(products, i -> new PatchProduct());
  }

  @Override
  public boolean pools(ConvolutionShape s, PoolingShape pooling) {
    return WinogradRowsTransforms.of(s.kernelHeight()).tile % pooling.strideHeight() == 0;
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
    set(s, false);
    ConvolutionGeometry block = ConvolutionGeometry.of(s).rows();
    for (int i = 0; i < PLANES; i++) {
      products[i].prepare(block, false, plane(s, i, false, filter, filterOffset));
    }
    forward(s, input, inputOffset, epilogue, output, outputOffset);
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
    set(s, false);
    ConvolutionGeometry block = ConvolutionGeometry.of(s).rows();
    for (int i = 0; i < PLANES; i++) {
      products[i].prepare(block, filter.panels(i));
    }
    forward(s, input, inputOffset, epilogue, output, outputOffset);
  }

  @Override
  public PackedFilter pack(ConvolutionShape s, float[] filter, int filterOffset) {
    set(s, false);
    ConvolutionGeometry block = ConvolutionGeometry.of(s).rows();
    float[][] panels = new float[PLANES][0];
    for (int i = 0; i < PLANES; i++) {
      panels[i] = products[i].packed(block, plane(s, i, false, filter, filterOffset));
    }
    return new PackedFilter(s, panels);
  }

  private void forward(
      ConvolutionShape s,
      float[] input,
      int inputOffset,
      Epilogue epilogue,
      float[] output,
      int outputOffset) {
    lines.input(s, input, inputOffset, tiling);
    run(epilogue, output, outputOffset);
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
    set(s, true);
    ConvolutionGeometry block = ConvolutionGeometry.of(s).turnedRows();
    for (int i = 0; i < PLANES; i++) {
      products[i].prepare(block, true, plane(s, i, true, filter, filterOffset));
    }
    lines.set(
        dOutput,
        dOutputOffset,
        s.batch(),
        s.outHeight(),
        s.outWidth(),
        s.outChannels(),
        s.kernelHeight() - 1 - s.padTop(),
        s.kernelWidth() - 1 - s.padLeft(),
        s.kernelWidth() - 1,
        tiling);
    run(Epilogue.NONE, dInput, dInputOffset);
  }

  private void set(ConvolutionShape s, boolean turns) {
    transforms = WinogradRowsTransforms.of(s.kernelHeight());
    n = turns ? s.inChannels() : s.outChannels();
    outHeight = turns ? s.inHeight() : s.outHeight();
    outWidth = turns ? s.inWidth() : s.outWidth();
    tiling.set(transforms, 1, s, outHeight, outWidth);
    allLines = s.batch() * tiling.linesPerImage;
    int threads = WorkerPool.threads();
    int most = WinogradRows.linesPerBlock(outWidth);
    int rounds = Math.ceilDiv(allLines, threads * most);
    linesPerBlock = Math.ceilDiv(allLines, threads * rounds);
  }

  /** Row i of {@code G g}. */
  private float[] plane(
      ConvolutionShape s, int i, boolean turns, float[] filter, int filterOffset) {
    int size = s.kernelWidth() * s.inChannels() * s.outChannels();
    if (plane.length < size) {
      plane = new float[size];
    }
    transforms.filter(i, size, turns, filter, filterOffset, plane);
    return plane;
  }

  private void run(Epilogue epilogue, float[] target, int targetOffset) {
    this.epilogue = epilogue;
    this.target = target;
    this.targetOffset = targetOffset;
    try {
      WorkerPool.run(Math.ceilDiv(allLines, linesPerBlock), this);
    } finally {
      lines.clear();
      for (PatchProduct product : products) {
        product.release();
      }
      this.target = NOTHING;
      this.epilogue = Epilogue.NONE;
    }
  }

  @Override
  public void run(int task) {
    Scratch scratch = Scratch.current();
    int first = task * linesPerBlock;
    int last = Math.min(first + linesPerBlock, allLines);
    int vPlane = Winograd.plane((last - first) * lines.rowSize());
    float[] v = scratch.lines(PLANES * vPlane + 2 * Simd.LANES);
    for (int line = first; line < last; line++) {
      lines.input(line, 0, PLANES, v, (line - first) * lines.rowSize(), vPlane);
    }
    int row = outWidth * n;
    int mPlane = Winograd.plane((last - first) * row);
    float[] m = scratch.products(PLANES * mPlane);
    for (int i = 0; i < PLANES; i++) {
      products[i].multiply(last - first, v, i * vPlane, m, i * mPlane, scratch);
    }
    TileStore store = scratch.store.set(1, epilogue.beta(), true, epilogue, 0);
    int next;
    for (int line = first; line < last; line = next) {
      int image = line / tiling.linesPerImage;
      next = Math.min(last, (image + 1) * tiling.linesPerImage);
      store(image, line, next, store, m, (line - first) * row, mPlane, scratch);
    }
  }

  /** Transforms products of lines of an image back, and stores the rows that lie within it. */
  private void store(
      int image,
      int first,
      int last,
      TileStore store,
      float[] m,
      int mOffset,
      int mPlane,
      Scratch scratch) {
    int row = outWidth * n;
    int size = transforms.tile * row;
    int y = tiling.firstRow(first);
    int rows = Math.min(outHeight - y, (last - first) * transforms.tile);
    PoolingShape pooling = pooled.shape();
    boolean direct = pooling == null && !store.adds();
    float[] made = scratch.rows((last - first) * size + PooledRows.SLACK);
    int to = targetOffset + (image * outHeight + y) * row;
    for (int i = 0; i < last - first; i++) {
      int at = mOffset + i * row;
      if (direct && (i + 1) * transforms.tile <= rows) {
        transforms.output(row, m, at, mPlane, target, to + i * size, row);
        continue;
      }
      transforms.output(row, m, at, mPlane, made, i * size, row);
      if (direct) {
        System.arraycopy(made, i * size, target, to + i * size, rows * row - i * size);
      }
    }
    if (direct || pooling != null) {
      if (store.finishes()) {
        store.epilogue(rows * outWidth, n, direct ? target : made, direct ? to : 0, n, 0);
      }
    } else {
      store.finish(rows * outWidth, n, made, 0, n, target, to, n, 0);
    }
    if (pooling != null) {
      int window = y / pooling.strideHeight();
      int end = Math.min(Math.ceilDiv(y + rows, pooling.strideHeight()), pooling.outHeight());
      pooled.pool(image, window, end, made, 0, made.length);
    }
  }
}
