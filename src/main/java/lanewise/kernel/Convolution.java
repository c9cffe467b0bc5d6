package lanewise.kernel;

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
    product(algorithm, shape)
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
    return product(shape).pack(shape, filter, filterOffset);
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
    checkPacked(shape, filter);
    product(shape).forward(shape, input, inputOffset, filter, epilogue, output, outputOffset);
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
    ConvolutionProduct.ByRows product =
        checkPooled(shape, pooling, epilogue, output, outputOffset, argmax);
    try (PooledRows _ = product.pooled().set(pooling, output, outputOffset, argmax)) {
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
    ConvolutionProduct.ByRows product =
        checkPooled(shape, pooling, epilogue, output, outputOffset, argmax);
    checkPacked(shape, filter);
    try (PooledRows _ = product.pooled().set(pooling, output, outputOffset, argmax)) {
      product.forward(shape, input, inputOffset, filter, epilogue, NOTHING, 0);
    }
  }

  /**
   * Whether {@link #forwardPooled} computes the maxima of a convolution's output: where the pooling
   * reads it, no two rows of windows share a row of it, and it is made row by row.
   */
  public static boolean pools(ConvolutionShape shape, PoolingShape pooling) {
    return poolingProduct(shape, pooling) != null;
  }

  private static ConvolutionProduct.@Nullable ByRows poolingProduct(
      ConvolutionShape shape, PoolingShape pooling) {
    return PooledRows.suits(shape, pooling)
            && product(shape) instanceof ConvolutionProduct.ByRows product
            && product.pools(shape, pooling)
        ? product
        : null;
  }

  private static ConvolutionProduct.ByRows checkPooled(
      ConvolutionShape shape,
      PoolingShape pooling,
      Epilogue epilogue,
      float[] output,
      int outputOffset,
      byte @Nullable [] argmax) {
    ConvolutionProduct.ByRows product = poolingProduct(shape, pooling);
    if (product == null || epilogue.sums()) {
      throw new IllegalArgumentException(
          "Convolution: no maxima are made of rows for " + shape + ", " + pooling);
    }
    long maxima = (long) pooling.batch() * pooling.outImageSize();
    checkBuffer("output", maxima, output, outputOffset);
    checkArgmax(maxima, argmax);
    Pooling.checkWindow(pooling, argmax);
    return product;
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
    if (algorithm == ConvolutionAlgorithm.IMPLICIT_GEMM && Scatter.pays(shape)) {
      Scatter.CURRENT
          .get()
          .run(shape, dOutput, dOutputOffset, filter, filterOffset, dInput, dInputOffset);
    } else {
      product(algorithm, shape)
          .backward(shape, dOutput, dOutputOffset, filter, filterOffset, dInput, dInputOffset);
    }
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
    filterGradient(algorithm, shape)
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

  private static ConvolutionProduct product(ConvolutionShape shape) {
    return product(ConvolutionAlgorithm.of(shape), shape);
  }

  private static ConvolutionProduct product(
      ConvolutionAlgorithm algorithm, ConvolutionShape shape) {
    return switch (algorithm) {
      case WINOGRAD_2X2 -> WinogradProduct.by(Winograd2x2.TRANSFORMS);
      case WINOGRAD_4X4 -> WinogradProduct.by(Winograd4x4.TRANSFORMS);
      case WINOGRAD_ROWS -> WinogradRowsProduct.CURRENT.get();
      case DEPTHWISE -> DepthwiseProduct.CURRENT.get();
      case IMPLICIT_GEMM ->
          PointwiseProduct.supports(shape) ? PointwiseProduct.INSTANCE : PatchProduct.CURRENT.get();
    };
  }

  private static FilterGradient filterGradient(
      ConvolutionAlgorithm algorithm, ConvolutionShape shape) {
    return switch (algorithm) {
      case WINOGRAD_2X2 -> WinogradFilter.by(Winograd2x2.TRANSFORMS);
      case WINOGRAD_4X4 -> WinogradFilter.by(Winograd4x4.TRANSFORMS);
      case WINOGRAD_ROWS -> WinogradRowsFilter.CURRENT.get();
      case DEPTHWISE -> DepthwiseFilter.CURRENT.get();
      case IMPLICIT_GEMM -> {
        if (PointwiseProduct.suitsFilter(shape)) {
          yield PointwiseProduct.INSTANCE;
        }
        yield PlanarFilter.suits(shape) ? PlanarFilter.CURRENT.get() : PatchFilter.CURRENT.get();
      }
    };
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
}
