package lanewise.optimizer;

/** {@code factor = 1}: the rule's own rate in every step. */
public record Constant() implements Schedule {
  @Override
  public double factor(long step, long stepsPerEpoch, long totalSteps) {
    return 1;
  }
}
