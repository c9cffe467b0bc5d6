package lanewise.jmh;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reports to test with. */
final class Reports {
  private Reports() {}

  static Report of(double peak, Row... rows) {
    Machine machine = new Machine("Some CPU", 2, 256);
    return new Report(machine, "25", "2026-01-02T03:04:05Z", "-f 1", peak, peak / 2, List.of(rows));
  }

  /** A product of 10⁹ operations on two threads. */
  static Row product(String peer, String name, double seconds) {
    return new Row(
        new Row.Key("Gemm.multiply", new TreeMap<>(Map.of("product", name, "threads", "2"))),
        peer,
        seconds,
        new Work.Flops(1_000_000_000, 2));
  }

  /** A pooling of 10⁹ bytes. */
  static Row pooling(double seconds) {
    return new Row(
        new Row.Key("Pooling.maxForward", Map.of("pooling", "some")),
        "",
        seconds,
        new Work.Bytes(1_000_000_000));
  }
}
