package lanewise.network;

import lanewise.kernel.Partition;
import lanewise.kernel.WorkerPool;

/** An activation, element by element, whose derivative follows from its output. */
final class ActivationOp implements Op {
  /** {@code y ← f(x)}. */
  interface Function {
    void apply(int n, float[] x, int xOffset, float[] y, int yOffset);
  }

  /** {@code dInput ← dOutput · f′}, with f′ as a function of y = f(x). */
  interface Derivative {
    void apply(
        int n,
        float[] y,
        int yOffset,
        float[] dOutput,
        int dOutputOffset,
        float[] dInput,
        int dInputOffset);
  }

  private final Function function;
  private final Derivative derivative;
  private final Ports ports;
  private final Partition elements;
  private final WorkerPool.Task forward = this::forwardPiece;
  private final WorkerPool.Task backward = this::backwardPiece;

  ActivationOp(Function function, Derivative derivative, Ports ports) {
    this.function = function;
    this.derivative = derivative;
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
    Buffer y = ports.output();
    Buffer dOutput = ports.dOutput();
    Buffer dInput = ports.dInput();
    int from = elements.from(piece);
    derivative.apply(
        elements.length(piece),
        y.array,
        y.offset + from,
        dOutput.array,
        dOutput.offset + from,
        dInput.array,
        dInput.offset + from);
  }

  @Override
  public boolean backwardReadsInput() {
    return false;
  }

  @Override
  public boolean backwardReadsOutput() {
    return true;
  }
}
