package lanewise.jmh;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every library computes the same convolution and the same gradients. */
class ConvolutionPeersTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "lenet5-1",
        "lenet5-2",
        "resnet20-stage3-down",
        "mobilenetv2-depthwise-14-576-down",
        "deeplab-dilated"
      })
  void theyAgree(String convolution) {
    ConvolutionBenchmark forward = setUp(new ConvolutionBenchmark(), convolution);
    forward.forward();
    ConvolutionBenchmark backward = setUp(new ConvolutionBenchmark(), convolution);
    backward.backwardInput();
    ConvolutionBenchmark toFilter = setUp(new ConvolutionBenchmark(), convolution);
    toFilter.backwardFilter();

    JavaConvolutionBenchmark java = setUp(new JavaConvolutionBenchmark(), convolution);
    assertClose(forward.output(), java.forward());
    java = setUp(new JavaConvolutionBenchmark(), convolution);
    assertClose(backward.dInput(), java.backwardInput());
    java = setUp(new JavaConvolutionBenchmark(), convolution);
    assertClose(toFilter.dFilter(), java.backwardFilter());

    OneDnnConvolutionBenchmark dnn = setUp(new OneDnnConvolutionBenchmark(), convolution);
    dnn.forward();
    assertClose(forward.output(), dnn.output());
    dnn = setUp(new OneDnnConvolutionBenchmark(), convolution);
    dnn.backwardInput();
    assertClose(backward.dInput(), dnn.dInput());
    dnn = setUp(new OneDnnConvolutionBenchmark(), convolution);
    dnn.backwardFilter();
    assertClose(toFilter.dFilter(), dnn.dFilter());

    assertAgrees(forward, backward, toFilter, new PyTorchConvolutionBenchmark());
    assertAgrees(forward, backward, toFilter, new PyTorchChannelsLastConvolutionBenchmark());
  }

  private static void assertAgrees(
      ConvolutionBenchmark forward,
      ConvolutionBenchmark backward,
      ConvolutionBenchmark toFilter,
      PyTorchConvolutionBenchmark torch) {
    setUp(torch, forward.convolution);
    torch.backwardInput();
    torch.backwardFilter();
    assertClose(forward.output(), torch.output());
    assertClose(backward.dInput(), torch.dInput());
    assertClose(toFilter.dFilter(), torch.dFilter());
  }

  private static <T extends ConvolutionOperands> T setUp(T operands, String convolution) {
    operands.convolution = convolution;
    operands.threads = 1;
    operands.setUp();
    return operands;
  }

  private static void assertClose(float[] expected, float[] actual) {
    float largest = 0;
    for (float x : expected) {
      largest = Math.max(largest, Math.abs(x));
    }
    assertArrayEquals(expected, actual, 1e-4f * largest);
  }
}
