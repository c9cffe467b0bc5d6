package lanewise.jmh;

import lanewise.kernel.RooflineBenchmark;
import lanewise.network.Network;
import org.openjdk.jmh.infra.BenchmarkParams;

/** What one call of a benchmark does, counted from its shape. */
sealed interface Work {
  /** Floating-point operations, on as many threads. */
  record Flops(long count, int threads) implements Work {}

  /** Bytes read and written at least. */
  record Bytes(long count) implements Work {}

  /** How many. */
  long count();

  /** The work of one call under these parameters. */
  static Work of(BenchmarkName name, BenchmarkParams params) {
    return switch (name.subject()) {
      case "Gemm" ->
          new Flops(Product.SHAPES.get(params.getParam("product")).flops(), threads(params));
      case "Gemv" -> new Bytes(GemvBenchmark.SHAPES.get(params.getParam("matrix")).bytes());
      case "Vector" -> new Bytes(VectorBenchmark.bytes(name.method(), number(params, "n")));
      case "Convolution" ->
          new Flops(
              2 * ConvolutionOperands.SHAPES.get(params.getParam("convolution")).multiplyAdds(),
              threads(params));
      case "TrainingStep" ->
          new Flops(
              2 * number(params, "batch") * network(params).trainingMultiplyAdds(),
              threads(params));
      case "Prediction" ->
          new Flops(2 * number(params, "batch") * network(params).multiplyAdds(), threads(params));
      case "Pooling" ->
          new Bytes(
              PoolingBenchmark.bytes(
                  PoolingBenchmark.SHAPES.get(params.getParam("pooling")),
                  name.method().startsWith("max")));
      case "Roofline" ->
          name.method().equals("read")
              ? new Bytes(number(params, "bytes"))
              : new Flops(RooflineBenchmark.flops(number(params, "steps")), 1);
      default -> throw new IllegalArgumentException("nobody counted the work of " + name);
    };
  }

  private static Network network(BenchmarkParams params) {
    return Networks.logits(Networks.recipe(params.getParam("network")));
  }

  private static int threads(BenchmarkParams params) {
    return number(params, "threads");
  }

  private static int number(BenchmarkParams params, String name) {
    return Integer.parseInt(params.getParam(name));
  }
}
