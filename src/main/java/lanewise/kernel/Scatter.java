package lanewise.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import lanewise.shape.ConvolutionShape;

/**
 * Backward to the input where the patches of the output's gradient would be mostly zeros or
 * padding: the products of each output pixel with the filter are added to the patch of the input
 * that it read. For strides, which would insert zeros between the pixels, and for few input
 * channels, which would leave most of a vector idle.
 *
 * <p>The order of accumulation: output channels upward in blocks of at most {@value Patches#KC}
 * products, then blocks of output pixels upward, in each of them every n-th pixel from the first,
 * the second and so on.
 */
final class Scatter implements WorkerPool.Task {
  static final ThreadLocal<Scatter> CURRENT = ThreadLocal.withInitial(Scatter::new);

  private static final int FEW_CHANNELS = 16;

  // With neither, its products are too short for a tile's fixed cost.
  private static final int LARGE_AREA = 25;
  private static final int MANY_CHANNELS = 32;

  /** Floats of products at a time, about, for the first-level cache; orders the accumulation. */
  private static final int PRODUCTS = 1 << 12;

  private static final float[] NOTHING = {};

  private ConvolutionShape shape =
      new ConvolutionShape(1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1);
  private float[] dOutput = NOTHING;
  private int dOutputOffset;
  private float[] dInput = NOTHING;
  private int dInputOffset;
  private float[] rows = NOTHING; // [columns, outChannels], the filter's runs with zeros between
  private float[] packed = NOTHING; // panels of [outChannels, columns]
  private int run; // elements of a patch that lie side by side
  private int runs;
  private int step; // run, in whole vectors
  private int columns;
  private int width; // of the padded image
  private int height;

  private Scatter() {}

  /** Whether it takes fewer multiplications than the product of patches. */
  static boolean pays(ConvolutionShape s) {
    boolean strides = s.strideHeight() > 1 || s.strideWidth() > 1;
    int area = s.kernelHeight() * s.kernelWidth();
    boolean deep = area >= LARGE_AREA || (area > 1 && s.outChannels() >= MANY_CHANNELS);
    boolean few = s.inChannels() < FEW_CHANNELS && deep;
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
    this.dInput = dInput;
    this.dInputOffset = dInputOffset;
    boolean rowsAreRuns = s.dilationWidth() == 1;
    run = rowsAreRuns ? s.kernelWidth() * s.inChannels() : s.inChannels();
    runs = s.kernelHeight() * (rowsAreRuns ? 1 : s.kernelWidth());
    step = Math.ceilDiv(run, Simd.LANES) * Simd.LANES;
    columns = runs * step;
    height =
        (s.outHeight() - 1) * s.strideHeight() + s.dilationHeight() * (s.kernelHeight() - 1) + 1;
    width = (s.outWidth() - 1) * s.strideWidth() + s.dilationWidth() * (s.kernelWidth() - 1) + 1;
    pack(filter, filterOffset);
    try {
      WorkerPool.run(s.batch(), this);
    } finally {
      this.dOutput = NOTHING;
      this.dInput = NOTHING;
    }
  }

  private void pack(float[] filter, int filterOffset) {
    int k = shape.outChannels();
    if (rows.length < columns * k) {
      rows = new float[columns * k];
      packed = new float[columns * k];
    }
    for (int r = 0; r < runs; r++) {
      System.arraycopy(filter, filterOffset + r * run * k, rows, r * step * k, run * k);
      Arrays.fill(rows, (r * step + run) * k, (r + 1) * step * k, 0);
    }
    Panels.packRight(true, k, 0, columns, rows, 0, k, packed, 0, k, 0);
  }

  @Override
  public void run(int image) {
    Scratch scratch = Scratch.current();
    int channels = shape.inChannels();
    int size = height * width * channels + Simd.LANES;
    float[] sums = scratch.image(size); // [height, width, channels], padded
    Arrays.fill(sums, 0, size, 0);
    int pixels = shape.outHeight() * shape.outWidth();
    int some = Math.max(16, PRODUCTS / shape.patchSize());
    for (int first = 0; first < pixels; first += some) {
      add(image, first, Math.min(some, pixels - first), sums, scratch);
    }
    crop(sums, dInputOffset + image * shape.inImageSize());
  }

  /** Multiplies {@code count} pixels by the filter and adds each one's products to its patch. */
  private void add(int image, int first, int count, float[] sums, Scratch scratch) {
    int k = shape.outChannels();
    int[] offsets = scratch.offsets(count);
    for (int i = 0; i < count; i++) {
      offsets[i] = i * k;
    }
    float[] products = scratch.right(count * columns);
    int from = dOutputOffset + image * shape.outImageSize() + first * k;
    for (int p = 0; p < k; p += Patches.KC) {
      Panels.multiplyRows(
          count,
          offsets,
          1,
          Math.min(Patches.KC, k - p),
          0,
          dOutput,
          from + p,
          0,
          columns,
          packed,
          0,
          k,
          p,
          scratch.store.set(1, p == 0 ? 0 : 1, false, Epilogue.NONE, 0),
          products,
          0,
          columns,
          scratch);
    }
    // Neighbouring patches overlap, and a load that overlaps a store just made waits for it.
    int apart = shape.kernelWidth() / shape.strideWidth() + 2;
    for (int i0 = 0; i0 < apart; i0++) {
      for (int i = i0; i < count; i += apart) {
        addPatch(first + i, products, i * columns, sums);
      }
    }
  }

  private void addPatch(int pixel, float[] products, int from, float[] sums) {
    int channels = shape.inChannels();
    int taps = runs / shape.kernelHeight();
    int y = pixel / shape.outWidth() * shape.strideHeight();
    int x = pixel % shape.outWidth() * shape.strideWidth();
    for (int tap = 0; tap < taps; tap++) {
      addRuns(
          shape.kernelHeight(),
          step,
          products,
          from + tap * step,
          taps * step,
          sums,
          (y * width + x + tap * shape.dilationWidth()) * channels,
          shape.dilationHeight() * width * channels);
    }
  }

  /** {@code y += x} for {@code n} runs of whole vectors. */
  private static void addRuns(
      int n, int length, float[] x, int xOffset, int xPitch, float[] y, int yOffset, int yPitch) {
    for (int r = 0; r < n; r++) {
      int from = xOffset + r * xPitch;
      int to = yOffset + r * yPitch;
      for (int i = 0; i < length; i += Simd.LANES) {
        FloatVector.fromArray(Simd.FLOATS, y, to + i)
            .add(FloatVector.fromArray(Simd.FLOATS, x, from + i))
            .intoArray(y, to + i);
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
