package lanewise.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lanewise.shape.Shape;

/**
 * An array of unsigned bytes from an IDX file, plain or gzip. The format (LeCun, "The MNIST
 * database"): two zero bytes, the element type (8: unsigned byte), the number of dimensions, each
 * dimension's size as a big-endian 32-bit integer, then the elements in row-major order.
 */
public final class Idx {
  private static final int UNSIGNED_BYTES = 0x08;

  private final Shape shape;
  private final byte[] bytes;

  private Idx(Shape shape, byte[] bytes) {
    this.shape = shape;
    this.bytes = bytes;
  }

  /** The sizes of the array, the number of samples first. */
  public Shape shape() {
    return shape;
  }

  /** The elements themselves, not a copy. */
  public byte[] bytes() {
    return bytes;
  }

  /**
   * Reads an array of one to four dimensions.
   *
   * @throws IOException if the file is missing or is not such an array from its first byte to its
   *     last
   */
  public static Idx read(Path file) throws IOException {
    try (FileSource source = FileSource.open(file)) {
      int magic = source.readInt("magic number");
      int rank = magic & 0xff;
      if (magic >>> 8 != UNSIGNED_BYTES || rank < 1 || rank > 4) {
        throw source.malformed(
            0,
            "magic number 0x00000801 to 0x00000804 (unsigned bytes in 1 to 4 dimensions)",
            "0x%08x".formatted(magic));
      }
      int[] sizes = new int[rank];
      long elements = 1;
      for (int i = 0; i < rank; i++) {
        sizes[i] = source.readInt("size of dimension " + i);
        elements *= sizes[i];
        if (sizes[i] < 1 || elements > Integer.MAX_VALUE) {
          throw source.malformed(
              source.position() - 4,
              "sizes of at least 1 and at most 2147483647 elements",
              "size %d for dimension %d".formatted(Integer.toUnsignedLong(sizes[i]), i));
        }
      }
      byte[] bytes = source.readBytes((int) elements, "elements");
      source.expectEnd();
      return new Idx(Shape.of(sizes), bytes);
    }
  }

  /**
   * Reads images and their labels.
   *
   * @param images {@code [size, height, width]} or {@code [size, height, width, channels]}
   * @param labels {@code [size]}
   * @throws IOException if a file is broken, or the two do not belong together
   */
  public static ImageDataset dataset(Path images, Path labels, List<String> classNames)
      throws IOException {
    Idx pixels = read(images);
    int rank = pixels.shape.rank();
    if (rank < 3) {
      throw FileSource.malformed(images, 3, "images in 3 or 4 dimensions", rank);
    }
    Idx classes = read(labels);
    if (classes.shape.rank() != 1) {
      throw FileSource.malformed(labels, 3, "labels in 1 dimension", classes.shape.rank());
    }
    if (classes.shape.size(0) != pixels.shape.size(0)) {
      String expected =
          "%d labels, one for each image of %s".formatted(pixels.shape.size(0), images);
      throw FileSource.malformed(labels, 4, expected, classes.shape.size(0));
    }
    int wrong = ImageDataset.firstNotBelow(classNames.size(), classes.bytes);
    if (wrong >= 0) {
      throw FileSource.malformed(
          labels,
          8 + wrong,
          "a label from 0 to " + (classNames.size() - 1),
          Byte.toUnsignedInt(classes.bytes[wrong]));
    }
    int channels = rank == 4 ? pixels.shape.size(3) : 1;
    Shape sample = Shape.of(pixels.shape.size(1), pixels.shape.size(2), channels);
    return new ImageDataset(sample, pixels.bytes, classes.bytes, classNames);
  }

  /**
   * Reads the four files of MNIST's layout, plain or with {@code .gz} added: {@code
   * train-images-idx3-ubyte}, {@code train-labels-idx1-ubyte}, {@code t10k-images-idx3-ubyte},
   * {@code t10k-labels-idx1-ubyte}.
   *
   * @throws IOException if a file is missing or broken, or the files do not belong together
   */
  static TrainTest trainTest(Path folder, List<String> classNames) throws IOException {
    return trainTest(folder, "train-%s", "t10k-%s", 3, classNames);
  }

  /**
   * Reads four files whose names come from {@code train} and {@code test} with the canonical
   * endings put in.
   */
  static TrainTest trainTest(
      Path folder, String train, String test, int rank, List<String> classNames)
      throws IOException {
    ImageDataset[] parts = new ImageDataset[2];
    for (int i = 0; i < 2; i++) {
      String name = i == 0 ? train : test;
      Path images = locate(folder, name.formatted("images-idx" + rank + "-ubyte"));
      Path labels = locate(folder, name.formatted("labels-idx1-ubyte"));
      parts[i] = dataset(images, labels, classNames);
    }
    if (!parts[0].sampleShape().equals(parts[1].sampleShape())) {
      throw new IOException(
          "%s: expected test images of %s like the training images, got %s"
              .formatted(folder, parts[0].sampleShape(), parts[1].sampleShape()));
    }
    return new TrainTest(parts[0], parts[1]);
  }

  /** The file {@code name} or {@code name.gz} of a folder. */
  static Path locate(Path folder, String name) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException(folder + ": expected a folder with " + name + ".gz, found none");
    }
    for (String candidate : new String[] {name, name + ".gz"}) {
      if (Files.isRegularFile(folder.resolve(candidate))) {
        return folder.resolve(candidate);
      }
    }
    throw new IOException("%s: expected %s or %s.gz, found neither".formatted(folder, name, name));
  }
}
