package lanewise.jmh;

import dev.ludovic.netlib.blas.JavaBLAS;
import org.openjdk.jmh.annotations.Benchmark;

/** The BLAS of netlib for Java in its form for the Vector API. */
public class NetlibGemmBenchmark extends GemmOperands {
  private final JavaBLAS blas = JavaBLAS.getInstance();

  @Override
  void prepare() {
    Peers.oneThread("netlib", threads);
    String form = blas.getClass().getSimpleName();
    if (!form.equals("VectorBLAS")) {
      throw new IllegalStateException("expected netlib's VectorBLAS, got " + form);
    }
  }

  /** One product; by columns Cᵀ = op(B)ᵀ · op(A)ᵀ is C by rows. */
  @Benchmark
  public float[] multiply() {
    blas.sgemm(
        p.transposeB() ? "T" : "N",
        p.transposeA() ? "T" : "N",
        p.n(),
        p.m(),
        p.k(),
        1,
        b,
        p.ldb(),
        a,
        p.lda(),
        0,
        c,
        p.n());
    return c;
  }
}
