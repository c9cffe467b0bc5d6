package lanewise.jmh;

import org.ejml.concurrency.EjmlConcurrency;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;
import org.ejml.dense.row.CommonOps_MT_FDRM;
import org.openjdk.jmh.annotations.Benchmark;

/** EJML's dense matrices. */
public class EjmlGemmBenchmark extends GemmOperands {
  private FMatrixRMaj left = new FMatrixRMaj();
  private FMatrixRMaj right = new FMatrixRMaj();
  private FMatrixRMaj out = new FMatrixRMaj();

  @Override
  void prepare() {
    EjmlConcurrency.setMaxThreads(threads);
    left = FMatrixRMaj.wrap(p.transposeA() ? p.k() : p.m(), p.lda(), a);
    right = FMatrixRMaj.wrap(p.transposeB() ? p.n() : p.k(), p.ldb(), b);
    out = FMatrixRMaj.wrap(p.m(), p.n(), c);
  }

  /** One product. */
  @Benchmark
  public Object multiply() {
    return threads == 1 ? multiplyOnOneThread() : multiplyOnSeveral();
  }

  private Object multiplyOnOneThread() {
    if (p.transposeA()) {
      return p.transposeB()
          ? CommonOps_FDRM.multTransAB(left, right, out)
          : CommonOps_FDRM.multTransA(left, right, out);
    }
    return p.transposeB()
        ? CommonOps_FDRM.multTransB(left, right, out)
        : CommonOps_FDRM.mult(left, right, out);
  }

  private Object multiplyOnSeveral() {
    if (p.transposeA()) {
      return p.transposeB()
          ? CommonOps_MT_FDRM.multTransAB(left, right, out)
          : CommonOps_MT_FDRM.multTransA(left, right, out);
    }
    return p.transposeB()
        ? CommonOps_MT_FDRM.multTransB(left, right, out)
        : CommonOps_MT_FDRM.mult(left, right, out);
  }
}
