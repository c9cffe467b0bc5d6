package lanewise.kernel;

import java.util.ArrayList;
import java.util.List;
import lanewise.shape.ConvolutionShape;
import lanewise.shape.Padding;
import lanewise.shape.PoolingShape;

/** A convolution whose output is max-pooled, with operands drawn at random. */
record MaximaCase(
    ConvolutionShape shape,
    PoolingShape pooling,
    GuardedMatrix input,
    byte[] argmax,
    GuardedMatrix dMaxima) {

  /** Those of some windows whose filter's gradient is made of the maxima. */
  static List<MaximaCase> each(ConvolutionShape shape) {
    List<MaximaCase> cases = new ArrayList<>();
    for (PoolingShape pooling : windows(shape)) {
      if (Convolution.takesMaxima(shape, pooling)) {
        cases.add(random(shape, pooling));
      }
    }
    return cases;
  }

  private static List<PoolingShape> windows(ConvolutionShape s) {
    List<PoolingShape> windows = new ArrayList<>();
    if (Math.min(s.outHeight(), s.outWidth()) >= 2) {
      windows.add(window(s, 2, 2, Padding.VALID, true));
      windows.add(window(s, 2, 3, Padding.of(1), false));
    }
    windows.add(window(s, 3, 2, Padding.of(1), false));
    return windows;
  }

  private static PoolingShape window(
      ConvolutionShape s, int kernel, int stride, Padding padding, boolean ceilMode) {
    return PoolingShape.of(
        s.batch(),
        s.outHeight(),
        s.outWidth(),
        s.outChannels(),
        kernel,
        kernel,
        stride,
        stride,
        padding,
        ceilMode);
  }

  private static MaximaCase random(ConvolutionShape shape, PoolingShape pooling) {
    int batch = shape.batch();
    GuardedMatrix output = GuardedMatrix.random(batch * shape.outImageSize(), 2);
    int maxima = batch * pooling.outImageSize();
    byte[] argmax = new byte[maxima];
    Pooling.maxForward(
        pooling, 0, batch, output.array, output.offset, new float[maxima], 0, argmax, 0);
    return new MaximaCase(
        shape,
        pooling,
        GuardedMatrix.random(batch * shape.inImageSize(), 1),
        argmax,
        GuardedMatrix.random(maxima, 3));
  }

  /** The gradient of the filter in double, window after window. */
  ReferenceConvolution.Result reference() {
    double[] values = new double[shape.filterSize()];
    double[] magnitudes = new double[values.length];
    for (int i = 0; i < argmax.length; i++) {
      int channel = i % pooling.channels();
      int window = i / pooling.channels();
      int wx = window % pooling.outWidth();
      int wy = window / pooling.outWidth() % pooling.outHeight();
      int image = i / pooling.outImageSize();
      int y = wy * pooling.strideHeight() - pooling.padTop() + argmax[i] / pooling.kernelWidth();
      int x = wx * pooling.strideWidth() - pooling.padLeft() + argmax[i] % pooling.kernelWidth();
      for (int w = channel; w < values.length; w += shape.outChannels()) {
        double product = (double) dMaxima.get(i) * element(image, y, x, w / shape.outChannels());
        values[w] += product;
        magnitudes[w] += Math.abs(product);
      }
    }
    int products = shape.batch() * pooling.outHeight() * pooling.outWidth();
    return new ReferenceConvolution.Result(values, products, magnitudes);
  }

  /** Element {@code e} of the patch that output pixel {@code y}, {@code x} reads. */
  private double element(int image, int y, int x, int e) {
    int c = e % shape.inChannels();
    int kx = e / shape.inChannels() % shape.kernelWidth();
    int ky = e / shape.inChannels() / shape.kernelWidth();
    int row = y * shape.strideHeight() + ky * shape.dilationHeight() - shape.padTop();
    int column = x * shape.strideWidth() + kx * shape.dilationWidth() - shape.padLeft();
    boolean inside = row >= 0 && row < shape.inHeight() && column >= 0 && column < shape.inWidth();
    return inside
        ? input.get(
            ((image * shape.inHeight() + row) * shape.inWidth() + column) * shape.inChannels() + c)
        : 0;
  }

  GuardedMatrix backwardFilter() {
    GuardedMatrix d = GuardedMatrix.poisoned(1, shape.filterSize(), 0);
    Convolution.backwardFilterOfMaxima(
        shape,
        pooling,
        input.array,
        input.offset,
        argmax,
        dMaxima.array,
        dMaxima.offset,
        d.array,
        d.offset);
    return d;
  }

  @Override
  public String toString() {
    return "of maxima " + pooling + " of " + shape;
  }
}
