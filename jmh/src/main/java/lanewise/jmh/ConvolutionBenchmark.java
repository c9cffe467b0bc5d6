package lanewise.jmh;

import lanewise.Lanewise;
import lanewise.kernel.Convolution;
import lanewise.kernel.Epilogue;
import org.openjdk.jmh.annotations.Benchmark;

/** Convolutions and both of their gradients. */
public class ConvolutionBenchmark extends ConvolutionOperands {
  @Override
  void prepare() {
    Lanewise.threads(threads);
  }

  /** The output. */
  @Benchmark
  public float[] forward() {
    Convolution.forward(s, input, 0, filter, 0, Epilogue.NONE, output, 0);
    return output;
  }

  /** The input's gradient. */
  @Benchmark
  public float[] backwardInput() {
    Convolution.backwardInput(s, output, 0, filter, 0, input, 0);
    return input;
  }

  /** The filter's gradient. */
  @Benchmark
  public float[] backwardFilter() {
    Convolution.backwardFilter(s, input, 0, output, 0, filter, 0);
    return filter;
  }
}
