package lanewise.jmh;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;

/**
 * One result.
 *
 * @param peer the library; empty for this one
 * @param seconds of one call
 */
record Row(Key key, String peer, double seconds, Work work) {
  /** What is measured, whoever does it. */
  record Key(String task, Map<String, String> parameters) {
    @Override
    public String toString() {
      return parameters.entrySet().stream()
          .map(entry -> " " + entry.getKey() + "=" + entry.getValue())
          .collect(Collectors.joining("", task, ""));
    }
  }

  /** JMH's result. */
  static Row of(RunResult result) {
    BenchmarkParams params = result.getParams();
    BenchmarkName name = BenchmarkName.of(params.getBenchmark());
    Map<String, String> parameters = new TreeMap<>();
    params.getParamsKeys().forEach(key -> parameters.put(key, params.getParam(key)));
    Key key = new Key(name.task(), parameters);
    return new Row(key, name.peer(), seconds(result), Work.of(name, params));
  }

  /**
   * One call's time, or the inverse of a score that counts calls. JMH's own score is the mean; the
   * median forgives an iteration that others on the machine disturbed.
   */
  private static double seconds(RunResult result) {
    BenchmarkParams params = result.getParams();
    double score = result.getPrimaryResult().getStatistics().getPercentile(50);
    double unit = 1.0 / params.getTimeUnit().convert(1, TimeUnit.SECONDS);
    return params.getMode() == Mode.Throughput ? unit / score : score * unit;
  }

  /** Whether this library did it. */
  boolean ours() {
    return peer.isEmpty();
  }

  /** Work a second, in 10⁹ operations or bytes. */
  double rate() {
    return work.count() / seconds / 1e9;
  }

  /**
   * The rate as a fraction of {@code peak}, one thread's operations, times the threads. Bytes have
   * no such peak, and theirs only tells two runs apart.
   */
  double fraction(double peak) {
    return switch (work) {
      case Work.Flops flops -> rate() / (peak * flops.threads());
      case Work.Bytes _ -> rate() / peak;
    };
  }
}
