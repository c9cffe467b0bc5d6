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
  private static final float[] NOTHING = {};

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
      WinogradProduct.CURRENT
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
    if (algorithm == ConvolutionAlgorithm.WINOGRAD_ROWS) {
      WinogradRowsProduct.CURRENT
          .get()
          .forward(shape, input, inputOffset, filter, filterOffset, epilogue, output, outputOffset);
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
    PatchProduct.CURRENT
        .get()
        .forward(shape, input, inputOffset, filter, filterOffset, epilogue, output, outputOffset);
  }

  /**
   * Packs or transforms a filter for {@linkplain #forward(ConvolutionShape, float[], int,
   * PackedFilter, Epilogue, float[], int) forward passes} of the same shape that need not do it
   * again, whatever their batch.
   *
   * @throws IndexOutOfBoundsException if the filter does not lie within its array
   */
  public static PackedFilter pack(ConvolutionShape shape, float[] filter, int filterOffset) {
    checkBuffer("filter", shape.filterSize(), filter, filterOffset);
    ConvolutionAlgorithm algorithm = ConvolutionAlgorithm.of(shape);
    PackedMatrix matrix = null;
    float[][] panels = {};
    WinogradTransforms winograd = WinogradTransforms.of(algorithm);
    if (winograd != null) {
      panels = one(WinogradProduct.CURRENT.get().pack(winograd, shape, filter, filterOffset));
    } else if (algorithm == ConvolutionAlgorithm.WINOGRAD_ROWS) {
      panels = WinogradRowsProduct.CURRENT.get().pack(shape, filter, filterOffset);
    } else if (algorithm == ConvolutionAlgorithm.DEPTHWISE) {
      panels = one(Arrays.copyOfRange(filter, filterOffset, filterOffset + shape.filterSize()));
    } else if (pointwise(shape)) {
      int n = shape.outChannels();
      matrix = Gemm.pack(false, shape.inChannels(), n, filter, filterOffset, n);
    } else {
      panels = one(PatchProduct.CURRENT.get().pack(shape, filter, filterOffset));
    }
    return new PackedFilter(shape, panels, matrix);
  }

  private static float[][] one(float[] panels) {
    return new float[][] {panels};
  }

  /**
   * As {@link #forward}, with a filter packed beforehand; the bits are the same. Modified: output.
   *
   * @throws IndexOutOfBoundsException if a buffer does not lie within its array
   * @throws IllegalArgumentException if the filter was packed for a shape that differs in more than
   *     the batch
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
    checkPacked(shape, filter);
    PackedMatrix matrix = filter.matrix;
    WinogradTransforms winograd = WinogradTransforms.of(algorithm);
    if (matrix != null) {
      int m = shape.batch() * shape.inHeight() * shape.inWidth();
      int k = shape.inChannels();
      int n = shape.outChannels();
      Gemm.multiply(
          false, m, 1, input, inputOffset, k, matrix, 0, output, outputOffset, n, epilogue);
    } else if (winograd != null) {
      WinogradProduct.CURRENT
          .get()
          .forward(
              winograd,
              shape,
              input,
              inputOffset,
              filter.panels[0],
              epilogue,
              output,
              outputOffset);
    } else if (algorithm == ConvolutionAlgorithm.WINOGRAD_ROWS) {
      WinogradRowsProduct.CURRENT
          .get()
          .forward(shape, input, inputOffset, filter.panels, epilogue, output, outputOffset);
    } else if (algorithm == ConvolutionAlgorithm.DEPTHWISE) {
      DepthwiseProduct.CURRENT
          .get()
          .forward(shape, input, inputOffset, filter.panels[0], 0, epilogue, output, outputOffset);
    } else {
      PatchProduct.CURRENT
          .get()
          .forward(shape, input, inputOffset, filter.panels[0], epilogue, output, outputOffset);
    }
  }

  /**
   * Max pooling of {@link #forward}'s output, {@code output ← max epilogue(input ∗ filter)} over
   * windows, without storing that: rows are pooled as they are made. Modified: output, argmax.
   *
   * @param argmax as {@link Pooling#maxForward} sets it; null where no gradient will be asked for
   * @throws IndexOutOfBoundsException if a buffer does not lie within its array
   * @throws IllegalArgumentException if {@link #pools} is false, or the epilogue sums
   */
  public static void forwardPooled(
      ConvolutionShape shape,
      PoolingShape pooling,
      float[] input,
      int inputOffset,
      float[] filter,
      int filterOffset,
      Epilogue epilogue,
      float[] output,
      int outputOffset,
      byte @Nullable [] argmax) {
    checkBuffer("input", (long) shape.batch() * shape.inImageSize(), input, inputOffset);
    checkBuffer("filter", shape.filterSize(), filter, filterOffset);
    checkPooled(shape, pooling, epilogue, output, outputOffset, argmax);
    ConvolutionAlgorithm algorithm = ConvolutionAlgorithm.of(shape);
    WinogradTransforms winograd = WinogradTransforms.of(algorithm);
    if (winograd != null) {
      WinogradProduct product = WinogradProduct.CURRENT.get();
      try (PooledRows _ = product.pooled.set(pooling, output, outputOffset, argmax)) {
        product.forward(
            winograd, shape, input, inputOffset, filter, filterOffset, epilogue, NOTHING, 0);
      }
      return;
    }
    if (algorithm == ConvolutionAlgorithm.WINOGRAD_ROWS) {
      WinogradRowsProduct product = WinogradRowsProduct.CURRENT.get();
      try (PooledRows _ = product.pooled.set(pooling, output, outputOffset, argmax)) {
        product.forward(shape, input, inputOffset, filter, filterOffset, epilogue, NOTHING, 0);
      }
      return;
    }
    PatchProduct product = PatchProduct.CURRENT.get();
    try (PooledRows _ = product.pooled.set(pooling, output, outputOffset, argmax)) {
      product.forward(shape, input, inputOffset, filter, filterOffset, epilogue, NOTHING, 0);
    }
  }

  /**
   * As {@link #forwardPooled}, with a filter packed beforehand; the bits are the same. Modified:
   * output, argmax.
   *
   * @throws IndexOutOfBoundsException if a buffer does not lie within its array
   * @throws IllegalArgumentException if {@link #pools} is false, the epilogue sums, or the filter
   *     was packed for a shape that differs in more than the batch
   */
  public static void forwardPooled(
      ConvolutionShape shape,
      PoolingShape pooling,
      float[] input,
      int inputOffset,
      PackedFilter filter,
      Epilogue epilogue,
      float[] output,
      int outputOffset,
      byte @Nullable [] argmax) {
    checkBuffer("input", (long) shape.batch() * shape.inImageSize(), input, inputOffset);
    checkPooled(shape, pooling, epilogue, output, outputOffset, argmax);
    ConvolutionAlgorithm algorithm = ConvolutionAlgorithm.of(shape);
    checkPacked(shape, filter);
    WinogradTransforms winograd = WinogradTransforms.of(algorithm);
    if (winograd != null) {
      WinogradProduct product = WinogradProduct.CURRENT.get();
      try (PooledRows _ = product.pooled.set(pooling, output, outputOffset, argmax)) {
        product.forward(
            winograd, shape, input, inputOffset, filter.panels[0], epilogue, NOTHING, 0);
      }
      return;
    }
    if (algorithm == ConvolutionAlgorithm.WINOGRAD_ROWS) {
      WinogradRowsProduct product = WinogradRowsProduct.CURRENT.get();
      try (PooledRows _ = product.pooled.set(pooling, output, outputOffset, argmax)) {
        product.forward(shape, input, inputOffset, filter.panels, epilogue, NOTHING, 0);
      }
      return;
    }
    PatchProduct product = PatchProduct.CURRENT.get();
    try (PooledRows _ = product.pooled.set(pooling, output, outputOffset, argmax)) {
      product.forward(shape, input, inputOffset, filter.panels[0], epilogue, NOTHING, 0);
    }
  }

  /**
   * Whether {@link #forwardPooled} computes the maxima of a convolution's output: where the pooling
   * reads it, no two rows of windows share a row of it, and it is made row by row.
   */
  public static boolean pools(ConvolutionShape shape, PoolingShape pooling) {
    ConvolutionAlgorithm algorithm = ConvolutionAlgorithm.of(shape);
    WinogradTransforms winograd = WinogradTransforms.of(algorithm);
    return PooledRows.suits(shape, pooling)
        && algorithm != ConvolutionAlgorithm.DEPTHWISE
        && !pointwise(shape)
        && (winograd == null || WinogradProduct.pools(winograd, shape, pooling))
        && (algorithm != ConvolutionAlgorithm.WINOGRAD_ROWS
            || WinogradRowsProduct.pools(shape, pooling));
  }

  private static void checkPooled(
      ConvolutionShape shape,
      PoolingShape pooling,
      Epilogue epilogue,
      float[] output,
      int outputOffset,
      byte @Nullable [] argmax) {
    if (!pools(shape, pooling) || epilogue.sums()) {
      throw new IllegalArgumentException(
          "Convolution: no maxima are made of rows for " + shape + ", " + pooling);
    }
    long maxima = (long) pooling.batch() * pooling.outImageSize();
    checkBuffer("output", maxima, output, outputOffset);
    checkArgmax(maxima, argmax);
    Pooling.checkWindow(pooling, argmax);
  }

  private static void checkArgmax(long maxima, byte @Nullable [] argmax) {
    if (argmax != null && argmax.length < maxima) {
      throw new IndexOutOfBoundsException(
          "Convolution: argmax must have " + maxima + " elements, got " + argmax.length);
    }
  }

  private static void checkPacked(ConvolutionShape shape, PackedFilter filter) {
    if (!filter.fits(shape)) {
      throw new IllegalArgumentException("Convolution: the filter was not packed for " + shape);
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
      WinogradProduct.CURRENT
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
    if (algorithm == ConvolutionAlgorithm.WINOGRAD_ROWS) {
      WinogradRowsProduct.CURRENT
          .get()
          .backward(shape, dOutput, dOutputOffset, filter, filterOffset, dInput, dInputOffset);
      return;
    }
    PatchProduct.CURRENT
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
      WinogradFilter.CURRENT
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
    if (algorithm == ConvolutionAlgorithm.WINOGRAD_ROWS) {
      WinogradRowsFilter.CURRENT
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
    if (PlanarFilter.suits(shape)) {
      PlanarFilter.CURRENT
          .get()
          .run(shape, input, inputOffset, dOutput, dOutputOffset, dFilter, dFilterOffset);
      return;
    }
    PatchFilter.CURRENT
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
    checkArgmax(maxima, argmax);
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

  static boolean pointwise(ConvolutionShape s) {
    return s.kernelHeight() == 1
        && s.kernelWidth() == 1
        && s.strideHeight() == 1
        && s.strideWidth() == 1
        && s.groups() == 1
        && (s.padTop() | s.padBottom() | s.padLeft() | s.padRight()) == 0;
  }
}
