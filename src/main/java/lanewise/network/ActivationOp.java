package lanewise.network;

import lanewise.kernel.Partition;
import lanewise.kernel.WorkerPool;

/** An activation, element by element, whose derivative follows from its output or its input. */
final class ActivationOp implements Op {
  /** {@code y ← f(x)}. */
  interface Function {
    void apply(int n, float[] x, int xOffset, float[] y, int yOffset);
  }

  /** {@code dInput ← dOutput · f′}, with f′ as a function of y = f(x) or of x. */
  interface Derivative {
    void apply(
        int n,
        float[] of,
        int offset,
        float[] dOutput,
        int dOutputOffset,
        float[] dInput,
        int dInputOffset);
  }

  private final Function function;
  private final Derivative derivative;
  private final boolean ofInput;
  private final Ports ports;
  private final Partition elements;
  private final WorkerPool.Task forward = this::forwardPiece;
  private final WorkerPool.Task backward = this::backwardPiece;

  /**
   * An activation.
   *
   * @param ofInput whether the derivative is a function of the input, else of the output
   */
  ActivationOp(Function function, Derivative derivative, boolean ofInput, Ports ports) {
    this.function = function;
    this.derivative = derivative;
    this.ofInput = ofInput;
    this.ports = ports;
    this.elements = Partition.elements(ports.output().size);
  }

  @Override
  public void forward(long step) {
    WorkerPool.run(elements.pieces(), forward);
  }

  private void forwardPiece(int piece) {
    Buffer x = ports.input();
    Buffer y = ports.output();
    int from = elements.from(piece);
    function.apply(elements.length(piece), x.array, x.offset + from, y.array, y.offset + from);
  }

  @Override
  public void backward(long step) {
    WorkerPool.run(elements.pieces(), backward);
  }

  private void backwardPiece(int piece) {
    Buffer of = ofInput ? ports.input() : ports.output();
    Buffer dOutput = ports.dOutput();
    Buffer dInput = ports.dInput();
    int from = elements.from(piece);
    derivative.apply(
        elements.length(piece),
        of.array,
        of.offset + from,
        dOutput.array,
        dOutput.offset + from,
        dInput.array,
        dInput.offset + from);
  }

  @Override
  public boolean backwardReadsInput() {
    return ofInput;
  }

  @Override
  public boolean backwardReadsOutput() {
    return !ofInput;
  }
}
