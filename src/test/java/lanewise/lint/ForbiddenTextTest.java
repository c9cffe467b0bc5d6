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
    assertAbsent("jdk\\.incubator\\.vector\\.", file -> !isIn(file, "lanewise.kernel"));
  }

  @Test
  void nobodySumsLanesInAnUnspecifiedOrder() {
    assertAbsent("reduceLanes\\s*\\(\\s*(VectorOperators\\s*\\.\\s*)?(ADD|MUL)", _ -> true);
  }

  @Test
  void onlyTheCommandLinePrints() {
    assertAbsent("System\\s*\\.\\s*(out|err)|printStackTrace", file -> !isIn(file, "lanewise.cli"));
  }

  @Test
  void theLibrarySetsNothingForTheWholeJvm() {
    assertAbsent(
        "System\\s*\\.\\s*(setProperty|setProperties|setOut|setErr)",
        file -> !isIn(file, "lanewise.cli"));
  }

  @Test
  void noSourceNamesAFolderOfOneMachine() {
    Pattern folder = Pattern.compile("/(home|root|work|tmp|mnt|Users)/");
    List<SourceFile> files = SourceFile.below(MAIN, "jmh/src");
    List<String> places =
        files.stream().flatMap(file -> file.places(folder, file.text()).stream()).toList();
    assertEquals(List.of(), places, "absolute paths");
  }

  private static boolean isIn(SourceFile file, String root) {
    return (file.packageName() + ".").startsWith(root + ".");
  }

  private static void assertAbsent(String pattern, Predicate<SourceFile> where) {
    Pattern forbidden = Pattern.compile(pattern);
    List<SourceFile> files = SourceFile.below(MAIN);
    assertFalse(files.isEmpty(), "no sources in " + MAIN);
    List<String> places =
        files.stream()
            .filter(where)
            .flatMap(file -> file.places(forbidden, file.code()).stream())
            .toList();
    assertEquals(List.of(), places, pattern);
  }
}
