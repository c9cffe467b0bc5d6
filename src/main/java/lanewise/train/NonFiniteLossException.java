package lanewise.train;

/** The loss became NaN or infinite. The parameters are those before the step that found it. */
public final class NonFiniteLossException extends ArithmeticException {
  private static final long serialVersionUID = 1;

  private final long step;

  NonFiniteLossException(double loss, long step, int epoch) {
    super(
        "the loss is "
            + loss
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
