package lanewise.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Finds the data sets that tests read. */
public final class TestData {
  /** The data sets that the repository carries. */
  private static final Path EMBEDDED = Path.of("data");

  private TestData() {}

  /** The folder of a data set of the repository. */
  public static Path embedded(String name) {
    return EMBEDDED.resolve(name);
  }

  /**
   * The file or folder {@code name} under {@code LANEWISE_DATA}, or else under {@code data} in a
   * folder beside the checkout. The calling test is skipped where it is missing.
   */
  public static Path external(String name) {
    String folder = System.getenv("LANEWISE_DATA");
    Path path = folder == null ? besideTheCheckout(name) : Path.of(folder, name);
    Assumptions.assumeTrue(
        Files.exists(path),
        () -> path + " is missing: set LANEWISE_DATA to the folder of the data");
    return path;
  }

  private static Path besideTheCheckout(String name) {
    Path parent = Path.of("").toAbsolutePath().getParent();
    try (Stream<Path> siblings = Files.list(parent)) {
      return siblings
          .map(sibling -> sibling.resolve("data").resolve(name))
          .filter(Files::exists)
          .min(Comparator.naturalOrder())
          .orElse(EMBEDDED.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
