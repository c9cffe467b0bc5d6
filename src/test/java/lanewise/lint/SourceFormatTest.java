package lanewise.lint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every Java file is as google-java-format would write it. With {@code -Dformat.apply=true} this
 * test writes it so.
 */
class SourceFormatTest {
  private static final boolean APPLY = Boolean.getBoolean("format.apply");

  @Test
  void sourcesAreFormatted() throws IOException, FormatterException {
    Formatter formatter = new Formatter();
    List<SourceFile> files = SourceFile.below("src", "jmh/src");
    assertFalse(files.isEmpty(), "no sources");
    List<String> unformatted = new ArrayList<>();
    for (SourceFile file : files) {
      String formatted = formatter.formatSourceAndFixImports(file.text());
      if (formatted.equals(file.text())) {
        continue;
      }
      if (APPLY) {
        Files.writeString(file.path(), formatted);
      } else {
        unformatted.add(file.path() + firstDifference(file.text(), formatted));
      }
    }
    assertEquals(
        List.of(),
        unformatted,
        "run mvn -q test -Dtest=SourceFormatTest -Dformat.apply=true to format these");
  }

  private static String firstDifference(String text, String formatted) {
    List<String> found = text.lines().toList();
    List<String> wanted = formatted.lines().toList();
    int line = 0;
    while (line < Math.min(found.size(), wanted.size())
        && found.get(line).equals(wanted.get(line))) {
      line++;
    }
    return ":%d: is \"%s\", should be \"%s\""
        .formatted(line + 1, lineOrEnd(found, line), lineOrEnd(wanted, line));
  }

  private static String lineOrEnd(List<String> lines, int line) {
    return line < lines.size() ? lines.get(line) : "<end of file>";
  }
}
