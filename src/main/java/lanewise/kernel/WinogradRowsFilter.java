package lanewise.kernel;

import java.util.Arrays;
import lanewise.shape.ConvolutionShape;

/** The gradient of the filter by {@link WinogradRows}. */
final class WinogradRowsFilter implements FilterGradient, WorkerPool.Task {
  private static final float[] NOTHING = {};

  static final ThreadLocal<WinogradRowsFilter> CURRENT =
      ThreadLocal.withInitial(WinogradRowsFilter::new);

  private static final int PLANES = WinogradRowsTransforms.EXTENT;

  private final WinogradTiling tiling = new WinogradTiling();
  private final WinogradLines inputs = new WinogradLines();
  private final WinogradLines gradients = new WinogradLines();
  private final PatchFilter[] products = new PatchFilter[PLANES];
  private int allLines;
  private int linesPerBlock;
  private int runs; // of lines
  private int parts; // of the planes
  private float[] plane = NOTHING; // of the transformed filter's gradient

  private WinogradRowsFilter() {
    Arrays.setAll(products, i -> new PatchFilter());
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
    WinogradRowsTransforms transforms = WinogradRowsTransforms.of(s.kernelHeight());
    tiling.set(transforms, 1, s, s.outHeight(), s.outWidth());
    allLines = s.batch() * tiling.linesPerImage;
    linesPerBlock = WinogradRows.linesPerBlock(s.outWidth());
    int size = s.kernelWidth() * s.inChannels() * s.outChannels();
    runs = Math.min(PatchFilter.runs(PLANES * size, allLines * s.outWidth()), allLines);
    int threads = WorkerPool.threads();
    parts = runs % threads == 0 || runs >= 4 * threads ? 1 : PLANES;
    ConvolutionGeometry block = ConvolutionGeometry.of(s).rows();
    for (PatchFilter product : products) {
      product.prepare(block, runs);
    }
    inputs.input(s, input, inputOffset, tiling);
    gradients.gradient(s, dOutput, dOutputOffset, tiling);
    try {
      WorkerPool.run(runs * parts, this);
    } finally {
      inputs.clear();
      gradients.clear();
    }
    if (plane.length < size) {
      plane = new float[size];
    }
    for (int i = 0; i < PLANES; i++) {
      products[i].finish(plane, 0);
      transforms.filterGradient(i, size, plane, 0, dFilter, dFilterOffset);
    }
  }

  @Override
  public void run(int task) {
    Scratch scratch = Scratch.current();
    int run = task / parts;
    int part = task % parts;
    int firstPlane = part * PLANES / parts;
    int lastPlane = (part + 1) * PLANES / parts;
    int start = (int) ((long) run * allLines / runs);
    int end = (int) ((long) (run + 1) * allLines / runs);
    int vRow = inputs.rowSize();
    int dRow = gradients.rowSize();
    for (int first = start; first < end; first += linesPerBlock) {
      int count = Math.min(linesPerBlock, end - first);
      int vPlane = Winograd.plane(count * vRow);
      int dPlane = Winograd.plane(count * dRow);
      float[] v = scratch.lines((lastPlane - firstPlane) * vPlane + 2 * Simd.LANES);
      float[] d = scratch.products((lastPlane - firstPlane) * dPlane + 2 * Simd.LANES);
      for (int i = 0; i < count; i++) {
        inputs.input(first + i, firstPlane, lastPlane, v, i * vRow, vPlane);
        gradients.gradient(first + i, firstPlane, lastPlane, d, i * dRow, dPlane);
      }
      for (int i = firstPlane; i < lastPlane; i++) {
        int at = i - firstPlane;
        products[i].add(run, count, v, at * vPlane, d, at * dPlane, first == start, scratch);
      }
    }
  }
}
