package lanewise.jmh;

/** The sizes of a matrix product, {@code op(A)} m × k times {@code op(B)} k × n. */
record Product(int m, int n, int k, boolean transposeA, boolean transposeB) {
  static final ShapeTable<Product> SHAPES = new ShapeTable<>("gemm.csv", Product::of);

  private static Product of(ShapeTable.Row row) {
    return new Product(
        row.number("m"),
        row.number("n"),
        row.number("k"),
        row.flag("transposeA"),
        row.flag("transposeB"));
  }

  /** Elements between neighbouring rows of A in memory. */
  int lda() {
    return transposeA ? m : k;
  }

  /** Elements between neighbouring rows of B in memory. */
  int ldb() {
    return transposeB ? k : n;
  }

  long flops() {
    return 2L * m * n * k;
  }
}
