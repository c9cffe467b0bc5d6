package lanewise.jmh;

import java.util.concurrent.TimeUnit;
import lanewise.shape.ConvolutionShape;
import lanewise.shape.Padding;
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

/** What every library convolves: images, a filter, and gradients of the output. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public abstract class ConvolutionOperands {
  static final ShapeTable<ConvolutionShape> SHAPES =
      new ShapeTable<>("convolution.csv", ConvolutionOperands::shape);

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
  @Param("mnist-cnn-2")
  public String convolution = "";

  /** Threads that the convolution may use. */
  @Param("1")
  public int threads;

  ConvolutionShape s = SHAPES.get(SHAPES.names().getFirst());
  float[] input = {}; // [batch, inHeight, inWidth, inChannels]
  float[] filter = {}; // [kernelHeight, kernelWidth, groupInChannels, outChannels]
  float[] output = {}; // [batch, outHeight, outWidth, outChannels]

  /** Allocates the shape's images and filter. */
  @Setup
  public void setUp() {
    s = SHAPES.get(convolution);
    input = Inputs.random(s.batch() * s.inImageSize());
    filter = Inputs.random(s.filterSize());
    output = Inputs.random(s.batch() * s.outImageSize());
    prepare();
  }

  /** Brings the arrays and the threads to the library. */
  abstract void prepare();
}
