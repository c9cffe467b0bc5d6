package lanewise.jmh;

import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Named shapes, read from a resource of comma-separated values whose first column is the name. */
final class ShapeTable<T> {
  /** One line's values by their column's name. */
  record Row(Map<String, String> values) {
    int number(String column) {
      return Integer.parseInt(text(column));
    }

    boolean flag(String column) {
      return Boolean.parseBoolean(text(column));
    }

    private String text(String column) {
      String value = values.get(column);
      if (value == null) {
        throw new IllegalArgumentException("no column " + column + " in " + values.keySet());
      }
      return value;
    }
  }

  private final Map<String, T> shapes = new LinkedHashMap<>();

  /** Reads {@code shapes/<file>}. */
  ShapeTable(String file, Function<Row, T> shape) {
    String path = "/shapes/" + file;
    try (InputStream in = ShapeTable.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new FileNotFoundException(path);
      }
      BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      List<String[]> lines = reader.lines().map(line -> line.split(",")).toList();
      String[] columns = lines.getFirst();
      for (String[] values : lines.subList(1, lines.size())) {
        if (shapes.put(values[0], shape.apply(row(columns, values))) != null) {
          throw new IllegalArgumentException(path + ": expected each name once, got " + values[0]);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Row row(String[] columns, String[] values) {
    Map<String, String> row = new HashMap<>();
    if (values.length != columns.length) {
      throw new IllegalArgumentException(
          "expected values of " + List.of(columns) + ", got " + List.of(values));
    }
    for (int i = 0; i < columns.length; i++) {
      row.put(columns[i], values[i]);
    }
    return new Row(row);
  }

  /** The names, in the file's order. */
  List<String> names() {
    return List.copyOf(shapes.keySet());
  }

  /**
   * The shape of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  T get(String name) {
    T shape = shapes.get(name);
    if (shape == null) {
      throw new IllegalArgumentException("shape must be one of " + names() + ", got " + name);
    }
    return shape;
  }
}
