package lanewise.jmh;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.cblas_sgemm;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;
import org.openjdk.jmh.annotations.Benchmark;

/** OpenBLAS on matrices off the heap, which it need not copy. */
public class OpenBlasGemmBenchmark extends GemmOperands {
  private FloatPointer nativeA = new FloatPointer();
  private FloatPointer nativeB = new FloatPointer();
  private FloatPointer nativeC = new FloatPointer();

  @Override
  void prepare() {
    Loader.load(openblas.class);
    Peers.call("openblas_set_num_threads", threads);
    nativeA = new FloatPointer(a);
    nativeB = new FloatPointer(b);
    nativeC = new FloatPointer(c);
  }

  /** One product. */
  @Benchmark
  public Object multiply() {
    cblas_sgemm(
        CblasRowMajor,
        p.transposeA() ? CblasTrans : CblasNoTrans,
        p.transposeB() ? CblasTrans : CblasNoTrans,
        p.m(),
        p.n(),
        p.k(),
        1,
        nativeA,
        p.lda(),
        nativeB,
        p.ldb(),
        0,
        nativeC,
        p.n());
    return nativeC;
  }

  @Override
  float[] result() {
    float[] result = new float[c.length];
    nativeC.get(result);
    return result;
  }
}
