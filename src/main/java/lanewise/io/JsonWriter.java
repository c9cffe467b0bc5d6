package lanewise.io;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Writes {@link Json}. */
final class JsonWriter {
  private final StringBuilder out = new StringBuilder();
  private final boolean indented;
  private int depth;

  private JsonWriter(boolean indented) {
    this.indented = indented;
  }

  static String write(Json value, boolean indented) {
    JsonWriter writer = new JsonWriter(indented);
    writer.value(value);
    return writer.out.toString();
  }

  private void value(Json value) {
    switch (value) {
      case Json.Members members -> members(members.map());
      case Json.Items items -> items(items.list());
      case Json.Text text -> text(text.value());
      case Json.Number number -> out.append(number.literal());
      case Json.Flag flag -> out.append(flag.value());
      case Json.Null _ -> out.append("null");
    }
  }

  private void members(Map<String, Json> map) {
    boolean lines = indented && !map.isEmpty();
    out.append('{');
    depth++;
    Iterator<Map.Entry<String, Json>> entries = map.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<String, Json> entry = entries.next();
      newLine(lines);
      text(entry.getKey());
      out.append(indented ? ": " : ":");
      value(entry.getValue());
      if (entries.hasNext()) {
        out.append(',');
      }
    }
    depth--;
    newLine(lines);
    out.append('}');
  }

  private void items(List<Json> list) {
    boolean lines =
        indented
            && list.stream().anyMatch(i -> i instanceof Json.Members || i instanceof Json.Items);
    out.append('[');
    depth++;
    for (int i = 0; i < list.size(); i++) {
      if (i > 0) {
        out.append(indented && !lines ? ", " : ",");
      }
      newLine(lines);
      value(list.get(i));
    }
    depth--;
    newLine(lines);
    out.append(']');
  }

  private void newLine(boolean lines) {
    if (lines) {
      out.append('\n').repeat("  ", depth);
    }
  }

  private void text(String value) {
    out.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ' || Character.isSurrogate(c)) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
