package lanewise.train;

import java.util.List;

/**
 * How a training went, from its first epoch on, even if it was interrupted and resumed.
 *
 * @param epochs one after the other
 * @param steps updates of the parameters
 * @param kept the epoch whose weights the network has: the last, or with {@link EarlyStopping} the
 *     best
 */
public record TrainingResult(List<EpochResult> epochs, long steps, EpochResult kept) {
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
