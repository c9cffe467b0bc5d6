package lanewise.train;

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
}
