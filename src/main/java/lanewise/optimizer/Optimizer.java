package lanewise.optimizer;

/**
 * The description of an update rule: its hyper-parameters. What it remembers between steps is its
 * {@link #state}.
 */
public sealed interface Optimizer permits Adam, AdamW, Momentum, RmsProp, Sgd {
  /** The learning rate, where a step names no other. */
  float learningRate();

  /** The same rule with another learning rate. */
  Optimizer withLearningRate(float rate);

  /** How many moments it keeps for each parameter. */
  int moments();

  /** The state before the first step, for so many parameters. */
  default OptimizerState state(int parameters) {
    return new OptimizerState(this, parameters);
  }
}
