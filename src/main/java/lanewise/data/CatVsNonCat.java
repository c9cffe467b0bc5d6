package lanewise.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cat or not: 209 training and 50 test images, 64×64 in three colours, of a well-known course on
 * deep learning.
 */
public final class CatVsNonCat {
  /** The two classes in the order of the labels. */
  public static final List<String> CLASS_NAMES = List.of("not cat", "cat");

  private CatVsNonCat() {}

  /**
   * The folder with the files: {@code explicit} where given, else {@code
   * $LANEWISE_DATA/catvnoncat}, else {@code lanewise/catvnoncat} in the user's cache folder.
   *
   * @throws IOException if they are not there; there is no place to download them from
   */
  public static Path find(@Nullable Path explicit) throws IOException {
    return find(explicit, DataFolders.ofProcess());
  }

  static Path find(@Nullable Path explicit, DataFolders folders) throws IOException {
    return folders.find(
        "Cat or not",
        "catvnoncat",
        explicit,
        new DataFolders.Files() {
          @Override
          public void check(Path folder) throws IOException {
            for (String part : List.of("train", "test")) {
              Idx.locate(folder, part + "-images-idx4-ubyte");
              Idx.locate(folder, part + "-labels-idx1-ubyte");
            }
          }

          @Override
          public void download(Path folder) throws IOException {
            throw new IOException("no mirror is known");
          }
        });
  }

  /**
   * Reads {@code train-images-idx4-ubyte}, {@code train-labels-idx1-ubyte}, {@code
   * test-images-idx4-ubyte} and {@code test-labels-idx1-ubyte}, plain or gzip, of a folder.
   *
   * @throws IOException if a file is missing or broken
   */
  public static TrainTest load(Path folder) throws IOException {
    return Idx.trainTest(folder, "train-%s", "test-%s", 4, CLASS_NAMES);
  }
}
