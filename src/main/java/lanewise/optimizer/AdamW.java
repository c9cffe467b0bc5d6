package lanewise.optimizer;

/**
 * {@link Adam} with weight decay apart from the gradient: {@code p ← p − rate · (m̂ / (√v̂ +
 * epsilon) + weightDecay · p)}.
 *
 * <p>Loshchilov, Hutter, "Decoupled weight decay regularization", 2019.
 *
 * @param learningRate positive
 * @param beta1 share of the old in the mean, at least 0 and below 1
 * @param beta2 share of the old in the mean square, at least 0 and below 1
 * @param epsilon positive
 * @param weightDecay at least 0
 */
public record AdamW(float learningRate, float beta1, float beta2, float epsilon, float weightDecay)
    implements Optimizer {
  /**
   * Checks the hyper-parameters.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public AdamW {
    Checks.rate("AdamW", learningRate);
    Checks.decay("AdamW", "beta1", beta1);
    Checks.decay("AdamW", "beta2", beta2);
    Checks.epsilon("AdamW", epsilon);
    Checks.weightDecay("AdamW", weightDecay);
  }

  /** With β₁ 0.9, β₂ 0.999 and epsilon 10⁻⁸. */
  public AdamW(float learningRate, float weightDecay) {
    this(learningRate, 0.9f, 0.999f, 1e-8f, weightDecay);
  }

  @Override
  public AdamW withLearningRate(float rate) {
    return new AdamW(rate, beta1, beta2, epsilon, weightDecay);
  }

  @Override
  public int moments() {
    return 2;
  }
}
