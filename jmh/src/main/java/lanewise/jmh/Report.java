package lanewise.jmh;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A run of benchmarks and all that a figure needs to mean something.
 *
 * @param arguments JMH's
 * @param peakBefore one thread's FMA peak before the run, in 10⁹ operations a second
 * @param peakAfter the same after the run
 */
record Report(
    Machine machine,
    String jdk,
    String date,
    String arguments,
    double peakBefore,
    double peakAfter,
    List<Row> rows) {

  /** What percentages refer to. */
  double peak() {
    return Math.max(peakBefore, peakAfter);
  }

  /** Which libraries besides this one were measured, in the rows' order. */
  List<String> peers() {
    return rows.stream().map(Row::peer).filter(peer -> !peer.isEmpty()).distinct().toList();
  }

  /** The result of one library, or of this one where {@code peer} is empty. */
  Optional<Row> find(Row.Key key, String peer) {
    return rows.stream()
        .filter(row -> row.key().equals(key) && row.peer().equals(peer))
        .findFirst();
  }

  /** How many times faster {@code row} is than each peer that did the same. */
  Map<String, Double> speedups(Row row) {
    Map<String, Double> speedups = new LinkedHashMap<>();
    for (String peer : peers()) {
      find(row.key(), peer).ifPresent(other -> speedups.put(peer, other.seconds() / row.seconds()));
    }
    return speedups;
  }
}
