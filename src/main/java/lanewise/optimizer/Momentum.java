package lanewise.optimizer;

/**
 * Gradient descent with momentum: {@code d = g + weightDecay · p; v ← momentum · v + d}, then
 * {@code p ← p − rate · v}, or with Nesterov's look ahead {@code p ← p − rate · (d + momentum ·
 * v)}.
 *
 * <p>Sutskever, Martens, Dahl, Hinton, "On the importance of initialization and momentum in deep
 * learning", 2013.
 *
 * @param learningRate positive
 * @param momentum at least 0 and below 1
 * @param nesterov whether to look ahead
 * @param weightDecay at least 0
 */
public record Momentum(float learningRate, float momentum, boolean nesterov, float weightDecay)
    implements Optimizer {
  /**
   * Checks the hyper-parameters.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public Momentum {
    Checks.rate("Momentum", learningRate);
    Checks.decay("Momentum", "momentum", momentum);
    Checks.weightDecay("Momentum", weightDecay);
  }

  /** Without weight decay. */
  public Momentum(float learningRate, float momentum, boolean nesterov) {
    this(learningRate, momentum, nesterov, 0);
  }

  @Override
  public Momentum withLearningRate(float rate) {
    return new Momentum(rate, momentum, nesterov, weightDecay);
  }

  @Override
  public int moments() {
    return 1;
  }
}
