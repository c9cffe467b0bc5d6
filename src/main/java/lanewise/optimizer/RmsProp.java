package lanewise.optimizer;

/**
 * RMSProp: {@code d = g + weightDecay · p; v ← decay · v + (1 − decay) · d²; p ← p − rate · d / (√v
 * + epsilon)}.
 *
 * <p>Tieleman, Hinton, lecture 6.5 of "Neural networks for machine learning", 2012.
 *
 * @param learningRate positive
 * @param decay share of the old in the mean square, at least 0 and below 1
 * @param epsilon positive
 * @param weightDecay at least 0
 */
public record RmsProp(float learningRate, float decay, float epsilon, float weightDecay)
    implements Optimizer {
  /**
   * Checks the hyper-parameters.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public RmsProp {
    Checks.rate("RmsProp", learningRate);
    Checks.decay("RmsProp", "decay", decay);
    Checks.epsilon("RmsProp", epsilon);
    Checks.weightDecay("RmsProp", weightDecay);
  }

  /** With decay 0.9, epsilon 10⁻⁸ and no weight decay. */
  public RmsProp(float learningRate) {
    this(learningRate, 0.9f, 1e-8f, 0);
  }

  @Override
  public RmsProp withLearningRate(float rate) {
    return new RmsProp(rate, decay, epsilon, weightDecay);
  }

  @Override
  public int moments() {
    return 1;
  }
}
