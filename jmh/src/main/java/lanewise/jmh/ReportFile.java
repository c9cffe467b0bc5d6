package lanewise.jmh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lanewise.io.AtomicFile;
import lanewise.io.Json;

/** Keeps a report as JSON. What follows from other figures is written for readers, never read. */
final class ReportFile {
  private ReportFile() {}

  static void write(Path file, Report report) throws IOException {
    byte[] json = (json(report).indented() + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(json));
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IOException if the file cannot be read or is something else
   */
  static Report read(Path file) throws IOException {
    try {
      return report(Json.parse(Files.readAllBytes(file)));
    } catch (Json.SyntaxException | IllegalArgumentException e) {
      throw new IOException(file + " is no report of benchmarks: " + e.getMessage(), e);
    }
  }

  static Json json(Report report) {
    Map<String, Json> machine = new LinkedHashMap<>();
    machine.put("cpu", Json.of(report.machine().cpu()));
    machine.put("cores", Json.of(report.machine().cores()));
    machine.put("vectorBits", Json.of(report.machine().vectorBits()));
    Map<String, Json> json = new LinkedHashMap<>();
    json.put("machine", new Json.Members(machine));
    json.put("jdk", Json.of(report.jdk()));
    json.put("date", Json.of(report.date()));
    json.put("arguments", Json.of(report.arguments()));
    json.put("peakGflopsBefore", Json.of(report.peakBefore()));
    json.put("peakGflopsAfter", Json.of(report.peakAfter()));
    json.put("rows", new Json.Items(report.rows().stream().map(row -> json(report, row)).toList()));
    return new Json.Members(json);
  }

  private static Json json(Report report, Row row) {
    Map<String, Json> json = new LinkedHashMap<>();
    json.put("task", Json.of(row.key().task()));
    json.put("peer", Json.of(row.peer()));
    json.put("parameters", texts(row.key().parameters()));
    json.put("seconds", Json.of(row.seconds()));
    switch (row.work()) {
      case Work.Flops flops -> {
        json.put("flops", Json.of(flops.count()));
        json.put("threads", Json.of(flops.threads()));
        json.put("gflopsPerSecond", rounded(row.rate()));
        json.put("percentOfPeak", rounded(100 * row.fraction(report.peak())));
      }
      case Work.Bytes bytes -> {
        json.put("bytes", Json.of(bytes.count()));
        json.put("gigabytesPerSecond", rounded(row.rate()));
      }
    }
    if (row.ours() && !report.peers().isEmpty()) {
      Map<String, Json> speedups = new LinkedHashMap<>();
      report.speedups(row).forEach((peer, speedup) -> speedups.put(peer, rounded(speedup)));
      json.put("timesFasterThan", new Json.Members(speedups));
    }
    return new Json.Members(json);
  }

  private static Json texts(Map<String, String> values) {
    Map<String, Json> json = new LinkedHashMap<>();
    values.forEach((name, value) -> json.put(name, Json.of(value)));
    return new Json.Members(json);
  }

  private static Json rounded(double value) {
    return Json.of(Math.round(value * 1e3) / 1e3);
  }

  static Report report(Json json) {
    Json machine = member(json, "machine");
    return new Report(
        new Machine(
            text(machine, "cpu"),
            number(machine, "cores").intValue(),
            number(machine, "vectorBits").intValue()),
        text(json, "jdk"),
        text(json, "date"),
        text(json, "arguments"),
        number(json, "peakGflopsBefore").doubleValue(),
        number(json, "peakGflopsAfter").doubleValue(),
        rows(member(json, "rows")));
  }

  private static List<Row> rows(Json json) {
    if (json instanceof Json.Items items) {
      return items.list().stream().map(ReportFile::row).toList();
    }
    throw new IllegalArgumentException("expected an array of rows, got " + json.compact());
  }

  private static Row row(Json json) {
    Map<String, String> parameters = new TreeMap<>();
    Json.Members written = members(member(json, "parameters"));
    written.map().keySet().forEach(name -> parameters.put(name, text(written, name)));
    return new Row(
        new Row.Key(text(json, "task"), parameters),
        text(json, "peer"),
        number(json, "seconds").doubleValue(),
        work(json));
  }

  private static Work work(Json json) {
    return members(json).map().containsKey("bytes")
        ? new Work.Bytes(number(json, "bytes").longValue())
        : new Work.Flops(number(json, "flops").longValue(), number(json, "threads").intValue());
  }

  private static String text(Json json, String name) {
    if (member(json, name) instanceof Json.Text text) {
      return text.value();
    }
    throw new IllegalArgumentException("expected " + name + " to be a string");
  }

  private static Json.Number number(Json json, String name) {
    if (member(json, name) instanceof Json.Number number) {
      return number;
    }
    throw new IllegalArgumentException("expected " + name + " to be a number");
  }

  private static Json member(Json json, String name) {
    Json value = members(json).map().get(name);
    if (value == null) {
      throw new IllegalArgumentException("expected a member " + name);
    }
    return value;
  }

  private static Json.Members members(Json json) {
    if (json instanceof Json.Members members) {
      return members;
    }
    throw new IllegalArgumentException("expected an object, got " + json.compact());
  }
}
