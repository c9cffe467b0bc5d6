package lanewise.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Fashion-MNIST: 60,000 training and 10,000 test images of clothes, 28×28 grey, in ten classes
 * (Xiao, Rasul and Vollgraf, 2017).
 */
public final class FashionMnist {
  /** The ten classes in the order of the labels. */
  public static final List<String> CLASS_NAMES =
      List.of(
          "T-shirt/top",
          "Trouser",
          "Pullover",
          "Dress",
          "Coat",
          "Sandal",
          "Shirt",
          "Sneaker",
          "Bag",
          "Ankle boot");

  private FashionMnist() {}

  /**
   * Reads the four IDX files, plain or gzip, of a folder.
   *
   * @throws IOException if a file is missing or broken
   */
  public static TrainTest load(Path folder) throws IOException {
    return Idx.trainTest(folder, CLASS_NAMES);
  }
}
