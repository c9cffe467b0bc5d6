package lanewise.kernel;

/**
 * The right operand of many products, B {@code [k, n]}, packed once by {@link Gemm#pack} for the
 * vectors of this machine. Later changes to what it was packed from are not seen.
 */
public final class PackedMatrix {
  private final int k;
  private final int n;
  private final float[] panels; // for each block of columns and of k, panels as Panels packs them

  PackedMatrix(int k, int n, float[] panels) {
    this.k = k;
    this.n = n;
    this.panels = panels;
  }

  /** Rows of B. */
  public int k() {
    return k;
  }

  /** Columns of B. */
  public int n() {
    return n;
  }

  float[] panels() {
    return panels;
  }
}
