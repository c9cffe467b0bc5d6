package lanewise.train;

/**
 * How far an epoch has come that is not done yet.
 *
 * @param batches done, at least 1
 * @param correct samples classified rightly
 * @param lossSum over the samples, each before its batch's update
 * @param seconds spent
 */
public record EpochProgress(int batches, int correct, double lossSum, double seconds) {
  /**
   * Checks the number of batches.
   *
   * @throws IllegalArgumentException if there is none
   */
  public EpochProgress {
    if (batches < 1) {
      throw new IllegalArgumentException(
          "EpochProgress: batches must be at least 1, got " + batches);
    }
  }
}
