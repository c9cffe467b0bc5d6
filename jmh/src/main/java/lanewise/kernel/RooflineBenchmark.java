package lanewise.kernel;

import java.util.concurrent.TimeUnit;
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

/** The loops behind {@link Roofline}, whose package they share, timed by JMH. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class RooflineBenchmark {
  /** Chains and their steps. */
  @State(Scope.Benchmark)
  public static class Chains {
    /** Fused multiply-adds of each chain. */
    @Param("4096")
    public int steps;
  }

  /** An array to read. */
  @State(Scope.Benchmark)
  public static class Memory {
    /** Size of the array. */
    @Param({"16384", "262144", "4194304", "134217728"})
    public int bytes;

    private float[] x = {};

    /** Allocates the array. */
    @Setup
    public void setUp() {
      x = new float[bytes / Float.BYTES];
    }
  }

  /** Floating-point operations of one {@link #multiplyAdds}. */
  public static long flops(int steps) {
    return 2L * Simd.LANES * Roofline.FMA_ACCUMULATORS * steps;
  }

  /** Independent chains of fused multiply-adds in registers. */
  @Benchmark
  public float multiplyAdds(Chains chains) {
    return Roofline.multiplyAdds(chains.steps);
  }

  /** Reads an array. */
  @Benchmark
  public float read(Memory memory) {
    return Roofline.sum(memory.x);
  }
}
