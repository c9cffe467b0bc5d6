package lanewise.optimizer;

import java.util.List;
import lanewise.kernel.Partition;
import lanewise.kernel.Updates;
import lanewise.kernel.WorkerPool;

/**
 * An update rule at work: its moments and the number of steps done. For one caller at a time; a
 * step allocates nothing.
 */
public final class OptimizerState {
  private static final float[] NOTHING = {};

  private final Optimizer optimizer;
  private final Partition elements;
  private final float[] first; // [parameters] or empty
  private final float[] second; // [parameters] or empty
  private final WorkerPool.Task task = this::stepPiece;
  private long steps;
  private float rate;
  private float[] p = NOTHING; // [parameters]
  private float[] g = NOTHING; // [parameters]

  OptimizerState(Optimizer optimizer, int parameters) {
    this.optimizer = optimizer;
    this.elements = Partition.elements(parameters);
    this.first = new float[optimizer.moments() > 0 ? parameters : 0];
    this.second = new float[optimizer.moments() > 1 ? parameters : 0];
  }

  /** The number of steps done. */
  public long steps() {
    return steps;
  }

  /** The moments themselves, {@code [parameters]} each. */
  public List<float[]> moments() {
    return List.of(first, second).subList(0, optimizer.moments());
  }

  /**
   * Goes on where another state of the same rule stood.
   *
   * @param stepsDone of that state
   * @param moments of that state; copied
   * @throws IllegalArgumentException if their number or a length differs from that of the {@link
   *     #moments}
   */
  public void restore(long stepsDone, List<float[]> moments) {
    List<float[]> own = moments();
    if (!moments.stream()
        .map(m -> m.length)
        .toList()
        .equals(own.stream().map(m -> m.length).toList())) {
      throw new IllegalArgumentException(
          "OptimizerState: "
              + optimizer.getClass().getSimpleName()
              + " must have "
              + own.size()
              + " moments of "
              + elements.size()
              + ", got "
              + moments.size()
              + (moments.isEmpty() ? "" : " of " + moments.getFirst().length));
    }
    for (int i = 0; i < own.size(); i++) {
      System.arraycopy(moments.get(i), 0, own.get(i), 0, elements.size());
    }
    steps = stepsDone;
  }

  /** Moves the parameters by one step at the rule's own learning rate. */
  public void step(float[] parameters, float[] gradients) {
    step(parameters, gradients, optimizer.learningRate());
  }

  /**
   * Moves the parameters by one step.
   *
   * @param parameters modified
   * @param gradients not modified
   * @throws IllegalArgumentException if an array's length is not the state's number of parameters
   */
  public void step(float[] parameters, float[] gradients, float learningRate) {
    if (parameters.length != elements.size() || gradients.length != elements.size()) {
      throw new IllegalArgumentException(
          "OptimizerState: parameters and gradients must be "
              + elements.size()
              + ", got "
              + parameters.length
              + " and "
              + gradients.length);
    }
    steps++;
    rate = learningRate;
    p = parameters;
    g = gradients;
    WorkerPool.run(elements.pieces(), task);
  }

  private void stepPiece(int piece) {
    int at = elements.from(piece);
    int n = elements.length(piece);
    if (WorkerPool.threads() > 1) {
      Updates.claim(n, p, at);
    }
    switch (optimizer) {
      case Sgd r -> Updates.sgd(n, rate, r.weightDecay(), p, at, g, at);
      case Momentum r ->
          Updates.momentum(
              n, rate, r.momentum(), r.nesterov(), r.weightDecay(), p, at, g, at, first, at);
      case RmsProp r ->
          Updates.rmsProp(
              n, rate, r.decay(), r.epsilon(), r.weightDecay(), p, at, g, at, first, at);
      case Adam r ->
          Updates.adam(
              n,
              rate,
              r.beta1(),
              r.beta2(),
              r.epsilon(),
              r.weightDecay(),
              0,
              steps,
              p,
              at,
              g,
              at,
              first,
              at,
              second,
              at);
      case AdamW r ->
          Updates.adam(
              n,
              rate,
              r.beta1(),
              r.beta2(),
              r.epsilon(),
              0,
              r.weightDecay(),
              steps,
              p,
              at,
              g,
              at,
              first,
              at,
              second,
              at);
    }
  }
}
