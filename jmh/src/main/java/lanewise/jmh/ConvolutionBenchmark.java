package lanewise.jmh;

import java.util.concurrent.TimeUnit;
import lanewise.Lanewise;
import lanewise.kernel.Convolution;
import lanewise.kernel.Epilogue;
import lanewise.shape.ConvolutionShape;
import lanewise.shape.Padding;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Convolutions and both of their gradients. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class ConvolutionBenchmark {
  static final ShapeTable<ConvolutionShape> SHAPES =
      new ShapeTable<>("convolution.csv", ConvolutionBenchmark::shape);

  private static ConvolutionShape shape(ShapeTable.Row row) {
    int kernel = row.number("kernel");
    int stride = row.number("stride");
    int dilation = row.number("dilation");
    return ConvolutionShape.of(
        row.number("batch"),
        row.number("height"),
        row.number("width"),
        row.number("inChannels"),
        row.number("outChannels"),
        kernel,
        kernel,
        stride,
        stride,
        Padding.of(row.number("padding")),
        dilation,
        dilation,
        row.number("groups"));
  }

  /** Name of a shape; {@link Run} asks for every one of {@code convolution.csv} by default. */
  @Param("fashion-cnn-2")
  public String convolution = "";

  /** Threads that the convolution may use. */
  @Param("1")
  public int threads;

  private ConvolutionShape s = SHAPES.get(SHAPES.names().getFirst());
  private float[] input = {}; // [batch, inHeight, inWidth, inChannels]
  private float[] filter = {}; // [kernelHeight, kernelWidth, groupInChannels, outChannels]
  private float[] output = {}; // [batch, outHeight, outWidth, outChannels]

  /** Allocates the shape's images and filter. */
  @Setup
  public void setUp() {
    Lanewise.threads(threads);
    s = SHAPES.get(convolution);
    input = Inputs.random(s.batch() * s.inImageSize());
    filter = Inputs.random(s.filterSize());
    output = Inputs.random(s.batch() * s.outImageSize());
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
