package lanewise.jmh;

import java.util.concurrent.TimeUnit;
import lanewise.kernel.Axpy;
import lanewise.kernel.Dot;
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

/** Two vectors, on one thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class VectorBenchmark {
  /** Elements: the pair fits the first, second and third level of a usual cache, and none. */
  @Param({"1000", "30000", "1000000", "30000000"})
  public int n;

  private float[] x = {};
  private float[] y = {};

  /** Bytes that one call of {@code method} reads and writes. */
  static long bytes(String method, int n) {
    return (method.equals("dot") ? 2L : 3L) * Float.BYTES * n;
  }

  /** Allocates the vectors. */
  @Setup
  public void setUp() {
    x = Inputs.random(n);
    y = Inputs.random(n);
  }

  /** {@code Σ x · y}. */
  @Benchmark
  public float dot() {
    return Dot.product(n, x, 0, y, 0);
  }

  /** {@code y ← alpha · x + y}. */
  @Benchmark
  public float[] axpy() {
    Axpy.add(n, 1e-6f, x, 0, y, 0);
    return y;
  }
}
