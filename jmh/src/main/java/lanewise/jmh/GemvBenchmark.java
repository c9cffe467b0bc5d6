package lanewise.jmh;

import java.util.concurrent.TimeUnit;
import lanewise.Lanewise;
import lanewise.kernel.Gemv;
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

/** A matrix, transposed or not, times a vector. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class GemvBenchmark {
  static final ShapeTable<Matrix> SHAPES =
      new ShapeTable<>("gemv.csv", row -> new Matrix(row.number("rows"), row.number("columns")));

  /** The sizes of a matrix as stored. */
  record Matrix(int rows, int columns) {
    /** Bytes of the matrix and both vectors. */
    long bytes() {
      return Float.BYTES * ((long) rows * columns + rows + columns);
    }
  }

  /** Name of a shape; {@link Run} asks for every one of {@code gemv.csv} by default. */
  @Param("square-1024")
  public String matrix = "";

  /** Threads that the product may use. */
  @Param("1")
  public int threads;

  private Matrix s = new Matrix(0, 0);
  private float[] a = {}; // [rows, columns]
  private float[] x = {}; // [columns]
  private float[] y = {}; // [rows]

  /** Allocates the operands. */
  @Setup
  public void setUp() {
    s = SHAPES.get(matrix);
    a = Inputs.random(s.rows() * s.columns());
    x = Inputs.random(s.columns());
    y = Inputs.random(s.rows());
    Lanewise.threads(threads);
  }

  /** {@code y ← A · x}. */
  @Benchmark
  public float[] multiply() {
    Gemv.multiply(false, s.rows(), s.columns(), 1, a, 0, s.columns(), x, 0, 0, y, 0);
    return y;
  }

  /** {@code x ← Aᵀ · y}. */
  @Benchmark
  public float[] multiplyTransposed() {
    Gemv.multiply(true, s.rows(), s.columns(), 1, a, 0, s.columns(), y, 0, 0, x, 0);
    return x;
  }
}
