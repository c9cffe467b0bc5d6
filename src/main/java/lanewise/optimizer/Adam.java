package lanewise.optimizer;

/**
 * Adam: {@code d = g + weightDecay · p; m ← β₁ m + (1 − β₁) d; v ← β₂ v + (1 − β₂) d²; p ← p − rate
 * · m̂ / (√v̂ + epsilon)}, where {@code m̂ = m / (1 − β₁ᵗ)} and {@code v̂ = v / (1 − β₂ᵗ)} in step
 * t.
 *
 * <p>Kingma, Ba, "Adam: a method for stochastic optimization", 2015.
 *
 * @param learningRate positive
 * @param beta1 share of the old in the mean, at least 0 and below 1
 * @param beta2 share of the old in the mean square, at least 0 and below 1
 * @param epsilon positive
 * @param weightDecay at least 0
 */
public record Adam(float learningRate, float beta1, float beta2, float epsilon, float weightDecay)
    implements Optimizer {
  /**
   * Checks the hyper-parameters.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public Adam {
    Checks.rate("Adam", learningRate);
    Checks.decay("Adam", "beta1", beta1);
    Checks.decay("Adam", "beta2", beta2);
    Checks.epsilon("Adam", epsilon);
    Checks.weightDecay("Adam", weightDecay);
  }

  /** With β₁ 0.9, β₂ 0.999, epsilon 10⁻⁸ and no weight decay. */
  public Adam(float learningRate) {
    this(learningRate, 0.9f, 0.999f, 1e-8f, 0);
  }

  @Override
  public Adam withLearningRate(float rate) {
    return new Adam(rate, beta1, beta2, epsilon, weightDecay);
  }

  @Override
  public int moments() {
    return 2;
  }
}
