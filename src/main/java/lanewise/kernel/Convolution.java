package lanewise.kernel;

import java.util.Arrays;
import lanewise.shape.ConvolutionShape;
import lanewise.shape.PoolingShape;
import org.jspecify.annotations.Nullable;

/**
 * 2-D convolution over NHWC images with HWIO filters, as implicit matrix products: forward, a patch
 * per row times the filter; backward to the input, patches of the output's gradient times the
 * turned filter; backward to the filter, patches transposed times the output's gradient.
 *
 * <p>The order of accumulation: over a patch upward (row, column, channel) in blocks of at most
 * {@value Patches#KC} products; over pixels upward in blocks of whole rows, summed by runs of
 * images that are added in order; with large pointwise filters as {@link Gemm} does.
 */
public final class Convolution {
  /**
   * Elements from which on a pointwise filter's gradient is one product: each run of images would
   * write as many sums. Part of the order of accumulation.
   */
  private static final int LARGE_FILTER = 1 << 17;

  static {
    VectorModule.require();
  }

  private Convolution() {}

  /** As below, by the algorithm that {@link ConvolutionAlgorithm#of} chooses. */
  public static void forward(
      ConvolutionShape shape,
      float[] input,
      int inputOffset,
      float[] filter,
      int filterOffset,
      Epilogue epilogue,
      float[] output,
      int outputOffset) {
    forward(
        ConvolutionAlgorithm.of(shape),
        shape,
        input,
        inputOffset,
        filter,
        filterOffset,
        epilogue,
        output,
        outputOffset);
  }

  /**
   * {@code output[n, y, x, o] ← epilogue(Σ input[n, y·stride + ky·dilation − pad, …, c] ·
   * filter[ky, kx, c, o])}. The output is not read, unless the epilogue sums. Modified: output.
   *
   * @throws IndexOutOfBoundsException if a buffer does not lie within its array
   * @throws IllegalArgumentException if the algorithm does not support the shape
   */
  public static void forward(
      ConvolutionAlgorithm algorithm,
      ConvolutionShape shape,
      float[] input,
      int inputOffset,
      float[] filter,
      int filterOffset,
      Epilogue epilogue,
      float[] output,
      int outputOffset) {
    checkBuffers(shape, input, inputOffset, filter, filterOffset, output, outputOffset);
    checkSupport(algorithm, shape);
    WinogradTransforms winograd = WinogradTransforms.of(algorithm);
    if (winograd != null) {
      Winograd.ProductJob.CURRENT
          .get()
          .forward(
              winograd,
              shape,
              input,
              inputOffset,
              filter,
              filterOffset,
              epilogue,
              output,
              outputOffset);
      return;
    }
    if (algorithm == ConvolutionAlgorithm.DEPTHWISE) {
      DepthwiseProduct.CURRENT
          .get()
          .forward(shape, input, inputOffset, filter, filterOffset, epilogue, output, outputOffset);
      return;
    }
    if (pointwise(shape)) {
      int m = shape.batch() * shape.inHeight() * shape.inWidth();
      int n = shape.outChannels();
      int k = shape.inChannels();
      Gemm.multiply(
          false,
          false,
          m,
          n,
          k,
          1,
          input,
          inputOffset,
          k,
          filter,
          filterOffset,
          n,
          0,
          output,
          outputOffset,
          n,
          epilogue);
      return;
    }
    ProductJob.CURRENT
        .get()
        .forward(shape, input, inputOffset, filter, filterOffset, epilogue, output, outputOffset);
  }

  /**
   * Packs or transforms a filter for {@linkplain #forward(ConvolutionShape, float[], int,
   * PackedFilter, Epilogue, float[], int) forward passes} that need not do it again, whatever their
   * batch and image.
   *
   * @throws IndexOutOfBoundsException if the filter does not lie within its array
   */
  public static PackedFilter pack(ConvolutionShape shape, float[] filter, int filterOffset) {
    checkBuffer("filter", shape.filterSize(), filter, filterOffset);
    ConvolutionAlgorithm algorithm = ConvolutionAlgorithm.of(shape);
    PackedMatrix matrix = null;
    float[] panels = NOTHING;
    WinogradTransforms winograd = WinogradTransforms.of(algorithm);
    if (winograd != null) {
      panels = Winograd.ProductJob.CURRENT.get().pack(winograd, shape, filter, filterOffset);
    } else if (algorithm == ConvolutionAlgorithm.DEPTHWISE) {
      panels = Arrays.copyOfRange(filter, filterOffset, filterOffset + shape.filterSize());
    } else if (pointwise(shape)) {
      int n = shape.outChannels();
      matrix = Gemm.pack(false, shape.inChannels(), n, filter, filterOffset, n);
    } else {
      panels = ProductJob.CURRENT.get().pack(shape, filter, filterOffset);
    }
    return new PackedFilter(algorithm, shape, panels, matrix);
  }

  /**
   * As {@link #forward}, with a filter packed beforehand; the bits are the same. Modified: output.
   *
   * @throws IndexOutOfBoundsException if a buffer does not lie within its array
   * @throws IllegalArgumentException if the filter was packed for other channels, or another
   *     algorithm than this shape's
   */
  public static void forward(
      ConvolutionShape shape,
      float[] input,
      int inputOffset,
      PackedFilter filter,
      Epilogue epilogue,
      float[] output,
      int outputOffset) {
    checkBuffer("input", (long) shape.batch() * shape.inImageSize(), input, inputOffset);
    checkBuffer("output", (long) shape.batch() * shape.outImageSize(), output, outputOffset);
    ConvolutionAlgorithm algorithm = ConvolutionAlgorithm.of(shape);
    PackedMatrix matrix = filter.matrix;
    WinogradTransforms winograd = WinogradTransforms.of(algorithm);
    boolean product = algorithm == ConvolutionAlgorithm.IMPLICIT_GEMM && pointwise(shape);
    if (filter.algorithm != algorithm || !filter.fits(shape) || (matrix != null) != product) {
      throw new IllegalArgumentException("Convolution: the filter was not packed for " + shape);
    }
    if (matrix != null) {
      int m = shape.batch() * shape.inHeight() * shape.inWidth();
      int k = shape.inChannels();
      int n = shape.outChannels();
      Gemm.multiply(
          false, m, 1, input, inputOffset, k, matrix, 0, output, outputOffset, n, epilogue);
    } else if (winograd != null) {
      Winograd.ProductJob.CURRENT
          .get()
          .forward(
              winograd, shape, input, inputOffset, filter.panels, epilogue, output, outputOffset);
    } else if (algorithm == ConvolutionAlgorithm.DEPTHWISE) {
      DepthwiseProduct.CURRENT
          .get()
          .forward(shape, input, inputOffset, filter.panels, 0, epilogue, output, outputOffset);
    } else {
      ProductJob.CURRENT
          .get()
          .forward(shape, input, inputOffset, filter.panels, epilogue, output, outputOffset);
    }
  }

  /** As below, by the algorithm that {@link ConvolutionAlgorithm#of} chooses. */
  public static void backwardInput(
      ConvolutionShape shape,
      float[] dOutput,
      int dOutputOffset,
      float[] filter,
      int filterOffset,
      float[] dInput,
      int dInputOffset) {
    backwardInput(
        ConvolutionAlgorithm.of(shape),
        shape,
        dOutput,
        dOutputOffset,
        filter,
        filterOffset,
        dInput,
        dInputOffset);
  }

  /**
   * {@code dInput ←} the gradient of the input, all of it written. Modified: dInput.
   *
   * @throws IndexOutOfBoundsException if a buffer does not lie within its array
   * @throws IllegalArgumentException if the algorithm does not support the shape
   */
  public static void backwardInput(
      ConvolutionAlgorithm algorithm,
      ConvolutionShape shape,
      float[] dOutput,
      int dOutputOffset,
      float[] filter,
      int filterOffset,
      float[] dInput,
      int dInputOffset) {
    checkBuffers(shape, dInput, dInputOffset, filter, filterOffset, dOutput, dOutputOffset);
    checkSupport(algorithm, shape);
    WinogradTransforms winograd = WinogradTransforms.of(algorithm);
    if (winograd != null) {
      Winograd.ProductJob.CURRENT
          .get()
          .backward(
              winograd, shape, dOutput, dOutputOffset, filter, filterOffset, dInput, dInputOffset);
      return;
    }
    if (algorithm == ConvolutionAlgorithm.DEPTHWISE) {
      DepthwiseProduct.CURRENT
          .get()
          .backward(shape, dOutput, dOutputOffset, filter, filterOffset, dInput, dInputOffset);
      return;
    }
    if (pointwise(shape)) {
      int m = shape.batch() * shape.inHeight() * shape.inWidth();
      int n = shape.inChannels();
      int k = shape.outChannels();
      Gemm.multiply(
          false,
          true,
          m,
          n,
          k,
          1,
          dOutput,
          dOutputOffset,
          k,
          filter,
          filterOffset,
          k,
          0,
          dInput,
          dInputOffset,
          n);
      return;
    }
    if (Scatter.pays(shape)) {
      Scatter.CURRENT
          .get()
          .run(shape, dOutput, dOutputOffset, filter, filterOffset, dInput, dInputOffset);
      return;
    }
    ProductJob.CURRENT
        .get()
        .backward(shape, dOutput, dOutputOffset, filter, filterOffset, dInput, dInputOffset);
  }

  /** As below, by the algorithm that {@link ConvolutionAlgorithm#of} chooses. */
  public static void backwardFilter(
      ConvolutionShape shape,
      float[] input,
      int inputOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dFilter,
      int dFilterOffset) {
    backwardFilter(
        ConvolutionAlgorithm.of(shape),
        shape,
        input,
        inputOffset,
        dOutput,
        dOutputOffset,
        dFilter,
        dFilterOffset);
  }

  /**
   * {@code dFilter ←} the gradient of the filter, summed over the batch. Modified: dFilter.
   *
   * @throws IndexOutOfBoundsException if a buffer does not lie within its array
   * @throws IllegalArgumentException if the algorithm does not support the shape
   */
  public static void backwardFilter(
      ConvolutionAlgorithm algorithm,
      ConvolutionShape shape,
      float[] input,
      int inputOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dFilter,
      int dFilterOffset) {
    checkBuffers(shape, input, inputOffset, dFilter, dFilterOffset, dOutput, dOutputOffset);
    checkSupport(algorithm, shape);
    WinogradTransforms winograd = WinogradTransforms.of(algorithm);
    if (winograd != null) {
      Winograd.FilterJob.CURRENT
          .get()
          .run(winograd, shape, input, inputOffset, dOutput, dOutputOffset, dFilter, dFilterOffset);
      return;
    }
    if (algorithm == ConvolutionAlgorithm.DEPTHWISE) {
      DepthwiseFilter.CURRENT
          .get()
          .run(shape, input, inputOffset, dOutput, dOutputOffset, dFilter, dFilterOffset);
      return;
    }
    if (pointwise(shape) && shape.filterSize() >= LARGE_FILTER) {
      int m = shape.inChannels();
      int n = shape.outChannels();
      Gemm.multiply(
          true,
          false,
          m,
          n,
          shape.batch() * shape.inHeight() * shape.inWidth(),
          1,
          input,
          inputOffset,
          m,
          dOutput,
          dOutputOffset,
          n,
          0,
          dFilter,
          dFilterOffset,
          n);
      return;
    }
    FilterJob.CURRENT
        .get()
        .run(shape, input, inputOffset, dOutput, dOutputOffset, dFilter, dFilterOffset);
  }

  /**
   * {@code dFilter ←} as {@link #backwardFilter}, for an output that {@link Pooling#maxForward}
   * reads and nobody else: from the gradient of the maxima, without that of the output.
   *
   * @param argmax where the maxima stood, {@code [batch, outHeight, outWidth, channels]} of the
   *     pooling
   * @param dOutput the gradient of the maxima, laid out like {@code argmax}
   * @throws IndexOutOfBoundsException if a buffer does not lie within its array
   * @throws IllegalArgumentException if the pooling does not read the convolution's output, or
   *     {@link #takesMaxima} is false
   */
  public static void backwardFilterOfMaxima(
      ConvolutionShape shape,
      PoolingShape pooling,
      float[] input,
      int inputOffset,
      byte[] argmax,
      float[] dOutput,
      int dOutputOffset,
      float[] dFilter,
      int dFilterOffset) {
    if (!takesMaxima(shape, pooling)) {
      throw new IllegalArgumentException(
          "Convolution: the filter's gradient is not made of maxima for " + shape + ", " + pooling);
    }
    checkBuffer("input", (long) shape.batch() * shape.inImageSize(), input, inputOffset);
    checkBuffer("filter", shape.filterSize(), dFilter, dFilterOffset);
    long maxima = (long) pooling.batch() * pooling.outImageSize();
    checkBuffer("gradient", maxima, dOutput, dOutputOffset);
    if (argmax.length < maxima) {
      throw new IndexOutOfBoundsException(
          "Convolution: argmax must have " + maxima + " elements, got " + argmax.length);
    }
    MaximaFilter.CURRENT
        .get()
        .run(
            shape,
            pooling,
            input,
            inputOffset,
            argmax,
            dOutput,
            dOutputOffset,
            dFilter,
            dFilterOffset);
  }

  /**
   * Whether {@link #backwardFilterOfMaxima} computes the gradient of a filter: where the pooling
   * reads the convolution's output, and it is faster than products of all pixels.
   */
  public static boolean takesMaxima(ConvolutionShape shape, PoolingShape pooling) {
    return pooling.batch() == shape.batch()
        && pooling.inHeight() == shape.outHeight()
        && pooling.inWidth() == shape.outWidth()
        && pooling.channels() == shape.outChannels()
        && MaximaFilter.pays(shape, pooling);
  }

  private static void checkSupport(ConvolutionAlgorithm algorithm, ConvolutionShape shape) {
    if (!algorithm.supports(shape)) {
      throw new IllegalArgumentException(
          "Convolution: " + algorithm + " does not support " + shape);
    }
  }

  private static void checkBuffers(
      ConvolutionShape s,
      float[] input,
      int inputOffset,
      float[] filter,
      int filterOffset,
      float[] output,
      int outputOffset) {
    checkBuffer("input", (long) s.batch() * s.inImageSize(), input, inputOffset);
    checkBuffer("filter", s.filterSize(), filter, filterOffset);
    checkBuffer("output", (long) s.batch() * s.outImageSize(), output, outputOffset);
  }

  private static void checkBuffer(String name, long size, float[] x, int offset) {
    if (offset < 0 || offset + size > x.length) {
      throw new IndexOutOfBoundsException(
          "Convolution: "
              + name
              + " of "
              + size
              + " floats must lie within its array of "
              + x.length
              + ", got offset "
              + offset);
    }
  }

  private static boolean pointwise(ConvolutionShape s) {
    return s.kernelHeight() == 1
        && s.kernelWidth() == 1
        && s.strideHeight() == 1
        && s.strideWidth() == 1
        && s.groups() == 1
        && (s.padTop() | s.padBottom() | s.padLeft() | s.padRight()) == 0;
  }

  /**
   * What a shape needs in both directions, kept for the shapes that a thread meets again and again.
   */
  private record Geometry(ConvolutionShape shape, Patches forward, Patches backward) {
    private static final ThreadLocal<@Nullable Geometry[]> RECENT =
        ThreadLocal.withInitial(() -> new Geometry[64]);

    static Geometry of(ConvolutionShape shape) {
      @Nullable Geometry[] recent = RECENT.get();
      int slot = shape.hashCode() & (recent.length - 1);
      Geometry geometry = recent[slot];
      if (geometry == null || !geometry.shape.equals(shape)) {
        geometry = new Geometry(shape, Patches.forward(shape), Patches.backward(shape));
        recent[slot] = geometry;
      }
      return geometry;
    }
  }

  private static final float[] NOTHING = {};

  /** Patches times filter, cut into images and blocks of their rows. */
  private static final class ProductJob implements WorkerPool.Task {
    static final ThreadLocal<ProductJob> CURRENT = ThreadLocal.withInitial(ProductJob::new);

    private @Nullable Patches patches;
    private int groups;
    private float[] source = NOTHING;
    private int sourceOffset;
    private int sourceImage;
    private float[] target = NOTHING;
    private int targetOffset;
    private int columns; // channels of the target
    private Epilogue epilogue = Epilogue.NONE;
    private float[] own = NOTHING;
    private float[] packed = NOTHING; // per group, panels of [patchSize, columns / groups]
    private int tasksPerImage;

    void forward(
        ConvolutionShape shape,
        float[] input,
        int inputOffset,
        float[] filter,
        int filterOffset,
        Epilogue epilogue,
        float[] output,
        int outputOffset) {
      Patches p = Geometry.of(shape).forward();
      packed = prepare(p, shape.groups(), shape.outChannels());
      pack(p, shape, filter, filterOffset, packed);
      run(
          p,
          shape.batch(),
          input,
          inputOffset,
          shape.inImageSize(),
          epilogue,
          output,
          outputOffset);
    }

    void forward(
        ConvolutionShape shape,
        float[] input,
        int inputOffset,
        float[] panels,
        Epilogue epilogue,
        float[] output,
        int outputOffset) {
      groups = shape.groups();
      columns = shape.outChannels();
      packed = panels;
      run(
          Geometry.of(shape).forward(),
          shape.batch(),
          input,
          inputOffset,
          shape.inImageSize(),
          epilogue,
          output,
          outputOffset);
    }

    float[] pack(ConvolutionShape shape, float[] filter, int filterOffset) {
      Patches p = Geometry.of(shape).forward();
      float[] panels =
          new float
              [shape.groups() * p.patchSize * Microkernel.packedWidth(shape.groupOutChannels())];
      pack(p, shape, filter, filterOffset, panels);
      return panels;
    }

    private static void pack(
        Patches p, ConvolutionShape shape, float[] filter, int filterOffset, float[] panels) {
      int columns = shape.groupOutChannels();
      int size = p.patchSize * Microkernel.packedWidth(columns);
      for (int g = 0; g < shape.groups(); g++) {
        Panels.packRight(
            false,
            p.patchSize,
            0,
            columns,
            filter,
            filterOffset + g * columns,
            shape.outChannels(),
            panels,
            g * size,
            p.patchSize,
            0);
      }
    }

    void backward(
        ConvolutionShape shape,
        float[] dOutput,
        int dOutputOffset,
        float[] filter,
        int filterOffset,
        float[] dInput,
        int dInputOffset) {
      Patches p = Geometry.of(shape).backward();
      packed = prepare(p, shape.groups(), shape.inChannels());
      int size = p.patchSize * Microkernel.packedWidth(shape.groupInChannels());
      int taps = shape.kernelHeight() * shape.kernelWidth();
      int in = shape.groupInChannels();
      int out = shape.groupOutChannels();
      for (int g = 0; g < groups; g++) {
        for (int tap = 0; tap < taps; tap++) {
          int from = filterOffset + (taps - 1 - tap) * in * shape.outChannels() + g * out;
          Panels.packRight(
              true,
              out,
              0,
              in,
              filter,
              from,
              shape.outChannels(),
              packed,
              g * size,
              p.patchSize,
              tap * out);
        }
      }
      run(
          p,
          shape.batch(),
          dOutput,
          dOutputOffset,
          shape.outImageSize(),
          Epilogue.NONE,
          dInput,
          dInputOffset);
    }

    private float[] prepare(Patches p, int groups, int columns) {
      this.groups = groups;
      this.columns = columns;
      int size = groups * p.patchSize * Microkernel.packedWidth(columns / groups);
      if (own.length < size) {
        own = new float[size];
      }
      return own;
    }

    private void run(
        Patches p,
        int batch,
        float[] source,
        int sourceOffset,
        int sourceImage,
        Epilogue epilogue,
        float[] target,
        int targetOffset) {
      this.patches = p;
      this.source = source;
      this.sourceOffset = sourceOffset;
      this.sourceImage = sourceImage;
      this.target = target;
      this.targetOffset = targetOffset;
      this.epilogue = epilogue;
      int wanted = (4 * WorkerPool.threads() + batch - 1) / batch;
      tasksPerImage = Math.min(p.outHeight, wanted);
      try {
        WorkerPool.run(batch * tasksPerImage, this);
      } finally {
        packed = NOTHING;
        this.source = NOTHING;
        this.target = NOTHING;
        this.epilogue = Epilogue.NONE;
      }
    }

    @Override
    public void run(int task) {
      Patches p = patches;
      if (p == null) {
        return;
      }
      int image = task / tasksPerImage;
      int part = task % tasksPerImage;
      int end = (part + 1) * p.outHeight / tasksPerImage;
      for (int y = part * p.outHeight / tasksPerImage; y < end; y += p.productRows()) {
        block(p, image, y, Math.min(p.productRows(), end - y));
      }
    }

    private void block(Patches p, int image, int y, int rows) {
      Scratch scratch = Scratch.current();
      int from = sourceOffset + image * sourceImage;
      float[] x = p.image(source, from, y, rows, scratch);
      int base = p.base(from, y);
      int pixels = rows * p.outWidth;
      int groupColumns = columns / groups;
      int size = p.patchSize * Microkernel.packedWidth(groupColumns);
      int at = targetOffset + (image * p.outHeight + y) * p.outWidth * columns;
      if (p.planar) {
        TileStore store = scratch.store.set(1, epilogue.beta(), true, epilogue, 0);
        p.multiplyPlanes(rows, x, base, columns, packed, store, target, at, scratch);
        return;
      }
      for (int g = 0; g < groups; g++) {
        int[] offsets = p.offsets(rows, scratch);
        float[] left = x;
        int leftBase = base + g * p.groupChannels;
        if (p.gathers) {
          left = p.gather(rows, offsets, x, leftBase, scratch);
          leftBase = 0;
        }
        for (int b = 0; b < p.blocks.length; b++) {
          int[] block = p.blocks[b];
          TileStore store =
              scratch.store.set(
                  1,
                  b == 0 ? epilogue.beta() : 1,
                  b == p.blocks.length - 1,
                  epilogue,
                  g * groupColumns);
          Panels.multiplyRows(
              pixels,
              offsets,
              block[2],
              block[3],
              block[4],
              left,
              leftBase + block[1],
              0,
              groupColumns,
              packed,
              g * size,
              p.patchSize,
              block[0],
              store,
              target,
              at + g * groupColumns,
              columns,
              scratch);
        }
      }
    }
  }

  /**
   * Patches transposed times the output's gradient, cut into runs of images and blocks of the
   * filter's rows.
   */
  private static final class FilterJob implements WorkerPool.Task {
    static final ThreadLocal<FilterJob> CURRENT = ThreadLocal.withInitial(FilterJob::new);

    /** Runs of images at most; part of the order of accumulation. */
    private static final int CHUNKS = 16;

    /** Floats of all runs' sums at most; part of the order of accumulation. */
    private static final int PARTIALS = 1 << 21;

    /**
     * Filter rows in a task, so that a block of 256 pixels of packed patches stays in the
     * second-level cache.
     */
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
    private int rowTasks;

    /**
     * Where the output's channels fill no more than half a vector, each run's sums stand turned,
     * {@code [outChannels, pitch]}, so that vectors run over the patch.
     */
    private boolean turned;

    private int pitch;

    void run(
        ConvolutionShape s,
        float[] input,
        int inputOffset,
        float[] dOutput,
        int dOutputOffset,
        float[] dFilter,
        int dFilterOffset) {
      int size = s.filterSize();
      shape = s;
      patches = Geometry.of(s).forward();
      this.input = input;
      this.inputOffset = inputOffset;
      this.dOutput = dOutput;
      this.dOutputOffset = dOutputOffset;
      chunks = Math.max(1, Math.min(Math.min(CHUNKS, s.batch()), PARTIALS / size));
      rowTasks = chunks >= CHUNKS ? 1 : (s.patchSize() + ROWS - 1) / ROWS;
      turned = s.groups() == 1 && 2 * s.outChannels() <= Simd.LANES && s.patchSize() > Simd.LANES;
      pitch = turned ? Microkernel.packedWidth(s.patchSize()) : s.outChannels();
      int chunkSize = turned ? s.outChannels() * pitch : size;
      boolean apart = chunks > 1 || turned;
      if (apart && partials.length < chunks * chunkSize) {
        partials = new float[chunks * chunkSize];
      }
      sums = apart ? partials : dFilter;
      sumsOffset = apart ? 0 : dFilterOffset;
      try {
        WorkerPool.run(chunks * rowTasks, this);
      } finally {
        this.input = NOTHING;
        this.dOutput = NOTHING;
        sums = NOTHING;
      }
      if (apart) {
        for (int chunk = 1; chunk < chunks; chunk++) {
          Elementwise.add(chunkSize, partials, 0, partials, chunk * chunkSize, partials, 0);
        }
        if (turned) {
          turn(s.patchSize(), s.outChannels(), dFilter, dFilterOffset);
        } else {
          System.arraycopy(partials, 0, dFilter, dFilterOffset, size);
        }
      }
    }

    private void turn(int rows, int columns, float[] dFilter, int dFilterOffset) {
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          dFilter[dFilterOffset + i * columns + j] = partials[j * pitch + i];
        }
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
      int step = Microkernel.LEFT_STEP;
      int perTask = ((p.patchSize + rowTasks - 1) / rowTasks + step - 1) / step * step;
      int firstRow = part * perTask;
      int rows = Math.min(perTask, p.patchSize - firstRow);
      int end = (int) ((long) (chunk + 1) * s.batch() / chunks);
      boolean first = true;
      for (int image = (int) ((long) chunk * s.batch() / chunks); image < end; image++) {
        for (int y = 0; y < p.outHeight && rows > 0; y += p.blockRows()) {
          block(
              s,
              p,
              chunk,
              firstRow,
              rows,
              image,
              y,
              Math.min(p.blockRows(), p.outHeight - y),
              first);
          first = false;
        }
      }
    }

    private void block(
        ConvolutionShape s,
        Patches p,
        int chunk,
        int firstRow,
        int rows,
        int image,
        int y,
        int pixelRows,
        boolean first) {
      Scratch scratch = Scratch.current();
      TileStore store = scratch.store.set(1, first ? 0 : 1, false, Epilogue.NONE, 0);
      int from = inputOffset + image * s.inImageSize();
      float[] x = p.image(input, from, y, pixelRows, scratch);
      int base = p.base(from, y);
      int pixels = pixelRows * p.outWidth;
      int columns = s.groupOutChannels();
      int dOut = dOutputOffset + (image * p.outHeight + y) * p.outWidth * s.outChannels();
      if (turned) {
        int at = sumsOffset + chunk * columns * pitch + firstRow;
        blockTurned(p, firstRow, rows, pixelRows, columns, x, base, dOut, store, at, scratch);
        return;
      }
      int end = dOut + (pixels - 1) * columns + Microkernel.packedWidth(columns);
      if (pointwise(s) && channelTiles(rows, columns) && end <= dOutput.length) {
        int at = sumsOffset + chunk * s.filterSize() + firstRow * columns;
        multiplyChannels(
            rows, pixels, x, base + firstRow, s.inChannels(), columns, dOut, store, at);
        return;
      }
      boolean panel = // dOutput as it lies
          s.groups() == 1
              && columns % Simd.LANES == 0
              && columns <= (p.fewChannels ? 2 : 1) * Microkernel.NR;
      float[] right = panel ? dOutput : scratch.right(pixels * Microkernel.packedWidth(columns));
      int rightAt = panel ? dOut : 0;
      float[] left =
          scratch.left(p.fewChannels ? 0 : (Math.min(rows, ROWS) + Microkernel.LEFT_STEP) * pixels);
      float[] planes = p.fewChannels ? p.planes(pixelRows, x, base, scratch) : left;
      for (int g = 0; g < s.groups(); g++) {
        if (!panel) {
          Panels.packRight(
              false,
              pixels,
              p.fewChannels ? Panels.APART : 0,
              columns,
              dOutput,
              dOut + g * columns,
              s.outChannels(),
              right,
              0,
              pixels,
              0);
        }
        if (p.fewChannels) {
          int at = sumsOffset + chunk * s.filterSize() + firstRow * s.outChannels() + g * columns;
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
          p.packColumns(pixelRows, x, patchesBase, firstRow + r, some, left);
          int at =
              sumsOffset + chunk * s.filterSize() + (firstRow + r) * s.outChannels() + g * columns;
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

    /** With 16 registers the tile spills, and packing pays. */
    private static boolean channelTiles(int rows, int columns) {
      return rows >= ChannelTile.rows(Simd.LANES)
          && columns <= 2 * Microkernel.NR
          && Simd.REGISTERS >= 32;
    }

    private void multiplyChannels(
        int rows,
        int pixels,
        float[] x,
        int from,
        int channels,
        int columns,
        int dOut,
        TileStore store,
        int sumsAt) {
      float[] tile = Scratch.current().tile;
      for (int j = 0; j < columns; j += Microkernel.panelWidth(columns - j)) {
        int width = Microkernel.panelWidth(columns - j);
        int used = Math.min(width, columns - j);
        int height = ChannelTile.rows(width);
        for (int i = 0; i < rows; i += height) {
          int first = Math.min(i, rows - height); // the last tile's first rows may be done
          boolean whole = first == i && used == width;
          int at = sumsAt + i * columns + j;
          ChannelTile.multiply(
              width,
              pixels,
              x,
              from + first,
              channels,
              dOutput,
              dOut + j,
              columns,
              whole ? store.way() : Microkernel.STORE,
              whole ? sums : tile,
              whole ? at : 0,
              whole ? columns : width);
          if (!whole) {
            int done = i - first;
            store.finish(height - done, used, tile, done * width, width, sums, at, columns, j);
          }
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
        int dOut,
        TileStore store,
        int sumsAt,
        Scratch scratch) {
      int pixels = pixelRows * p.outWidth;
      float[] left = scratch.left(Math.max(columns, Microkernel.LEFT_STEP) * pixels);
      Panels.packLeft(columns, pixels, dOutput, dOut, columns, left);
      for (int r = 0; r < rows; r += ROWS) {
        int some = Microkernel.packedWidth(Math.min(ROWS, rows - r));
        float[] right = scratch.right(some * pixels + Simd.LANES);
        p.packPatches(
            pixelRows, image, base, firstRow + r, Math.min(ROWS, rows - r), right, scratch);
        Panels.multiplyColumns(
            columns,
            pixels,
            left,
            0,
            Panels.APART,
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
}
