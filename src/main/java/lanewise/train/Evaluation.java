package lanewise.train;

import java.util.Locale;

/**
 * How well a network does on a data set.
 *
 * @param loss mean over the samples
 * @param confusion which class was taken for which; without classes where the targets are real
 *     numbers
 */
public record Evaluation(double loss, ConfusionMatrix confusion) {
  /** The share of samples classified rightly; NaN where there are no classes. */
  public double accuracy() {
    return confusion.accuracy();
  }

  /** Loss and accuracy on one line. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "loss %.4f, accuracy %.4f", loss, accuracy());
  }
}
