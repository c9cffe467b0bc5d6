package lanewise.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lanewise.shape.Shape;
import org.jspecify.annotations.Nullable;

/**
 * CIFAR-10: 50,000 training and 10,000 test images, 32×32 in three colours, in ten classes
 * (Krizhevsky, 2009), from the files of its binary version: {@code data_batch_1.bin} to {@code
 * data_batch_5.bin} and {@code test_batch.bin}, in a folder or in {@code cifar-10-batches-bin}
 * within it. A file is a sequence of images, each of them a label and then 1,024 red, 1,024 green
 * and 1,024 blue bytes.
 */
public final class Cifar10 {
  /** The ten classes in the order of the labels. */
  public static final List<String> CLASS_NAMES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  private static final Shape IMAGE = Shape.of(32, 32, 3);
  private static final int PLANE = 32 * 32;
  private static final int RECORD = 1 + 3 * PLANE;
  private static final String FOLDER = "cifar-10-batches-bin";
  private static final String TEST_FILE = "test_batch.bin";
  private static final List<String> TRAIN_FILES =
      IntStream.rangeClosed(1, 5).mapToObj(i -> "data_batch_" + i + ".bin").toList();

  private static final List<String> MIRRORS =
      List.of("https://www.cs.toronto.edu/~kriz/", "https://cave.cs.toronto.edu/kriz/");
  private static final Mirrored ARCHIVE =
      new Mirrored(
          "cifar-10-binary.tar.gz",
          false,
          170_052_171,
          "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd");

  private Cifar10() {}

  /**
   * The folder with the files: {@code explicit} where given, else {@code $LANEWISE_DATA/cifar10},
   * else {@code lanewise/cifar10} in the user's cache folder, to which they are downloaded (170
   * MB), verified and unpacked if they are nowhere.
   *
   * @throws IOException if they are not where {@code explicit} says, or nowhere and cannot be
   *     downloaded
   */
  public static Path find(@Nullable Path explicit) throws IOException {
    return find(explicit, DataFolders.ofProcess(), ARCHIVE, MIRRORS);
  }

  static Path find(
      @Nullable Path explicit, DataFolders folders, Mirrored archive, List<String> mirrors)
      throws IOException {
    return folders.find(
        "CIFAR-10",
        "cifar10",
        explicit,
        new DataFolders.Files() {
          @Override
          public void check(Path folder) throws IOException {
            trainFiles(folder);
          }

          @Override
          public void download(Path folder) throws IOException {
            archive.download(mirrors, folder);
            Set<String> wanted =
                Stream.concat(TRAIN_FILES.stream(), Stream.of(TEST_FILE))
                    .collect(Collectors.toSet());
            Tar.extract(folder.resolve(archive.name()), wanted, folder);
            Files.delete(folder.resolve(archive.name()));
          }
        });
  }

  /**
   * Reads the training files that are there, at least one, and the test file.
   *
   * @throws IOException if a file is missing or broken
   */
  public static TrainTest load(Path folder) throws IOException {
    List<Path> train = trainFiles(folder);
    return new TrainTest(read(train), read(List.of(train.getFirst().resolveSibling(TEST_FILE))));
  }

  /** The training files of a folder that also has the test file. */
  private static List<Path> trainFiles(Path folder) throws IOException {
    for (Path place : List.of(folder, folder.resolve(FOLDER))) {
      List<Path> train =
          TRAIN_FILES.stream().map(place::resolve).filter(Files::isRegularFile).toList();
      if (!train.isEmpty() && Files.isRegularFile(place.resolve(TEST_FILE))) {
        return train;
      }
    }
    throw new IOException(
        "%s: expected data_batch_1.bin and test_batch.bin, here or in %s, found them in neither"
            .formatted(folder, FOLDER));
  }

  private static ImageDataset read(List<Path> files) throws IOException {
    List<byte[]> parts = new ArrayList<>();
    int images = 0;
    for (Path file : files) {
      byte[] part = readRecords(file);
      parts.add(part);
      images += part.length / RECORD;
    }
    byte[] pixels = new byte[images * IMAGE.size()];
    byte[] labels = new byte[images];
    int image = 0;
    for (byte[] part : parts) {
      for (int record = 0; record < part.length; record += RECORD) {
        labels[image] = part[record];
        interleave(part, record + 1, pixels, image * IMAGE.size());
        image++;
      }
    }
    return new ImageDataset(IMAGE, pixels, labels, CLASS_NAMES);
  }

  private static byte[] readRecords(Path file) throws IOException {
    long size = Files.size(file);
    if (size == 0 || size % RECORD != 0 || size > 50_000L * RECORD) {
      throw new IOException(
          "%s: byte %d: expected 1 to 50000 images of %d bytes, got a file of %d bytes"
              .formatted(file, size - size % RECORD, RECORD, size));
    }
    try (FileSource source = FileSource.open(file)) {
      byte[] records = source.readBytes((int) size, "images");
      for (int record = 0; record < records.length; record += RECORD) {
        int label = Byte.toUnsignedInt(records[record]);
        if (label >= CLASS_NAMES.size()) {
          throw source.malformed(record, "a label from 0 to 9", label);
        }
      }
      return records;
    }
  }

  /** Copies the three planes of an image so that the colours of a pixel stand together. */
  private static void interleave(byte[] planes, int from, byte[] pixels, int to) {
    for (int channel = 0; channel < 3; channel++) {
      for (int p = 0; p < PLANE; p++) {
        pixels[to + 3 * p + channel] = planes[from + channel * PLANE + p];
      }
    }
  }
}
