package lanewise.jmh;

import lanewise.Lanewise;
import lanewise.kernel.Convolution;
import lanewise.kernel.Epilogue;
import lanewise.kernel.PackedFilter;
import org.openjdk.jmh.annotations.Benchmark;

/** Convolutions and both of their gradients. */
public class ConvolutionBenchmark extends ConvolutionOperands {
  private PackedFilter packed = Convolution.pack(s, new float[s.filterSize()], 0);

  @Override
  void prepare() {
    Lanewise.threads(threads);
    packed = Convolution.pack(s, filter, 0);
  }

  /** The output, by a filter packed beforehand as in a frozen network; oneDNN's is too. */
  @Benchmark
  public float[] forward() {
    Convolution.forward(s, input, 0, packed, Epilogue.NONE, output, 0);
    return output;
  }

  /** The output, by a filter that changes at each step of a training. */
  @Benchmark
  public float[] packAndForward() {
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
