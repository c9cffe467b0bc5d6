package lanewise.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import lanewise.shape.Shape;

/**
 * A table of comma-separated values (RFC 4180, UTF-8, plain or gzip): on each line the features of
 * a sample, which are numbers, and one field with its class or its target. A first line in which
 * some feature is not a number is a header. Empty lines are passed over.
 */
public final class Csv {
  private static final int LONGEST_LINE = 1 << 20;

  private final Path file;
  private final int targetColumn;
  private final List<String> targets = new ArrayList<>(); // one for each sample
  private float[] features = new float[1024]; // [samples, width − 1], then room
  private int width;
  private int used;
  private int line = 1;

  private Csv(Path file, int targetColumn) {
    this.file = file;
    this.targetColumn = targetColumn;
  }

  /**
   * Reads samples with a class each. The distinct texts in the label column are the classes, in the
   * order of their numbers if all are whole numbers, else in alphabetical order.
   *
   * @param labelColumn the column with the labels, counted from 0, or from −1 backward
   * @throws IOException if the file is missing, or a line has another number of fields or a feature
   *     that is no number
   */
  public static FloatDataset classes(Path file, int labelColumn) throws IOException {
    Csv table = read(file, labelColumn);
    List<String> names = table.classNames();
    int[] labels = table.targets.stream().mapToInt(names::indexOf).toArray();
    return FloatDataset.ofClasses(Shape.of(table.width - 1), table.values(), labels, names);
  }

  /**
   * Reads samples with one real-valued target each.
   *
   * @param targetColumn the column with the targets, counted from 0, or from −1 backward
   * @throws IOException if the file is missing, or a line has another number of fields or a field
   *     that is no number
   */
  public static FloatDataset targets(Path file, int targetColumn) throws IOException {
    Csv table = read(file, targetColumn);
    float[] targets = new float[table.targets.size()];
    for (int i = 0; i < targets.length; i++) {
      float target = number(table.targets.get(i));
      if (Float.isNaN(target)) {
        throw new IOException(
            "%s: sample %d: expected a number as target, got \"%s\""
                .formatted(file, i, table.targets.get(i)));
      }
      targets[i] = target;
    }
    return FloatDataset.ofTargets(Shape.of(table.width - 1), table.values(), targets, 1);
  }

  private static Csv read(Path file, int targetColumn) throws IOException {
    Csv table = new Csv(file, targetColumn);
    try (FileSource source = FileSource.open(file);
        Reader in =
            new BufferedReader(new InputStreamReader(source.stream(), StandardCharsets.UTF_8))) {
      table.parse(in);
    }
    if (table.targets.isEmpty()) {
      throw table.malformed("comma-separated numbers", "the end of the file");
    }
    return table;
  }

  private void parse(Reader in) throws IOException {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    int length = 0;
    int c = in.read();
    while (true) {
      if (++length > LONGEST_LINE) {
        throw malformed("at most " + LONGEST_LINE + " characters", "more");
      }
      if (quoted && c == '"') {
        c = in.read();
        quoted = c == '"'; // doubled within quotes it stands for itself
        if (!quoted) {
          continue;
        }
        field.append('"');
      } else if (quoted && c < 0) {
        throw malformed("a closing quote", "the end of the file");
      } else if (!quoted && c == '"') {
        quoted = true;
      } else if (quoted || (c >= 0 && c != ',' && c != '\n')) {
        field.append((char) c);
      } else {
        fields.add(field.toString().strip());
        field.setLength(0);
        if (c != ',') {
          addLine(fields);
          fields.clear();
          length = 0;
          line++;
        }
        if (c < 0) {
          return;
        }
      }
      c = in.read();
    }
  }

  private void addLine(List<String> fields) throws IOException {
    if (fields.size() == 1 && fields.getFirst().isEmpty()) {
      return;
    }
    boolean first = width == 0;
    if (first) {
      width = fields.size();
      if (width < 2 || column() < 0 || column() >= width) {
        throw malformed("at least 2 fields with column " + targetColumn + " among them", width);
      }
    }
    if (fields.size() != width) {
      throw malformed(width + " fields", fields.size());
    }
    float[] numbers = new float[width - 1];
    for (int i = 0; i < width - 1; i++) {
      String text = fields.get(i < column() ? i : i + 1);
      numbers[i] = number(text);
      if (Float.isNaN(numbers[i])) {
        if (first) {
          return; // a header
        }
        throw malformed("a number", "\"" + text + "\"");
      }
    }
    if (used + numbers.length > features.length) {
      features = Arrays.copyOf(features, Math.max(2 * features.length, used + numbers.length));
    }
    System.arraycopy(numbers, 0, features, used, numbers.length);
    used += numbers.length;
    targets.add(fields.get(column()));
  }

  private int column() {
    return targetColumn < 0 ? width + targetColumn : targetColumn;
  }

  private float[] values() {
    return Arrays.copyOf(features, used);
  }

  private List<String> classNames() {
    List<String> names = targets.stream().distinct().toList();
    boolean whole = names.stream().allMatch(name -> name.matches("-?[0-9]{1,18}"));
    Comparator<String> order =
        whole ? Comparator.comparingLong(Long::parseLong) : Comparator.naturalOrder();
    return names.stream().sorted(order).toList();
  }

  /** The number that a text stands for, or NaN. */
  private static float number(String text) {
    try {
      return Float.parseFloat(text);
    } catch (NumberFormatException e) {
      return Float.NaN;
    }
  }

  private IOException malformed(String expected, Object got) {
    return new IOException("%s: line %d: expected %s, got %s".formatted(file, line, expected, got));
  }
}
