package lanewise.io;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A strict recursive-descent parser of RFC 8259. */
final class JsonParser {
  /** Deeper than any file of ours, and far from the end of the stack. */
  private static final int MAX_DEPTH = 64;

  private static final Pattern NUMBER =
      Pattern.compile("-?(?:0|[1-9][0-9]*+)(?:\\.[0-9]++)?(?:[eE][+-]?[0-9]++)?");

  private final String text;
  private int at;
  private int depth;

  JsonParser(byte[] utf8) throws Json.SyntaxException {
    text = decode(utf8);
  }

  Json parse() throws Json.SyntaxException {
    Json value = value();
    if (at < text.length()) {
      throw error("expected the end, got " + found());
    }
    return value;
  }

  private static String decode(byte[] utf8) throws Json.SyntaxException {
    CharsetDecoder decoder = UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(utf8);
    CharBuffer out = CharBuffer.allocate(utf8.length);
    CoderResult result = decoder.decode(in, out, true);
    if (result.isError()) {
      throw new Json.SyntaxException(in.position(), "expected UTF-8");
    }
    return out.flip().toString();
  }

  /** A value with the blanks around it. */
  private Json value() throws Json.SyntaxException {
    skipBlanks();
    Json value =
        switch (peek()) {
          case '{' -> members();
          case '[' -> items();
          case '"' -> new Json.Text(string());
          case 't' -> literal("true", new Json.Flag(true));
          case 'f' -> literal("false", new Json.Flag(false));
          case 'n' -> literal("null", new Json.Null());
          default -> number();
        };
    skipBlanks();
    return value;
  }

  private Json members() throws Json.SyntaxException {
    Map<String, Json> map = new LinkedHashMap<>();
    descend();
    skipBlanks();
    if (!accept('}')) {
      do {
        skipBlanks();
        int start = at;
        String name = string();
        skipBlanks();
        expect(':');
        if (map.put(name, value()) != null) {
          at = start;
          throw error("expected each name once, got \"" + name + "\" twice");
        }
      } while (accept(','));
      expect('}');
    }
    depth--;
    return new Json.Members(map);
  }

  private Json items() throws Json.SyntaxException {
    List<Json> list = new ArrayList<>();
    descend();
    skipBlanks();
    if (!accept(']')) {
      do {
        list.add(value());
      } while (accept(','));
      expect(']');
    }
    depth--;
    return new Json.Items(list);
  }

  /** Steps over the opening bracket. */
  private void descend() throws Json.SyntaxException {
    if (++depth > MAX_DEPTH) {
      throw error("expected at most " + MAX_DEPTH + " levels");
    }
    at++;
  }

  private Json literal(String word, Json value) throws Json.SyntaxException {
    if (!text.startsWith(word, at)) {
      throw error("expected a value, got " + found());
    }
    at += word.length();
    return value;
  }

  private Json number() throws Json.SyntaxException {
    Matcher matcher = NUMBER.matcher(text).region(at, text.length());
    if (!matcher.lookingAt()) {
      throw error("expected a value, got " + found());
    }
    at = matcher.end();
    return new Json.Number(matcher.group());
  }

  private String string() throws Json.SyntaxException {
    expect('"');
    StringBuilder out = new StringBuilder();
    while (!accept('"')) {
      char c = peek();
      if (c < ' ') {
        throw error("expected a character of a string, got " + found());
      }
      at++;
      out.append(c == '\\' ? escape() : c);
    }
    return out.toString();
  }

  private char escape() throws Json.SyntaxException {
    char c = peek();
    int plain = "\"\\/bfnrt".indexOf(c);
    if (plain >= 0) {
      at++;
      return "\"\\/\b\f\n\r\t".charAt(plain);
    }
    if (c != 'u') {
      throw error("expected an escape, got " + found());
    }
    at++;
    int code = 0;
    for (int i = 0; i < 4; i++) {
      int digit = peek() < 128 ? Character.digit(peek(), 16) : -1;
      if (digit < 0) {
        throw error("expected a hexadecimal digit, got " + found());
      }
      code = code << 4 | digit;
      at++;
    }
    return (char) code;
  }

  private void skipBlanks() {
    while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  /** The character to come; NUL, which no rule accepts, at the end. */
  private char peek() {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  private boolean accept(char c) {
    boolean same = peek() == c;
    if (same) {
      at++;
    }
    return same;
  }

  private void expect(char c) throws Json.SyntaxException {
    if (!accept(c)) {
      throw error("expected '" + c + "', got " + found());
    }
  }

  private String found() {
    if (at >= text.length()) {
      return "the end";
    }
    char c = text.charAt(at);
    return c < ' ' ? "character " + (int) c : "'" + c + "'";
  }

  private Json.SyntaxException error(String rule) {
    return new Json.SyntaxException(text.substring(0, at).getBytes(UTF_8).length, rule);
  }
}
