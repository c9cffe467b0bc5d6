package lanewise.jmh;

import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;

/** Three plain loops, left to the compiler; the innermost runs along rows of B and C. */
public class JavaGemmBenchmark extends GemmOperands {
  private int rowA; // from op(A)'s row to the next
  private int columnA;
  private int rowB;
  private int columnB;

  @Override
  void prepare() {
    Peers.oneThread("plain Java", threads);
    rowA = p.transposeA() ? 1 : p.k();
    columnA = p.transposeA() ? p.m() : 1;
    rowB = p.transposeB() ? 1 : p.n();
    columnB = p.transposeB() ? p.k() : 1;
  }

  /** One product. */
  @Benchmark
  public float[] multiply() {
    Arrays.fill(c, 0);
    for (int i = 0; i < p.m(); i++) {
      for (int l = 0; l < p.k(); l++) {
        float x = a[i * rowA + l * columnA];
        if (columnB == 1) {
          addRow(p.n(), x, b, l * rowB, c, i * p.n());
        } else {
          addColumn(p.n(), x, b, l * rowB, columnB, c, i * p.n());
        }
      }
    }
    return c;
  }

  private static void addRow(int n, float x, float[] b, int bOffset, float[] c, int cOffset) {
    for (int j = 0; j < n; j++) {
      c[cOffset + j] += x * b[bOffset + j];
    }
  }

  private static void addColumn(
      int n, float x, float[] b, int bOffset, int ldb, float[] c, int cOffset) {
    for (int j = 0; j < n; j++) {
      c[cOffset + j] += x * b[bOffset + j * ldb];
    }
  }
}
