package lanewise.network;

/**
 * A network compiled for training on batches of one size. For one caller at a time. A step fills in
 * {@link #input}, runs {@link #forward}, turns {@link #output} into its gradient {@link #dOutput},
 * and runs {@link #backward}, which leaves the gradient of every parameter in {@link #gradients}.
 * No step allocates.
 */
public final class TrainingPlan {
  private final Network network;
  private final int batch;
  private final long seed;
  private final float[] gradients; // [parameterCount]
  private final Plan plan;

  TrainingPlan(Network network, int batch, long seed, float[] gradients) {
    this.network = network;
    this.batch = batch;
    this.seed = seed;
    this.gradients = gradients;
    this.plan = Planner.training(network, batch, seed, gradients);
  }

  /**
   * A plan for batches of another size, such as an epoch's last, that writes to the same gradients.
   *
   * @throws IllegalArgumentException if {@code newBatch} is below 1 or needs more memory than one
   *     array can hold
   */
  public TrainingPlan withBatch(int newBatch) {
    return new TrainingPlan(network, newBatch, seed, gradients);
  }

  /** The number of samples in one step. */
  public int batch() {
    return batch;
  }

  /**
   * The number of floats that the activations and their gradients between input and output share.
   */
  public int arenaSize() {
    return plan.arenaSize();
  }

  /** {@code [batch, inputShape]}, to be filled in before each step. */
  public float[] input() {
    return plan.input().array;
  }

  /** {@code [batch, outputShape]}, what {@link #forward} computed. */
  public float[] output() {
    return plan.output().array;
  }

  /**
   * {@code [batch, outputShape]}, to be filled in before {@link #backward}, which leaves anything
   * there.
   */
  public float[] dOutput() {
    return plan.dOutput().array;
  }

  /**
   * {@code [parameterCount]}, laid out like {@link Network#parameters}: what {@link #backward}
   * computed.
   */
  public float[] gradients() {
    return gradients;
  }

  /**
   * Computes the output from the input, with dropout.
   *
   * @param step number of the step, from which, with the seed, dropout follows
   */
  public void forward(long step) {
    plan.forward(step);
  }

  /**
   * Computes the gradients of all parameters from that of the output, and moves the network's
   * {@linkplain Network#state state}.
   *
   * @param step that of the {@link #forward} before
   */
  public void backward(long step) {
    plan.backward(step);
  }
}
