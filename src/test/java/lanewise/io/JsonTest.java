package lanewise.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  private static Json parse(String text) throws Json.SyntaxException {
    return Json.parse(text.getBytes(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "null",
        "true",
        "-0",
        "1.5E-7",
        "123456789012345678901234567890",
        "\"\\u0001\\\"\\\\\\n\\t\"",
        "\"größer € \\ud83d\\ude00\"",
        "{\"a\":[1,{\"b\":[]},\"c\"],\"d\":false}"
      })
  void writesWhatItRead(String text) throws Exception {
    assertEquals(text, parse(text).compact());
    assertEquals(parse(text), parse(parse(text).indented()));
  }

  @Test
  void readsBlanksAndEscapes() throws Exception {
    assertEquals(
        new Json.Items(List.of(Json.of("/\b\f\r€"), Json.of(2))),
        parse(" [ \"\\/\\b\\f\\r\\u20aC\" ,\t\r\n2 ] "));
  }

  @Test
  void indentsObjectsOnly() throws Exception {
    assertEquals(
        """
        {
          "a": [1, 2],
          "b": [
            [1],
            [2]
          ],
          "c": {}
        }\
        """,
        parse("{\"a\":[1,2],\"b\":[[1],[2]],\"c\":{}}").indented());
  }

  @Test
  void numbersThatAreNoneAreNull() {
    assertEquals("null", Json.of(Double.NaN).compact());
    assertEquals("null", Json.of(Float.NEGATIVE_INFINITY).compact());
    assertEquals("0.1", Json.of(0.1f).compact());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          ^^          | 0 | expected a value, got the end
          {           | 1 | expected '"', got the end
          {"a":1,}    | 7 | expected '"', got '}'
          [1,]        | 3 | expected a value, got ']'
          [1 2]       | 3 | expected ']', got '2'
          01          | 1 | expected the end, got '1'
          1.          | 1 | expected the end, got '.'
          +1          | 0 | expected a value, got '+'
          NaN         | 0 | expected a value, got 'N'
          tru         | 0 | expected a value, got 't'
          "€          | 4 | expected a character of a string, got the end
          "\\x"       | 2 | expected an escape, got 'x'
          "\\u12g4"   | 5 | expected a hexadecimal digit, got 'g'
          {"a":1,"a":2} | 7 | expected each name once, got "a" twice
          [] []       | 3 | expected the end, got '['
          """)
  void namesTheByteOfTheFault(String text, long position, String rule) {
    Json.SyntaxException e = assertThrows(Json.SyntaxException.class, () -> parse(text));
    assertEquals(rule, e.getMessage());
    assertEquals(position, e.position());
  }

  @Test
  void refusesWhatIsNotUtf8() {
    byte[] latin = {'"', (byte) 0xE4, '"'};
    Json.SyntaxException e = assertThrows(Json.SyntaxException.class, () -> Json.parse(latin));
    assertEquals(1, e.position());
  }

  @Test
  void refusesDepthBeforeTheStackEnds() {
    Json.SyntaxException e =
        assertThrows(Json.SyntaxException.class, () -> parse("[".repeat(1_000_000)));
    assertEquals("expected at most 64 levels", e.getMessage());
    assertEquals(64, e.position());
  }
}
