package lanewise.data;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Finds the data sets that tests read. */
public final class TestData {
  /** Data sets that the repository may not carry lie in a folder beside the checkout. */
  private static final Path BESIDE_THE_CHECKOUT = Path.of("..", "shared", "data");

  /** The data sets that the repository carries. */
  private static final Path EMBEDDED = Path.of("data");

  private TestData() {}

  /** The folder of a data set of the repository. */
  public static Path embedded(String name) {
    return EMBEDDED.resolve(name);
  }

  /**
   * The file or folder {@code name} under {@code LANEWISE_DATA}, or else beside the checkout. The
   * calling test is skipped where it is missing.
   */
  public static Path external(String name) {
    String folder = System.getenv().getOrDefault("LANEWISE_DATA", BESIDE_THE_CHECKOUT.toString());
    Path path = Path.of(folder, name);
    Assumptions.assumeTrue(
        Files.exists(path),
        () -> path + " is missing: set LANEWISE_DATA to the folder of the data");
    return path;
  }
}
