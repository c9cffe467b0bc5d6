package lanewise.jmh;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every library computes the same product. */
class GemmPeersTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "square-32",
        "rows-3",
        "mnist-lenet5-dense2-forward",
        "mnist-lenet5-dense2-input",
        "mnist-lenet5-dense2-weights",
        "both-transposed"
      })
  void theyAgree(String product) {
    float[] expected = multiply(GemmBenchmark::new, GemmBenchmark::multiply, product);
    float tolerance = 1e-6f * Product.SHAPES.get(product).k();
    assertArrayEquals(
        expected,
        multiply(OpenBlasGemmBenchmark::new, OpenBlasGemmBenchmark::multiply, product),
        tolerance);
    assertArrayEquals(
        expected,
        multiply(NetlibGemmBenchmark::new, NetlibGemmBenchmark::multiply, product),
        tolerance);
    assertArrayEquals(
        expected,
        multiply(EjmlGemmBenchmark::new, EjmlGemmBenchmark::multiply, product),
        tolerance);
    assertArrayEquals(
        expected,
        multiply(JavaGemmBenchmark::new, JavaGemmBenchmark::multiply, product),
        tolerance);
  }

  private interface Multiply<T> {
    Object of(T benchmark);
  }

  private static <T extends GemmOperands> float[] multiply(
      Supplier<T> benchmark, Multiply<T> multiply, String product) {
    T operands = benchmark.get();
    operands.product = product;
    operands.threads = 1;
    operands.setUp();
    multiply.of(operands);
    return operands.result();
  }
}
