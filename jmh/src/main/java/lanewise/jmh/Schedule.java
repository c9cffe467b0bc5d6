package lanewise.jmh;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * The order of a run: what this library and its peers do with the same parameters stands together,
 * so that a machine that slows down or speeds up does it to all of them.
 */
final class Schedule {
  private Schedule() {}

  /**
   * One benchmark with one value of each parameter.
   *
   * @param forks JVMs to run it in; 0 for once in this one
   */
  record Item(String benchmark, Map<String, String> parameters, int forks) {
    /** What is measured, whoever does it. */
    Row.Key key() {
      return new Row.Key(BenchmarkName.of(benchmark).task(), parameters);
    }

    /** How often it runs. */
    int turns() {
      return Math.max(forks, 1);
    }

    /** JMH's options for one turn. */
    Options fork(Options options) {
      ChainedOptionsBuilder builder = new OptionsBuilder().parent(options);
      builder.exclude("^(?!" + Pattern.quote(benchmark) + "$)").forks(Math.min(forks, 1));
      parameters.forEach(builder::param);
      return builder.build();
    }

    @Override
    public String toString() {
      String peer = BenchmarkName.of(benchmark).peer();
      return key() + (peer.isEmpty() ? "" : " " + peer);
    }
  }

  /** The items that {@code options} name, those of each key in succession. */
  static List<List<Item>> of(Options options) {
    var silent = OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT);
    Map<Row.Key, List<Item>> items = new LinkedHashMap<>();
    for (BenchmarkListEntry entry :
        BenchmarkList.defaultList().find(silent, options.getIncludes(), options.getExcludes())) {
      int forks = options.getForkCount().orElse(entry.getForks().orElse(1));
      Map<String, String[]> defaults = entry.getParams().orElse(Map.of());
      for (Map<String, String> parameters : combinations(options, defaults)) {
        parameters.computeIfPresent("batch", (_, batch) -> batch(batch, parameters));
        Item item = new Item(entry.getUsername(), parameters, forks);
        items.computeIfAbsent(item.key(), _ -> new ArrayList<>()).add(item);
      }
    }
    return List.copyOf(items.values());
  }

  /** What a batch of 0 stands for. */
  private static String batch(String batch, Map<String, String> parameters) {
    String network = parameters.getOrDefault("network", "");
    return batch.equals("0") ? Integer.toString(Networks.recipe(network).measuredBatch()) : batch;
  }

  private static List<Map<String, String>> combinations(
      Options options, Map<String, String[]> defaults) {
    List<Map<String, String>> combinations = List.of(new LinkedHashMap<>());
    for (Map.Entry<String, String[]> parameter : defaults.entrySet()) {
      String name = parameter.getKey();
      var values = options.getParameter(name).orElse(List.of(parameter.getValue()));
      List<Map<String, String>> longer = new ArrayList<>();
      for (Map<String, String> combination : combinations) {
        for (String value : values) {
          Map<String, String> with = new LinkedHashMap<>(combination);
          with.put(name, value);
          longer.add(with);
        }
      }
      combinations = longer;
    }
    return combinations;
  }
}
