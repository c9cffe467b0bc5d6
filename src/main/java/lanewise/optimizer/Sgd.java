package lanewise.optimizer;

/**
 * Gradient descent: {@code p ← p − rate · (g + weightDecay · p)}.
 *
 * @param learningRate positive
 * @param weightDecay at least 0
 */
public record Sgd(float learningRate, float weightDecay) implements Optimizer {
  /**
   * Checks the hyper-parameters.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public Sgd {
    Checks.rate("Sgd", learningRate);
    Checks.weightDecay("Sgd", weightDecay);
  }

  /** Without weight decay. */
  public Sgd(float learningRate) {
    this(learningRate, 0);
  }

  @Override
  public Sgd withLearningRate(float rate) {
    return new Sgd(rate, weightDecay);
  }

  @Override
  public int moments() {
    return 0;
  }
}
