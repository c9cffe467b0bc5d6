package lanewise.jmh;

import java.util.concurrent.TimeUnit;
import lanewise.kernel.Pooling;
import lanewise.shape.Padding;
import lanewise.shape.PoolingShape;
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

/** Pooling and its gradients, on one thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class PoolingBenchmark {
  static final ShapeTable<PoolingShape> SHAPES =
      new ShapeTable<>("pooling.csv", PoolingBenchmark::shape);

  private static PoolingShape shape(ShapeTable.Row row) {
    int window = row.number("window");
    int stride = row.number("stride");
    return PoolingShape.of(
        row.number("batch"),
        row.number("height"),
        row.number("width"),
        row.number("channels"),
        window,
        window,
        stride,
        stride,
        Padding.of(row.number("padding")),
        false);
  }

  /** Bytes of all images in and out, each read or written once. */
  static long bytes(PoolingShape s, boolean max) {
    long in = (long) s.batch() * s.inImageSize();
    long out = (long) s.batch() * s.outImageSize();
    return Float.BYTES * (in + out) + (max ? out : 0);
  }

  /** Name of a shape; {@link Run} asks for every one of {@code pooling.csv} by default. */
  @Param("mnist-cnn-1")
  public String pooling = "";

  private PoolingShape s = SHAPES.get(SHAPES.names().getFirst());
  private float[] input = {}; // [batch, inHeight, inWidth, channels]
  private float[] output = {}; // [batch, outHeight, outWidth, channels]
  private byte[] argmax = {}; // [batch, outHeight, outWidth, channels]

  /** Allocates the shape's images. */
  @Setup
  public void setUp() {
    s = SHAPES.get(pooling);
    input = Inputs.random(s.batch() * s.inImageSize());
    output = new float[s.batch() * s.outImageSize()];
    argmax = new byte[output.length];
    maxForward();
  }

  /** Maxima and where they stood. */
  @Benchmark
  public float[] maxForward() {
    Pooling.maxForward(s, 0, s.batch(), input, 0, output, 0, argmax, 0);
    return output;
  }

  /** The input's gradient under maxima. */
  @Benchmark
  public float[] maxBackward() {
    Pooling.maxBackward(s, 0, s.batch(), argmax, 0, output, 0, input, 0);
    return input;
  }

  /** Means. */
  @Benchmark
  public float[] averageForward() {
    Pooling.averageForward(s, false, 0, s.batch(), input, 0, output, 0);
    return output;
  }

  /** The input's gradient under means. */
  @Benchmark
  public float[] averageBackward() {
    Pooling.averageBackward(s, false, 0, s.batch(), output, 0, input, 0);
    return input;
  }
}
