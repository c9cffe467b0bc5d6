package lanewise.train;

import org.jspecify.annotations.Nullable;

/**
 * How an epoch went.
 *
 * @param epoch from 1
 * @param loss mean over the samples, each before its batch's update
 * @param accuracy likewise, with dropout; NaN where there are no classes
 * @param samples in the epoch
 * @param seconds that it took, without validation
 * @param validation on the validation data after the epoch, if there are any
 */
public record EpochResult(
    int epoch,
    double loss,
    double accuracy,
    int samples,
    double seconds,
    @Nullable Evaluation validation) {
  /** The loss that an epoch is judged by: on the validation data, if there are any. */
  public double judgedLoss() {
    return validation == null ? loss : validation.loss();
  }

  /** Samples trained on in a second. */
  public double samplesPerSecond() {
    return samples / seconds;
  }
}
