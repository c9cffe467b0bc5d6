package lanewise.data;

import java.util.Arrays;

/** Parts a data set at random, the same way for the same seed. */
public final class Splits {
  private Splits() {}

  /** The same samples in an order that depends on the seed alone. */
  public static Dataset shuffle(Dataset dataset, long seed) {
    return dataset.select(Batches.shuffled(dataset.size(), seed));
  }

  /**
   * A data set shuffled and parted.
   *
   * @param testSize the number of samples to test on; the rest are to train on
   * @throws IllegalArgumentException if one part would be empty
   */
  public static TrainTest trainTest(Dataset dataset, int testSize, long seed) {
    if (testSize < 1 || testSize >= dataset.size()) {
      throw new IllegalArgumentException(
          "Splits: test size must be from 1 to %d, got %d".formatted(dataset.size() - 1, testSize));
    }
    int[] order = Batches.shuffled(dataset.size(), seed);
    int trainSize = order.length - testSize;
    return new TrainTest(
        dataset.select(Arrays.copyOf(order, trainSize)),
        dataset.select(Arrays.copyOfRange(order, trainSize, order.length)));
  }
}
