package lanewise.io;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A JSON value (RFC 8259), immutable. {@link #parse} is strict: no duplicate names, no trailing
 * text, at most 64 levels. {@link #compact} writes it on one line, {@link #indented} as people read
 * it.
 */
public sealed interface Json {
  /** An object: members by name, in order. */
  record Members(Map<String, Json> map) implements Json {
    /** Keeps a copy in the same order. */
    public Members {
      map = Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
  }

  /** An array. */
  record Items(List<Json> list) implements Json {
    /** Keeps a copy. */
    public Items {
      list = List.copyOf(list);
    }
  }

  /** A string. */
  record Text(String value) implements Json {}

  /** A number, kept as it is written, so that no digit is lost. */
  record Number(String literal) implements Json {
    /**
     * The number as an {@code int}.
     *
     * @throws NumberFormatException if it is not one
     */
    public int intValue() {
      return Integer.parseInt(literal);
    }

    /**
     * The number as a {@code long}.
     *
     * @throws NumberFormatException if it is not one
     */
    public long longValue() {
      return Long.parseLong(literal);
    }

    /** The nearest {@code float}. */
    public float floatValue() {
      return Float.parseFloat(literal);
    }

    /** The nearest {@code double}. */
    public double doubleValue() {
      return Double.parseDouble(literal);
    }
  }

  /** {@code true} or {@code false}. */
  record Flag(boolean value) implements Json {}

  /** {@code null}. */
  record Null() implements Json {}

  /** Where a text stops being JSON, counted in bytes of its UTF-8 form, and why. */
  final class SyntaxException extends Exception {
    private static final long serialVersionUID = 1;

    private final long position;

    SyntaxException(long position, String rule) {
      super(rule);
      this.position = position;
    }

    /** The number of bytes before the fault. */
    public long position() {
      return position;
    }
  }

  /**
   * Reads one value from UTF-8.
   *
   * @throws SyntaxException if {@code utf8} is anything else than one JSON value
   */
  static Json parse(byte[] utf8) throws SyntaxException {
    return new JsonParser(utf8).parse();
  }

  /** A whole number. */
  static Json of(long value) {
    return new Number(Long.toString(value));
  }

  /** A number with the fewest digits that give {@code value} back; null for NaN and infinities. */
  static Json of(float value) {
    return Float.isFinite(value) ? new Number(Float.toString(value)) : new Null();
  }

  /** A number with the fewest digits that give {@code value} back; null for NaN and infinities. */
  static Json of(double value) {
    return Double.isFinite(value) ? new Number(Double.toString(value)) : new Null();
  }

  /** A boolean. */
  static Json of(boolean value) {
    return new Flag(value);
  }

  /** A string. */
  static Json of(String value) {
    return new Text(value);
  }

  /** The value without blanks. */
  default String compact() {
    return JsonWriter.write(this, false);
  }

  /**
   * The value over several lines, indented by two spaces; arrays of plain values stay on one line.
   */
  default String indented() {
    return JsonWriter.write(this, true);
  }
}
