package lanewise.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Cat or not: 209 training and 50 test images, 64×64 in three colours, of a well-known course on
 * deep learning.
 */
public final class CatVsNonCat {
  /** The two classes in the order of the labels. */
  public static final List<String> CLASS_NAMES = List.of("not cat", "cat");

  private CatVsNonCat() {}

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
