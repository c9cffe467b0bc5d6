package lanewise.optimizer;

/**
 * {@code factor = min(1, (step + 1) / (epochs · stepsPerEpoch)) · then}: rises linearly, and has
 * another schedule's rates from there on. That one counts from the first step, so its milestones
 * stay where they are.
 *
 * <p>Goyal and others, "Accurate, large minibatch SGD: training ImageNet in 1 hour", 2017, section
 * 2.2.
 *
 * @param epochs of rising, positive
 * @param then the schedule that is warmed up for
 */
public record Warmup(double epochs, Schedule then) implements Schedule {
  /**
   * Checks the number.
   *
   * @throws IllegalArgumentException if {@code epochs} is not positive and finite
   */
  public Warmup {
    Checks.positive("Warmup", "epochs", epochs);
  }

  @Override
  public double factor(long step, long stepsPerEpoch, long totalSteps) {
    double risen = Math.min(1, (step + 1) / (epochs * stepsPerEpoch));
    return risen * then.factor(step, stepsPerEpoch, totalSteps);
  }
}
