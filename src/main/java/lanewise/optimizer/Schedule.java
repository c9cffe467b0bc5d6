package lanewise.optimizer;

/**
 * How the learning rate changes while a training goes on: the factor by which the rule's own rate
 * is multiplied, a pure function of the step, so that a training taken up again in the middle has
 * the rates of one that never stopped. Powers and cosines are those of {@link StrictMath}: the same
 * bits on every machine.
 *
 * <p>Lengths are in epochs, of which a fraction will do.
 */
public sealed interface Schedule
    permits Constant, CosineDecay, ExponentialDecay, OneCycle, StepDecay, Warmup {
  /**
   * The factor for one step.
   *
   * @param step counted from 0
   * @param stepsPerEpoch steps in each epoch, at least 1
   * @param totalSteps steps in all epochs, at least 1; beyond them a factor stays as it was
   */
  double factor(long step, long stepsPerEpoch, long totalSteps);
}
