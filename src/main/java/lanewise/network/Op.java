package lanewise.network;

/**
 * One or a few kernel calls of a plan, with everything but the data fixed. Running allocates
 * nothing.
 */
interface Op {
  /** Computes the output from the input. */
  void forward(long step);

  /** Packs the weights as they are now, for all forward passes to come. */
  default void freeze() {}

  /** Computes the gradients of the input and the parameters from that of the output. */
  void backward(long step);

  /** Whether {@link #backward} reads the only or first input. */
  boolean backwardReadsInput();

  /** Whether {@link #backward} reads the output. */
  boolean backwardReadsOutput();
}
