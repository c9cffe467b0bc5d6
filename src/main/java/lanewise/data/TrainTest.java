package lanewise.data;

/** What a network learns from, and what it is measured on. */
public record TrainTest(Dataset train, Dataset test) {
  /**
   * Checks that the two fit together.
   *
   * @throws IllegalArgumentException if they differ in the shape of a sample or in the number of
   *     classes
   */
  public TrainTest {
    if (!train.sampleShape().equals(test.sampleShape()) || train.classes() != test.classes()) {
      throw new IllegalArgumentException(
          "TrainTest: training and test samples must be alike, got %s in %d classes and %s in %d"
              .formatted(train.sampleShape(), train.classes(), test.sampleShape(), test.classes()));
    }
  }
}
