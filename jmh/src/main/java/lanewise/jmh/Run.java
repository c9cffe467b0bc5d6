package lanewise.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lanewise.io.AtomicFile;
import lanewise.kernel.Roofline;
import lanewise.recipe.Recipes;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.Main;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs benchmarks with JMH's own options, measures one thread's FMA peak before and after them, and
 * prints each result as a fraction of it and beside those of the peers. What a run gave can be
 * kept, shown again and compared.
 */
public final class Run {
  private static final int OK = 0;
  private static final int SLOWER = 1;
  private static final int WRONG_USE = 2;

  private static final String USAGE =
      """
      benchmarks.jar [--keep FILE] [JMH's options]   runs benchmarks, and keeps the results as JSON
      benchmarks.jar --markdown FILE                 shows kept results
      benchmarks.jar --compare OLD NEW               names what fell by more than 5 %; exit status 1 if any
      """;

  private static final String QUIET = "--sun-misc-unsafe-memory-access=allow";

  private Run() {}

  /** Runs the benchmarks that {@code arguments} name, or all, or shows or compares what is kept. */
  public static void main(String[] arguments) throws Exception {
    int status;
    try {
      status = run(arguments);
    } catch (IOException e) {
      status = wrongUse(e.toString());
    } catch (RunnerException | IllegalArgumentException e) {
      status = wrongUse(e.getMessage());
    }
    System.exit(status);
  }

  private static int run(String[] arguments) throws Exception {
    int count = arguments.length;
    String first = count == 0 ? "" : arguments[0];
    if (first.equals("--compare") && count == 3) {
      return compare(Path.of(arguments[1]), Path.of(arguments[2]));
    }
    if (first.equals("--markdown") && count == 2) {
      return markdown(Path.of(arguments[1]));
    }
    if (first.equals("--keep") && count >= 2) {
      return measure(Path.of(arguments[1]), Arrays.copyOfRange(arguments, 2, count));
    }
    return first.startsWith("--") ? wrongUse(USAGE) : measure(null, arguments);
  }

  private static int wrongUse(String message) {
    System.err.println(message);
    return WRONG_USE;
  }

  private static int markdown(Path file) throws IOException {
    System.out.print(ReportTable.markdown(ReportFile.read(file)));
    return OK;
  }

  private static int compare(Path before, Path after) throws IOException {
    Report then = ReportFile.read(before);
    Report now = ReportFile.read(after);
    Comparison comparison = Comparison.of(then, now);
    if (comparison.compared() == 0) {
      return wrongUse(before + " and " + after + " have no result in common");
    }
    if (!then.machine().equals(now.machine())) {
      System.out.println("Two machines: " + then.machine() + "; " + now.machine());
    }
    comparison.fallen().forEach(System.out::println);
    System.out.printf(
        "%d compared, %d fell, %d were not measured again%n",
        comparison.compared(), comparison.fallen().size(), comparison.missing());
    return comparison.fallen().isEmpty() ? OK : SLOWER;
  }

  private static int measure(@Nullable Path file, String[] arguments) throws Exception {
    CommandLineOptions options = new CommandLineOptions(arguments);
    if (options.shouldHelp()
        || options.shouldList()
        || options.shouldListWithParams()
        || options.shouldListProfilers()
        || options.shouldListResultFormats()) {
      System.out.println(options.shouldHelp() ? USAGE : "");
      Main.main(arguments);
      return OK;
    }
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return wrongUse("The benchmarks need java --add-modules jdk.incubator.vector");
    }
    if (file != null) {
      Files.createDirectories(file.toAbsolutePath().getParent());
      AtomicFile.checkWritable(file);
    }
    if (options.getResult().hasValue() || options.getResultFormat().hasValue()) {
      return wrongUse("Results are kept by --keep FILE, in place of -rf and -rff");
    }
    Report report = measure(options, String.join(" ", arguments));
    if (report.rows().isEmpty()) {
      return wrongUse("No benchmark gave a result");
    }
    System.out.print("\n" + ReportTable.markdown(report));
    if (file != null) {
      ReportFile.write(file, report);
    }
    return OK;
  }

  private static Report measure(CommandLineOptions options, String arguments) throws Exception {
    ChainedOptionsBuilder builder = new OptionsBuilder().parent(options);
    if (!options.getJvmArgsPrepend().hasValue()) {
      builder.jvmArgsPrepend(QUIET); // JMH itself uses what a JVM warns of
    }
    all(options, builder, "product", Product.SHAPES.names());
    all(options, builder, "matrix", GemvBenchmark.SHAPES.names());
    all(options, builder, "convolution", ConvolutionOperands.SHAPES.names());
    all(options, builder, "pooling", PoolingBenchmark.SHAPES.names());
    all(options, builder, "network", Recipes.names());
    if (!options.verbosity().hasValue() && options.getProfilers().isEmpty()) {
      builder.verbosity(VerboseMode.SILENT);
    }
    double before = Roofline.fmaGflops();
    List<RunResult> results = run(builder.build());
    double after = Roofline.fmaGflops();
    return new Report(
        Machine.current(),
        Runtime.version().toString(),
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        arguments,
        before,
        after,
        results.stream().map(Row::of).toList());
  }

  /** Runs each benchmark beside its peers, fork by fork in turn. */
  private static List<RunResult> run(Options options) throws RunnerException {
    List<List<Schedule.Item>> schedule = Schedule.of(options);
    if (schedule.isEmpty()) {
      throw new RunnerException("no benchmark's name matches " + options.getIncludes());
    }
    List<RunResult> results = new ArrayList<>();
    for (List<Schedule.Item> items : schedule) {
      Map<Schedule.Item, List<BenchmarkResult>> forks = new LinkedHashMap<>();
      int turns = items.stream().mapToInt(Schedule.Item::turns).max().orElseThrow();
      for (int turn = 0; turn < turns; turn++) {
        for (Schedule.Item item : items) {
          if (turn < item.turns()) {
            Collection<RunResult> fork = new Runner(item.fork(options)).run();
            List<BenchmarkResult> all = forks.computeIfAbsent(item, _ -> new ArrayList<>());
            fork.forEach(result -> all.addAll(result.getBenchmarkResults()));
          }
        }
      }
      for (Map.Entry<Schedule.Item, List<BenchmarkResult>> entry : forks.entrySet()) {
        results.addAll(merged(entry.getKey(), entry.getValue()));
      }
    }
    return results;
  }

  private static List<RunResult> merged(Schedule.Item item, List<BenchmarkResult> forks) {
    if (forks.isEmpty()) {
      System.err.println(item + ": no result; with -v EXTRA JMH says why");
      return List.of();
    }
    RunResult result = new RunResult(forks.getFirst().getParams(), forks);
    System.out.printf("%s: %.4f ms%n", item, 1e3 * Row.of(result).seconds());
    return List.of(result);
  }

  /** Gives a parameter all values unless the user chose some. */
  private static void all(
      CommandLineOptions options,
      ChainedOptionsBuilder builder,
      String parameter,
      Collection<String> values) {
    if (!options.getParameter(parameter).hasValue()) {
      builder.param(parameter, values.toArray(String[]::new));
    }
  }
}
