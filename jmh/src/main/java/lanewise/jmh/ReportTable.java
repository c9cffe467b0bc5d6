package lanewise.jmh;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A report as people read it: Markdown, a table for each task, its columns aligned. */
final class ReportTable {
  private final Report report;
  private final StringBuilder out = new StringBuilder();

  private ReportTable(Report report) {
    this.report = report;
  }

  static String markdown(Report report) {
    ReportTable table = new ReportTable(report);
    table.head();
    report.rows().stream().map(row -> row.key().task()).distinct().forEach(table::task);
    return table.out.toString();
  }

  private void head() {
    out.append(report.machine()).append("; JDK ").append(report.jdk()).append("; ");
    out.append(report.date()).append(".\n");
    out.append(
        String.format(
            Locale.ROOT,
            "FMA peak of one thread: %.1f GFLOP/s before, %.1f after; %% is of the larger, times"
                + " the threads.\n",
            report.peakBefore(),
            report.peakAfter()));
    if (!report.peers().isEmpty()) {
      out.append("A peer's column: its rate, and how many times faster Lanewise is.\n");
    }
  }

  private void task(String task) {
    List<Row> rows = report.rows().stream().filter(row -> row.key().task().equals(task)).toList();
    Set<Row.Key> keys = new LinkedHashSet<>();
    rows.forEach(row -> keys.add(row.key()));
    List<String> peers =
        report.peers().stream()
            .filter(peer -> rows.stream().anyMatch(row -> row.peer().equals(peer)))
            .toList();
    List<String> parameters = List.copyOf(rows.getFirst().key().parameters().keySet());
    boolean flops = rows.getFirst().work() instanceof Work.Flops;
    List<List<String>> lines = new ArrayList<>();
    lines.add(header(parameters, flops, peers));
    keys.forEach(key -> lines.add(line(key, parameters, flops, peers)));
    out.append("\n**").append(task).append("**\n\n");
    align(lines, parameters.size());
  }

  private static List<String> header(List<String> parameters, boolean flops, List<String> peers) {
    List<String> cells = new ArrayList<>(parameters);
    cells.add("ms");
    cells.addAll(flops ? List.of("GFLOP/s", "% of peak") : List.of("GB/s"));
    cells.addAll(peers);
    return cells;
  }

  private List<String> line(
      Row.Key key, List<String> parameters, boolean flops, List<String> peers) {
    List<String> cells = new ArrayList<>();
    parameters.forEach(name -> cells.add(key.parameters().getOrDefault(name, "")));
    Optional<Row> ours = report.find(key, "");
    cells.add(cell("%.4f", ours.map(row -> 1e3 * row.seconds())));
    cells.add(cell("%.1f", ours.map(Row::rate)));
    if (flops) {
      cells.add(cell("%.1f", ours.map(row -> 100 * row.fraction(report.peak()))));
    }
    for (String peer : peers) {
      Optional<Row> other = report.find(key, peer);
      Optional<Double> speedup = ours.map(report::speedups).map(speedups -> speedups.get(peer));
      cells.add(cell("%.1f", other.map(Row::rate)) + cell(" (%.2f)", speedup));
    }
    return cells;
  }

  private static String cell(String format, Optional<Double> value) {
    return value.map(number -> String.format(Locale.ROOT, format, number)).orElse("");
  }

  /** The first {@code texts} columns stand to the left, numbers to the right. */
  private void align(List<List<String>> lines, int texts) {
    int columns = lines.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> line : lines) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    List<String> rule = new ArrayList<>();
    for (int i = 0; i < columns; i++) {
      rule.add("-".repeat(Math.max(1, widths[i] - 1)) + (i < texts ? "-" : ":"));
    }
    List<List<String>> all = new ArrayList<>(lines);
    all.add(1, rule);
    for (List<String> line : all) {
      for (int i = 0; i < columns; i++) {
        String blanks = " ".repeat(Math.max(0, widths[i] - line.get(i).length()));
        out.append(i < texts ? "| " + line.get(i) + blanks : "| " + blanks + line.get(i));
        out.append(' ');
      }
      out.append("|\n");
    }
  }
}
