package lanewise.jmh;

import java.util.Arrays;
import lanewise.Lanewise;
import lanewise.kernel.Convolution;
import lanewise.kernel.Epilogue;
import lanewise.kernel.PackedFilter;
import org.openjdk.jmh.annotations.Benchmark;

/** Convolutions and both of their gradients. */
public class ConvolutionBenchmark extends ConvolutionOperands {
  /**
   * Floats before the first: in a large array they start on a cache line then, as a network's do.
   */
  private static final int START = 12;

  /** Floats that the JVM's usual collector takes for a large array, whatever the heap's size. */
  private static final int LARGE = 1 << 22;

  private PackedFilter packed = Convolution.pack(s, new float[s.filterSize()], 0);

  @Override
  void prepare() {
    Lanewise.threads(threads);
    packed = Convolution.pack(s, filter, 0);
    input = aligned(input);
    filter = aligned(filter);
    output = aligned(output);
  }

  private static float[] aligned(float[] x) {
    float[] copy = new float[START + Math.max(LARGE, x.length)];
    System.arraycopy(x, 0, copy, START, x.length);
    return copy;
  }

  /** The output, by a filter packed beforehand as in a frozen network; oneDNN's is too. */
  @Benchmark
  public float[] forward() {
    Convolution.forward(s, input, START, packed, Epilogue.NONE, output, START);
    return output;
  }

  /** The output, by a filter that changes at each step of a training. */
  @Benchmark
  public float[] packAndForward() {
    Convolution.forward(s, input, START, filter, START, Epilogue.NONE, output, START);
    return output;
  }

  /** The input's gradient. */
  @Benchmark
  public float[] backwardInput() {
    Convolution.backwardInput(s, output, START, filter, START, input, START);
    return input;
  }

  /** The filter's gradient. */
  @Benchmark
  public float[] backwardFilter() {
    Convolution.backwardFilter(s, input, START, output, START, filter, START);
    return filter;
  }

  float[] output() {
    return Arrays.copyOfRange(output, START, START + s.batch() * s.outImageSize());
  }

  float[] dInput() {
    return Arrays.copyOfRange(input, START, START + s.batch() * s.inImageSize());
  }

  float[] dFilter() {
    return Arrays.copyOfRange(filter, START, START + s.filterSize());
  }
}
