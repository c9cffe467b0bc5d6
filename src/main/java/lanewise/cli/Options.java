package lanewise.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import lanewise.recipe.InputException;
import org.jspecify.annotations.Nullable;

/** The checks that options share. */
final class Options {
  private Options() {}

  /** What is given, if it is, else {@code otherwise}. */
  static int atLeastOne(String option, @Nullable Integer given, int otherwise)
      throws InputException {
    if (given == null) {
      return otherwise;
    }
    if (given < 1) {
      throw new InputException(option + " must be at least 1, got " + given);
    }
    return given;
  }

  /** What is given, if it is, else {@code otherwise}. */
  static float positive(String option, @Nullable Float given, float otherwise)
      throws InputException {
    if (given == null) {
      return otherwise;
    }
    if (!(given > 0 && given < Float.POSITIVE_INFINITY)) {
      throw new InputException(option + " must be positive and finite, got " + given);
    }
    return given;
  }

  /** Makes a folder unless there is one. */
  static void makeFolder(Path folder) throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new IOException(folder + ": expected a folder, found a file");
    }
    Files.createDirectories(folder);
  }
}
