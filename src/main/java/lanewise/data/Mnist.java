package lanewise.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * MNIST: 60,000 training and 10,000 test images of handwritten digits, 28×28 grey (LeCun, Bottou,
 * Bengio and Haffner, 1998).
 */
public final class Mnist {
  /** The ten classes in the order of the labels. */
  public static final List<String> CLASS_NAMES = Digits.CLASS_NAMES;

  private static final List<String> MIRRORS =
      List.of(
          "https://ossci-datasets.s3.amazonaws.com/mnist/",
          "https://storage.googleapis.com/cvdf-datasets/mnist/");

  private static final List<Mirrored> FILES =
      List.of(
          new Mirrored(
              "train-images-idx3-ubyte.gz",
              true,
              47_040_016,
              "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
          new Mirrored(
              "train-labels-idx1-ubyte.gz",
              true,
              60_008,
              "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
          new Mirrored(
              "t10k-images-idx3-ubyte.gz",
              true,
              7_840_016,
              "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
          new Mirrored(
              "t10k-labels-idx1-ubyte.gz",
              true,
              10_008,
              "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"));

  private Mnist() {}

  /**
   * The folder with MNIST's four files: {@code explicit} where given, else {@code
   * $LANEWISE_DATA/mnist}, else {@code lanewise/mnist} in the user's cache folder, to which they
   * are downloaded (11 MB) and verified if they are nowhere.
   *
   * @throws IOException if they are not where {@code explicit} says, or nowhere and cannot be
   *     downloaded
   */
  public static Path find(@Nullable Path explicit) throws IOException {
    return find(explicit, DataFolders.ofProcess(), MIRRORS);
  }

  static Path find(@Nullable Path explicit, DataFolders folders, List<String> mirrors)
      throws IOException {
    return folders.find(
        "MNIST",
        "mnist",
        explicit,
        new DataFolders.Files() {
          @Override
          public void check(Path folder) throws IOException {
            for (Mirrored file : FILES) {
              Idx.locate(folder, file.name().replace(".gz", ""));
            }
          }

          @Override
          public void download(Path folder) throws IOException {
            for (Mirrored file : FILES) {
              file.download(mirrors, folder);
            }
          }
        });
  }

  /**
   * Reads the four IDX files, plain or gzip, of a folder.
   *
   * @throws IOException if a file is missing or broken
   */
  public static TrainTest load(Path folder) throws IOException {
    return Idx.trainTest(folder, CLASS_NAMES);
  }
}
