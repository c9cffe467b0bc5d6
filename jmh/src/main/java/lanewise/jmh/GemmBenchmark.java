package lanewise.jmh;

import java.util.concurrent.TimeUnit;
import lanewise.Lanewise;
import lanewise.kernel.Gemm;
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

/** Matrix products, {@code C ← op(A) · op(B)}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class GemmBenchmark {
  record Product(int m, int n, int k, boolean transposeA, boolean transposeB) {
    long flops() {
      return 2L * m * n * k;
    }
  }

  static final ShapeTable<Product> SHAPES =
      new ShapeTable<>(
          "gemm.csv",
          row ->
              new Product(
                  row.number("m"),
                  row.number("n"),
                  row.number("k"),
                  row.flag("transposeA"),
                  row.flag("transposeB")));

  /** Name of a shape; {@link Run} asks for every one of {@code gemm.csv} by default. */
  @Param("square-256")
  public String product = "";

  /** Threads that the product may use. */
  @Param("1")
  public int threads;

  private Product p = new Product(0, 0, 0, false, false);
  private float[] a = {}; // [m, k] or [k, m]
  private float[] b = {}; // [k, n] or [n, k]
  private float[] c = {}; // [m, n]

  /** Allocates the shape's matrices. */
  @Setup
  public void setUp() {
    Lanewise.threads(threads);
    p = SHAPES.get(product);
    a = Inputs.random(p.m * p.k);
    b = Inputs.random(p.k * p.n);
    c = new float[p.m * p.n];
  }

  /** One product. */
  @Benchmark
  public float[] multiply() {
    int lda = p.transposeA ? p.m : p.k;
    int ldb = p.transposeB ? p.k : p.n;
    Gemm.multiply(p.transposeA, p.transposeB, p.m, p.n, p.k, 1, a, 0, lda, b, 0, ldb, 0, c, 0, p.n);
    return c;
  }
}
