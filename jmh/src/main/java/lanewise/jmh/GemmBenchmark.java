package lanewise.jmh;

import lanewise.Lanewise;
import lanewise.kernel.Gemm;
import org.openjdk.jmh.annotations.Benchmark;

/** Matrix products. */
public class GemmBenchmark extends GemmOperands {
  @Override
  void prepare() {
    Lanewise.threads(threads);
  }

  /** One product. */
  @Benchmark
  public float[] multiply() {
    Gemm.multiply(
        p.transposeA(),
        p.transposeB(),
        p.m(),
        p.n(),
        p.k(),
        1,
        a,
        0,
        p.lda(),
        b,
        0,
        p.ldb(),
        0,
        c,
        0,
        p.n());
    return c;
  }
}
