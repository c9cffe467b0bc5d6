package lanewise.jmh;

import lanewise.kernel.RooflineBenchmark;
import org.openjdk.jmh.infra.BenchmarkParams;

/** What one call of a benchmark does, counted from its shape. */
sealed interface Work {
  /** Floating-point operations, on as many threads. */
  record Flops(long count, int threads) implements Work {}

  /** Bytes read and written at least. */
  record Bytes(long count) implements Work {}

  /** The work of one call under these parameters. */
  static Work of(BenchmarkParams params) {
    String name = name(params);
    return switch (name.substring(0, name.indexOf('.'))) {
      case "GemmBenchmark" ->
          new Flops(GemmBenchmark.SHAPES.get(params.getParam("product")).flops(), threads(params));
      case "ConvolutionBenchmark" ->
          new Flops(
              2 * ConvolutionBenchmark.SHAPES.get(params.getParam("convolution")).multiplyAdds(),
              threads(params));
      case "TrainingStepBenchmark" ->
          new Flops(
              TrainingStepBenchmark.flops(
                  TrainingStepBenchmark.network(params.getParam("network")),
                  Integer.parseInt(params.getParam("batch"))),
              threads(params));
      case "PoolingBenchmark" ->
          new Bytes(
              PoolingBenchmark.bytes(
                  PoolingBenchmark.SHAPES.get(params.getParam("pooling")), name.contains(".max")));
      case "RooflineBenchmark" ->
          name.endsWith(".read")
              ? new Bytes(Long.parseLong(params.getParam("bytes")))
              : new Flops(RooflineBenchmark.flops(Integer.parseInt(params.getParam("steps"))), 1);
      default -> throw new IllegalArgumentException("nobody counted the work of " + name);
    };
  }

  /** Class and method of a benchmark. */
  static String name(BenchmarkParams params) {
    String name = params.getBenchmark();
    return name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1);
  }

  private static int threads(BenchmarkParams params) {
    return Integer.parseInt(params.getParam("threads"));
  }
}
