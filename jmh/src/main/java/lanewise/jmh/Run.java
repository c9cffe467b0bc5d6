package lanewise.jmh;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import lanewise.kernel.Roofline;
import org.openjdk.jmh.Main;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs benchmarks with JMH's own options, measures one thread's FMA peak before and after them, and
 * prints each result as a fraction of it.
 */
public final class Run {
  private Run() {}

  /** Runs the benchmarks that {@code arguments} name, or all. */
  public static void main(String[] arguments) throws Exception {
    CommandLineOptions options = new CommandLineOptions(arguments);
    if (options.shouldHelp()
        || options.shouldList()
        || options.shouldListWithParams()
        || options.shouldListProfilers()
        || options.shouldListResultFormats()) {
      Main.main(arguments);
      return;
    }
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      System.err.println("The benchmarks need java --add-modules jdk.incubator.vector");
      System.exit(2);
    }
    ChainedOptionsBuilder builder = new OptionsBuilder().parent(options);
    allShapes(options, builder, "product", GemmBenchmark.SHAPES);
    allShapes(options, builder, "convolution", ConvolutionBenchmark.SHAPES);
    allShapes(options, builder, "pooling", PoolingBenchmark.SHAPES);
    double before = Roofline.fmaGflops();
    Collection<RunResult> results = new Runner(builder.build()).run();
    double after = Roofline.fmaGflops();
    print(results, before, after);
  }

  private static void allShapes(
      CommandLineOptions options,
      ChainedOptionsBuilder builder,
      String parameter,
      ShapeTable<?> shapes) {
    if (!options.getParameter(parameter).hasValue()) {
      builder.param(parameter, shapes.names().toArray(String[]::new));
    }
  }

  private static void print(Collection<RunResult> results, double before, double after) {
    double peak = Math.max(before, after);
    List<BenchmarkParams> all = results.stream().map(RunResult::getParams).toList();
    int names = width(all.stream().map(Work::name).toList(), "benchmark");
    int parameters = width(all.stream().map(Run::parameters).toList(), "parameters");
    String line = "%-" + names + "s  %-" + parameters + "s  %10s  %8s  %6s  %8s%n";
    System.out.printf(
        Locale.ROOT,
        "%nFMA peak of one thread: %.1f GFLOP/s before, %.1f after; %% is of the larger, times the"
            + " threads.%n%n",
        before,
        after);
    System.out.printf(line, "benchmark", "parameters", "ms", "GFLOP/s", "% peak", "GB/s");
    for (RunResult result : results) {
      BenchmarkParams params = result.getParams();
      double seconds = seconds(result);
      String flops = "";
      String percent = "";
      String bytes = "";
      switch (Work.of(params)) {
        case Work.Flops work -> {
          double gflops = work.count() / seconds / 1e9;
          flops = format("%.1f", gflops);
          percent = format("%.1f", 100 * gflops / (peak * work.threads()));
        }
        case Work.Bytes work -> bytes = format("%.1f", work.count() / seconds / 1e9);
      }
      String ms = format("%.4f", 1e3 * seconds);
      System.out.printf(line, Work.name(params), parameters(params), ms, flops, percent, bytes);
    }
  }

  private static int width(List<String> texts, String head) {
    return Math.max(head.length(), texts.stream().mapToInt(String::length).max().orElse(0));
  }

  private static String parameters(BenchmarkParams params) {
    return params.getParamsKeys().stream()
        .map(key -> key + "=" + params.getParam(key))
        .collect(Collectors.joining(" "));
  }

  /** One call's time: JMH's score, or its inverse where the score counts calls. */
  private static double seconds(RunResult result) {
    BenchmarkParams params = result.getParams();
    double score = result.getPrimaryResult().getScore();
    double unit = 1.0 / params.getTimeUnit().convert(1, TimeUnit.SECONDS);
    return params.getMode() == Mode.Throughput ? unit / score : score * unit;
  }

  private static String format(String pattern, double value) {
    return String.format(Locale.ROOT, pattern, value);
  }
}
