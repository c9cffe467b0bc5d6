package lanewise.kernel;

import lanewise.shape.ConvolutionShape;

/** A 1 × 1 convolution, stride 1, no padding: a matrix product of the images where they lie. */
final class PointwiseProduct implements ConvolutionProduct, FilterGradient {
  static final PointwiseProduct INSTANCE = new PointwiseProduct();

  /**
   * Elements from which on a filter's gradient is one product: each run of images would write as
   * many sums. Part of the order of accumulation.
   */
  private static final int LARGE_FILTER = 1 << 17;

  private PointwiseProduct() {}

  static boolean supports(ConvolutionShape s) {
    return s.kernelHeight() == 1
        && s.kernelWidth() == 1
        && s.strideHeight() == 1
        && s.strideWidth() == 1
        && s.groups() == 1
        && (s.padTop() | s.padBottom() | s.padLeft() | s.padRight()) == 0;
  }

  /** Whether the gradient of the filter is best made by one product, too. */
  static boolean suitsFilter(ConvolutionShape s) {
    return supports(s) && s.filterSize() >= LARGE_FILTER;
  }

  private static int pixels(ConvolutionShape s) {
    return s.batch() * s.inHeight() * s.inWidth();
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
    int m = pixels(s);
    int n = s.outChannels();
    int k = s.inChannels();
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
    int m = pixels(s);
    int n = s.outChannels();
    int k = s.inChannels();
    PackedMatrix matrix = filter.matrix();
    Gemm.multiply(false, m, 1, input, inputOffset, k, matrix, 0, output, outputOffset, n, epilogue);
  }

  @Override
  public PackedFilter pack(ConvolutionShape s, float[] filter, int filterOffset) {
    int n = s.outChannels();
    return new PackedFilter(s, Gemm.pack(false, s.inChannels(), n, filter, filterOffset, n));
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
    int m = pixels(s);
    int n = s.inChannels();
    int k = s.outChannels();
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
    int m = s.inChannels();
    int n = s.outChannels();
    int k = pixels(s);
    Gemm.multiply(
        true,
        false,
        m,
        n,
        k,
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
  }
}
