package lanewise.recipe;

import java.util.List;
import lanewise.train.EpochResult;
import lanewise.train.TrainingResult;

/**
 * Which epochs are shown, and by what name and number.
 *
 * @param unit what is counted
 * @param first the number of the first
 * @param every how many there are from one that is shown to the next
 */
public record Interval(String unit, int first, int every) {
  /** Every epoch, from 1, each followed by a test. */
  public static final Interval EACH_EPOCH = epochs(1);

  /** Epochs from 1: the first, each whose number {@code every} divides, and the last. */
  public static Interval epochs(int every) {
    return new Interval("epoch", 1, every);
  }

  /**
   * Updates from 0, for an epoch that is one update: the cost of iteration i is that after i
   * updates.
   */
  public static Interval iterations(int every) {
    return new Interval("iteration", 0, every);
  }

  /** The number of an epoch that is counted from 1. */
  public int number(int epoch) {
    return epoch - 1 + first;
  }

  /** Whether an epoch, counted from 1, is shown. */
  public boolean shows(int epoch, int epochs) {
    return epoch == 1 || epoch == epochs || number(epoch) % every == 0;
  }

  /** The epochs of a training that are shown. */
  public List<EpochResult> shown(TrainingResult result) {
    int epochs = result.epochs().size();
    return result.epochs().stream().filter(each -> shows(each.epoch(), epochs)).toList();
  }

  /** Whether a test follows every epoch; else only the last. */
  public boolean tests() {
    return every == 1;
  }
}
