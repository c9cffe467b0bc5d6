package lanewise.train;

import java.util.List;

/**
 * How a training went.
 *
 * @param epochs one after the other
 * @param steps updates of the parameters
 */
public record TrainingResult(List<EpochResult> epochs, long steps) {
  /** Copies the list. */
  public TrainingResult {
    epochs = List.copyOf(epochs);
  }

  /** The last epoch's result. */
  public EpochResult last() {
    return epochs.getLast();
  }

  /** Seconds spent in training, without validation. */
  public double seconds() {
    return epochs.stream().mapToDouble(EpochResult::seconds).sum();
  }

  /** Samples trained on in a second. */
  public double samplesPerSecond() {
    return epochs.stream().mapToLong(EpochResult::samples).sum() / seconds();
  }
}
