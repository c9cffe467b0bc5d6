package lanewise.lint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What no source may say, and why. */
class ForbiddenTextTest {
  private static final String MAIN = "src/main/java";

  @Test
  void onlyKernelsKnowTheVectorApi() {
    assertAbsent(
        "lanewise.kernel alone knows the Vector API",
        "jdk\\.incubator\\.vector\\.",
        file -> !isIn(file, "lanewise.kernel"));
  }

  @Test
  void nobodySumsLanesInAnUnspecifiedOrder() {
    assertAbsent(
        "reduceLanes adds in an unspecified order; Reductions does not",
        "reduceLanes\\s*\\(\\s*[\\w.]*\\b(ADD|MUL)\\b",
        _ -> true);
  }

  @Test
  void onlyTheCommandLinePrints() {
    assertAbsent(
        "a library prints nothing; lanewise.cli may",
        "System\\s*\\.\\s*(out|err)\\b|printStackTrace",
        file -> !isIn(file, "lanewise.cli"));
  }

  @Test
  void theLibrarySetsNothingForTheWholeJvm() {
    assertAbsent(
        "a library sets nothing for the whole JVM; lanewise.cli may",
        "System\\s*\\.\\s*(setProperty|setProperties|setOut|setErr)\\b",
        file -> !isIn(file, "lanewise.cli"));
  }

  @Test
  void noSourceNamesAFolderOfOneMachine() {
    Pattern folder = Pattern.compile("/(home|root|work|tmp|mnt|Users)/");
    List<String> places =
        SourceFile.below(MAIN, "jmh/src").stream()
            .flatMap(file -> file.places(folder, file.text()).stream())
            .toList();
    assertEquals(List.of(), places, "no source names a folder of one machine");
  }

  private static boolean isIn(SourceFile file, String root) {
    return (file.packageName() + ".").startsWith(root + ".");
  }

  private static void assertAbsent(String rule, String pattern, Predicate<SourceFile> where) {
    Pattern forbidden = Pattern.compile(pattern);
    List<SourceFile> files = SourceFile.below(MAIN);
    assertFalse(files.isEmpty(), "no sources in " + MAIN);
    List<String> places =
        files.stream()
            .filter(where)
            .flatMap(file -> file.places(forbidden, file.code()).stream())
            .toList();
    assertEquals(List.of(), places, rule);
  }
}
