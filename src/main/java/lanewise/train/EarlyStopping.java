package lanewise.train;

import java.util.List;

/**
 * Ends a training once its loss has stopped falling, and gives the network the weights of its best
 * epoch back. The loss is that of the validation data, or of the training where there are none. An
 * epoch is the best so far if its loss is more than {@code minDelta} below that of the best before.
 *
 * <p>Prechelt, "Early stopping – but when?", 1998.
 *
 * @param patience epochs after the best before the end, at least 1
 * @param minDelta at least 0 and finite
 */
public record EarlyStopping(int patience, double minDelta) {
  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public EarlyStopping {
    if (patience < 1) {
      throw new IllegalArgumentException(
          "EarlyStopping: patience must be at least 1, got " + patience);
    }
    if (!(minDelta >= 0 && minDelta < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "EarlyStopping: minDelta must be finite and at least 0, got " + minDelta);
    }
  }

  /** After so many epochs in which the loss has not fallen at all. */
  public EarlyStopping(int patience) {
    this(patience, 0);
  }

  /** The index of the best of {@code epochs}, of which there is at least one. */
  int best(List<EpochResult> epochs) {
    int best = 0;
    for (int i = 1; i < epochs.size(); i++) {
      // NaN compares as the greatest.
      if (Double.compare(epochs.get(i).judgedLoss(), epochs.get(best).judgedLoss() - minDelta)
          < 0) {
        best = i;
      }
    }
    return best;
  }

  /** Whether a training that had these epochs is over. */
  boolean isOver(List<EpochResult> epochs) {
    return !epochs.isEmpty() && epochs.size() - 1 - best(epochs) >= patience;
  }
}
