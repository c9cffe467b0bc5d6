package lanewise.optimizer;

import java.util.Arrays;
import java.util.List;

/**
 * {@code factor = decay^n} once n of the milestones are reached.
 *
 * @param decay positive and finite
 * @param milestones numbers of epochs done, ascending
 */
public record StepDecay(double decay, List<Integer> milestones) implements Schedule {
  /**
   * Checks the numbers and copies the list.
   *
   * @throws IllegalArgumentException if one is out of range or out of order
   */
  public StepDecay {
    Checks.positive("StepDecay", "decay", decay);
    milestones = List.copyOf(milestones);
    int last = 0;
    for (int milestone : milestones) {
      if (milestone <= last) {
        throw new IllegalArgumentException(
            "StepDecay: milestones must be at least 1 and ascend, got " + milestones);
      }
      last = milestone;
    }
  }

  /** With the milestones one by one. */
  public StepDecay(double decay, int... milestones) {
    this(decay, Arrays.stream(milestones).boxed().toList());
  }

  @Override
  public double factor(long step, long stepsPerEpoch, long totalSteps) {
    int reached = 0;
    while (reached < milestones.size() && step >= milestones.get(reached) * stepsPerEpoch) {
      reached++;
    }
    return StrictMath.pow(decay, reached);
  }
}
