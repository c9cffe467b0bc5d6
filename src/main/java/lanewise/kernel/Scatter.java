package lanewise.kernel;

import java.util.Arrays;
import lanewise.shape.ConvolutionShape;

/**
 * Backward to the input where the patches of the output's gradient would be mostly zeros or
 * padding: the products of each output pixel with the filter are added to the patch of the input
 * that it read. For strides, which would insert zeros between the pixels, and for few input
 * channels, which would leave most of a vector idle.
 *
 * <p>Four pixels of four quarters of an output image, whose patches do not overlap, go at a time.
 * The order of accumulation follows from the shape: output channels upward in blocks of at most
 * {@value Patches#KC}, then blocks of pixels of each quarter, the filter's runs, and in each block
 * every n-th pixel from the first, the second and so on; in the end the pixels that the quarters
 * leave over.
 */
final class Scatter implements WorkerPool.Task {
  static final ThreadLocal<Scatter> CURRENT = ThreadLocal.withInitial(Scatter::new);

  private static final int FEW_CHANNELS = 16;

  /** Channels of one quarter's pixels at a time, for the first-level cache. */
  private static final int BLOCK = 1 << 10;

  /** Vectors' worth of columns in a panel. */
  private static final int WIDTH = 2 * Simd.LANES;

  private static final float[] NOTHING = {};

  private final WorkerPool.Task packPanel = this::packPanel;

  private ConvolutionShape shape =
      new ConvolutionShape(1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1);
  private float[] dOutput = NOTHING;
  private int dOutputOffset;
  private float[] filter = NOTHING;
  private int filterOffset;
  private float[] dInput = NOTHING;
  private int dInputOffset;
  private float[] packed = NOTHING; // panels of [outChannels, width], those of a run side by side
  private int run; // elements of a patch that lie side by side
  private int runs;
  private int step; // run, in whole vectors
  private int width; // of the padded image
  private int height;
  private int quarter; // of an output image's pixels; 0 if its patches would overlap

  private Scatter() {}

  /** Whether it is faster than the product of patches. */
  static boolean pays(ConvolutionShape s) {
    boolean strides = s.strideHeight() > 1 || s.strideWidth() > 1;
    int area = s.kernelHeight() * s.kernelWidth();
    boolean planar = PlanarTile.pays(s.outChannels(), 1, area * s.outChannels(), s.inChannels());
    boolean few = s.inChannels() < FEW_CHANNELS && area > 1 && !planar;
    return s.groups() == 1 && (strides || few);
  }

  void run(
      ConvolutionShape s,
      float[] dOutput,
      int dOutputOffset,
      float[] filter,
      int filterOffset,
      float[] dInput,
      int dInputOffset) {
    shape = s;
    this.dOutput = dOutput;
    this.dOutputOffset = dOutputOffset;
    this.filter = filter;
    this.filterOffset = filterOffset;
    this.dInput = dInput;
    this.dInputOffset = dInputOffset;
    boolean rowsAreRuns = s.dilationWidth() == 1;
    run = rowsAreRuns ? s.kernelWidth() * s.inChannels() : s.inChannels();
    runs = s.kernelHeight() * (rowsAreRuns ? 1 : s.kernelWidth());
    step = Math.ceilDiv(run, Simd.LANES) * Simd.LANES;
    height =
        (s.outHeight() - 1) * s.strideHeight() + s.dilationHeight() * (s.kernelHeight() - 1) + 1;
    width = (s.outWidth() - 1) * s.strideWidth() + s.dilationWidth() * (s.kernelWidth() - 1) + 1;
    int pixels = s.outHeight() * s.outWidth() / ScatterTile.PIXELS;
    boolean overlap = pixels < s.outWidth() && pixels * s.strideWidth() * s.inChannels() < step;
    quarter = overlap ? 0 : pixels;
    try {
      pack();
      WorkerPool.run(s.batch(), this);
    } finally {
      this.filter = NOTHING;
      this.dOutput = NOTHING;
      this.dInput = NOTHING;
    }
  }

  private void pack() {
    int size = runs * step * shape.outChannels();
    if (packed.length < size) {
      packed = new float[size];
    }
    int panels = runs * Math.ceilDiv(step, WIDTH);
    if (size < Packing.PARALLEL) {
      for (int i = 0; i < panels; i++) {
        packPanel(i);
      }
    } else {
      WorkerPool.run(panels, packPanel);
    }
  }

  private void packPanel(int panel) {
    int k = shape.outChannels();
    int r = panel % runs;
    int j = panel / runs * WIDTH;
    int panelWidth = Math.min(WIDTH, step - j);
    int used = Math.min(panelWidth, run - j);
    int to = (r * step + j) * k;
    if (used < panelWidth) {
      Arrays.fill(packed, to, to + panelWidth * k, 0);
    }
    int from = filterOffset + (r * run + j) * k;
    Packing.transposed(k, used, panelWidth, filter, from, k, packed, to);
  }

  @Override
  public void run(int image) {
    Scratch scratch = Scratch.current();
    int size = height * width * shape.inChannels() + Simd.LANES;
    float[] sums = scratch.image(size); // [height, width, channels], padded
    Arrays.fill(sums, 0, size, 0);
    int[] patches = patches(scratch);
    int from = dOutputOffset + image * shape.outImageSize();
    int k = shape.outChannels();
    int some = Math.max(4, BLOCK / k);
    for (int p = 0; p < k; p += Patches.KC) {
      for (int first = 0; first < quarter; first += some) {
        add(from, p, first, Math.min(some, quarter - first), patches, sums);
      }
      addRest(from, p, patches, sums);
    }
    crop(sums, dInputOffset + image * shape.inImageSize());
  }

  /** Where each output pixel's patch starts in the padded image. */
  private int[] patches(Scratch scratch) {
    int[] patches = scratch.offsets(shape.outHeight() * shape.outWidth());
    int channels = shape.inChannels();
    int pixel = 0;
    for (int y = 0; y < shape.outHeight(); y++) {
      for (int x = 0; x < shape.outWidth(); x++) {
        patches[pixel] = (y * shape.strideHeight() * width + x * shape.strideWidth()) * channels;
        pixel++;
      }
    }
    return patches;
  }

  /** Adds the products of {@code count} pixels of each quarter to their patches. */
  private void add(int from, int p, int first, int count, int[] patches, float[] sums) {
    int k = shape.outChannels();
    int depth = Math.min(Patches.KC, k - p);
    // Runs of pixels so far apart do not overlap: whichever panel comes first, a sum is the same.
    int apart = Math.ceilDiv(run, shape.strideWidth() * shape.inChannels());
    for (int r = 0; r < runs; r++) {
      for (int i = first; i < first + Math.min(apart, count); i++) {
        for (int j = 0; j < step; j += WIDTH) {
          int panelWidth = Math.min(WIDTH, step - j);
          ScatterTile.add(
              panelWidth,
              i,
              first + count,
              apart,
              quarter,
              depth,
              dOutput,
              from + p,
              k,
              packed,
              (r * step + j) * k + p * panelWidth,
              patches,
              sums,
              runOffset(r) + j);
        }
      }
    }
  }

  /** Where a run of a patch starts after the patch. */
  private int runOffset(int r) {
    int taps = runs / shape.kernelHeight();
    int y = r / taps * shape.dilationHeight();
    int x = r % taps * shape.dilationWidth();
    return (y * width + x) * shape.inChannels();
  }

  private void addRest(int from, int p, int[] patches, float[] sums) {
    int k = shape.outChannels();
    int depth = Math.min(Patches.KC, k - p);
    int pixels = shape.outHeight() * shape.outWidth();
    for (int i = ScatterTile.PIXELS * quarter; i < pixels; i++) {
      for (int r = 0; r < runs; r++) {
        for (int j = 0; j < step; j += WIDTH) {
          int panelWidth = Math.min(WIDTH, step - j);
          int panel = (r * step + j) * k + p * panelWidth;
          int to = patches[i] + runOffset(r) + j;
          ScatterTile.addOne(panelWidth, depth, dOutput, from + i * k + p, packed, panel, sums, to);
        }
      }
    }
  }

  /** Copies the image without its padding; pixels that no patch reads are zero. */
  private void crop(float[] sums, int to) {
    int channels = shape.inChannels();
    int copied = Math.max(0, Math.min(shape.inWidth(), width - shape.padLeft()));
    for (int y = 0; y < shape.inHeight(); y++) {
      int row = to + y * shape.inWidth() * channels;
      int from = y + shape.padTop();
      int used = from < height ? copied * channels : 0;
      if (used > 0) {
        System.arraycopy(sums, (from * width + shape.padLeft()) * channels, dInput, row, used);
      }
      Arrays.fill(dInput, row + used, row + shape.inWidth() * channels, 0);
    }
  }
}
