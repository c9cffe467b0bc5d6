package lanewise.optimizer;

/**
 * {@code factor = decay^(step / stepsPerEpoch)}: each epoch ends at {@code decay} times the rate it
 * began with, step by step.
 *
 * @param decay positive and finite
 */
public record ExponentialDecay(double decay) implements Schedule {
  /**
   * Checks the number.
   *
   * @throws IllegalArgumentException if it is not positive and finite
   */
  public ExponentialDecay {
    Checks.positive("ExponentialDecay", "decay", decay);
  }

  @Override
  public double factor(long step, long stepsPerEpoch, long totalSteps) {
    return StrictMath.pow(decay, (double) step / stepsPerEpoch);
  }
}
