package lanewise.jmh;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * PyTorch on images NCHW. A gradient runs back through one convolution made beforehand, and is
 * added to the one before, as PyTorch does.
 */
public class PyTorchConvolutionBenchmark extends ConvolutionOperands {
  private PtNDArray images;
  private PtNDArray weights;
  private PtNDArray dOutput;
  private PtNDArray outputOfImages;
  private PtNDArray outputOfWeights;
  private PtNDArray trackedImages;
  private PtNDArray trackedWeights;

  @Override
  void prepare() {
    NDManager manager = PyTorch.load(threads);
    images = images(manager, input, s.inHeight(), s.inWidth(), s.inChannels());
    weights = filter(manager);
    dOutput = images(manager, output, s.outHeight(), s.outWidth(), s.outChannels());
    trackedImages = tracked(images(manager, input, s.inHeight(), s.inWidth(), s.inChannels()));
    trackedWeights = tracked(filter(manager));
    JniUtils.setGradMode(true);
    outputOfImages = convolve(trackedImages, weights);
    outputOfWeights = convolve(images, trackedWeights);
  }

  private PtNDArray images(NDManager manager, float[] nhwc, int height, int width, int channels) {
    return layOut(manager, manager.create(nhwc, new Shape(s.batch(), height, width, channels)));
  }

  /** Gives images the layout that the library shall compute in. */
  PtNDArray layOut(NDManager manager, NDArray nhwc) {
    return PyTorch.channelsFirst(manager, nhwc);
  }

  private PtNDArray filter(NDManager manager) {
    Shape hwio = new Shape(s.kernelHeight(), s.kernelWidth(), s.groupInChannels(), s.outChannels());
    return PyTorch.outputsFirst(manager, manager.create(filter, hwio));
  }

  private static PtNDArray tracked(PtNDArray x) {
    x.setRequiresGradient(true);
    return x;
  }

  private PtNDArray convolve(PtNDArray x, PtNDArray w) {
    return JniUtils.convolution(
        x,
        w,
        null,
        new Shape(s.strideHeight(), s.strideWidth()),
        new Shape(s.padTop(), s.padLeft()),
        new Shape(s.dilationHeight(), s.dilationWidth()),
        s.groups());
  }

  /** The output. */
  @Benchmark
  public Object forward() {
    PtNDArray y = convolve(images, weights);
    y.close();
    return y;
  }

  /** The input's gradient. */
  @Benchmark
  public Object backwardInput() {
    JniUtils.backward(outputOfImages, dOutput, true, false);
    return trackedImages;
  }

  /** The filter's gradient. */
  @Benchmark
  public Object backwardFilter() {
    JniUtils.backward(outputOfWeights, dOutput, true, false);
    return trackedWeights;
  }

  float[] output() {
    return convolve(images, weights).transpose(0, 2, 3, 1).toFloatArray();
  }

  float[] dInput() {
    return trackedImages.getGradient().transpose(0, 2, 3, 1).toFloatArray();
  }

  float[] dFilter() {
    return trackedWeights.getGradient().transpose(2, 3, 1, 0).toFloatArray();
  }
}
