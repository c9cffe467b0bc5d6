package lanewise.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import lanewise.shape.Shape;

/**
 * 5,000 handwritten digits, 20×20 grey, 500 of each class: OpenCV's sample sheet. They are given a
 * border of four zeros on each side, so that they have MNIST's size of 28×28.
 */
public final class Digits {
  /** The ten classes in the order of the labels. */
  public static final List<String> CLASS_NAMES =
      List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

  private Digits() {}

  /**
   * Reads {@code digits-images-idx3-ubyte} and {@code digits-labels-idx1-ubyte}, plain or gzip, of
   * a folder. Every fifth digit is held out for the test: 4,000 and 1,000, the classes equally
   * often in both.
   *
   * @throws IOException if a file is missing or broken
   */
  public static TrainTest load(Path folder) throws IOException {
    ImageDataset sheet =
        Idx.dataset(
            Idx.locate(folder, "digits-images-idx3-ubyte"),
            Idx.locate(folder, "digits-labels-idx1-ubyte"),
            CLASS_NAMES);
    if (sheet.size() < 5 || !sheet.sampleShape().equals(Shape.of(20, 20, 1))) {
      throw new IOException(
          "%s: expected at least 5 digits of [20, 20, 1], got %d of %s"
              .formatted(folder, sheet.size(), sheet.sampleShape()));
    }
    Dataset digits = sheet.pad(4);
    return new TrainTest(everyFifth(digits, false), everyFifth(digits, true));
  }

  private static Dataset everyFifth(Dataset digits, boolean heldOut) {
    IntStream chosen = IntStream.range(0, digits.size()).filter(i -> (i % 5 == 4) == heldOut);
    return digits.select(chosen.toArray());
  }
}
