package lanewise.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import lanewise.io.AtomicFile;
import lanewise.io.Json;
import lanewise.train.ConfusionMatrix;
import lanewise.train.Evaluation;
import org.jspecify.annotations.Nullable;

/** The figures of a run by name, for people and for programs. */
final class Figures {
  private final Map<String, Json> members = new LinkedHashMap<>();

  Figures put(String name, String value) {
    members.put(name, Json.of(value));
    return this;
  }

  Figures put(String name, long value) {
    members.put(name, Json.of(value));
    return this;
  }

  Figures put(String name, float value) {
    members.put(name, Json.of(value));
    return this;
  }

  Figures put(String name, double value) {
    members.put(name, Json.of(value));
    return this;
  }

  Figures put(String name, double[] values) {
    members.put(name, new Json.Items(DoubleStream.of(values).mapToObj(Json::of).toList()));
    return this;
  }

  /** Adds loss and accuracy on the test data. */
  Figures putTest(Evaluation test) {
    return put("test_loss", test.loss())
        .put("test_accuracy", test.accuracy())
        .put("test_balanced_accuracy", test.confusion().balancedAccuracy());
  }

  /** Writes a JSON object: to {@code file}, to standard output for {@code -}, nowhere for null. */
  void write(@Nullable Path file, Terminal terminal) throws IOException {
    if (file == null) {
      return;
    }
    String json = new Json.Members(members).indented();
    if (isStandardOutput(file)) {
      terminal.line(json);
    } else {
      AtomicFile.write(file, out -> out.write((json + "\n").getBytes(UTF_8)));
    }
  }

  /** The JSON object on one line. */
  String compact() {
    return new Json.Members(members).compact();
  }

  /** Checks, before there is something to lose, that a file can be written where one is named. */
  static void checkWritable(@Nullable Path file) throws IOException {
    if (file != null && !isStandardOutput(file)) {
      AtomicFile.checkWritable(file);
    }
  }

  private static boolean isStandardOutput(Path file) {
    return file.toString().equals("-");
  }

  /** Prints what a network does on the test data. */
  static void print(Evaluation test, Terminal terminal) {
    ConfusionMatrix confusion = test.confusion();
    terminal.line(
        String.format(
            Locale.ROOT,
            "test loss %.4f, test accuracy %s%s on %,d samples",
            test.loss(),
            percent(test.accuracy()),
            confusion.classNames().size() == 2
                ? String.format(
                    Locale.ROOT, " (balanced %s)", percent(confusion.balancedAccuracy()))
                : "",
            confusion.total()));
    terminal.line("");
    terminal.line("rows: true class; columns: predicted class");
    terminal.line(confusion.toString().stripTrailing());
  }

  /** A share of 1 in percent. */
  static String percent(double share) {
    return Double.isNaN(share) ? "" : String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }
}
