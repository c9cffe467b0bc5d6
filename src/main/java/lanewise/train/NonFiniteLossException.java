package lanewise.train;

/**
 * The loss became NaN or infinite, and the parameters are those before the step that found it; or a
 * parameter did, and they are those after the step: an epoch's last, or one whose state a {@link
 * TrainingListener} asked for.
 */
public final class NonFiniteLossException extends ArithmeticException {
  private static final long serialVersionUID = 1;

  private final long step;

  NonFiniteLossException(String what, double value, long step, int epoch) {
    super(
        what
            + " is "
            + value
            + " at step "
            + step
            + " (epoch "
            + epoch
            + "); a smaller learning rate or normalized inputs may help");
    this.step = step;
  }

  /** The step's number, from 1. */
  public long step() {
    return step;
  }
}
