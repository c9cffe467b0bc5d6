package lanewise.jmh;

import java.util.concurrent.TimeUnit;
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

/** What every library multiplies, {@code C ← op(A) · op(B)}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public abstract class GemmOperands {
  /** Name of a shape; {@link Run} asks for every one of {@code gemm.csv} by default. */
  @Param("square-256")
  public String product = "";

  /** Threads that the product may use. */
  @Param("1")
  public int threads;

  Product p = new Product(0, 0, 0, false, false);
  float[] a = {}; // [m, k] or [k, m]
  float[] b = {}; // [k, n] or [n, k]
  float[] c = {}; // [m, n]

  /** Allocates the shape's matrices. */
  @Setup
  public void setUp() {
    p = Product.SHAPES.get(product);
    a = Inputs.random(p.m() * p.k());
    b = Inputs.random(p.k() * p.n());
    c = new float[p.m() * p.n()];
    prepare();
  }

  /** Brings the matrices and the threads to the library. */
  abstract void prepare();

  /** C as the library left it. */
  float[] result() {
    return c;
  }
}
