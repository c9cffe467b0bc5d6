package lanewise.network;

import lanewise.kernel.Activations;
import lanewise.kernel.Elementwise;
import lanewise.kernel.Epilogue;
import lanewise.kernel.Partition;
import lanewise.kernel.WorkerPool;

/**
 * The sum of the inputs from first to last, then perhaps ReLU or ReLU6. The output may stand in the
 * place of one of the first two, the gradient of the output in that of any input.
 */
final class AddOp implements Op {
  private final Epilogue activation;
  private final Ports ports;
  private final Partition elements;
  private final WorkerPool.Task forward = this::forwardPiece;
  private final WorkerPool.Task backward = this::backwardPiece;

  AddOp(Epilogue activation, Ports ports) {
    this.activation = activation;
    this.ports = ports;
    this.elements = Partition.elements(ports.output().size);
  }

  @Override
  public void forward(long step) {
    WorkerPool.run(elements.pieces(), forward);
  }

  private void forwardPiece(int piece) {
    Buffer y = ports.output();
    Buffer sum = ports.input();
    int from = elements.from(piece);
    int n = elements.length(piece);
    int last = ports.inputs().size() - 1;
    for (int i = 1; i < last; i++) {
      Buffer x = ports.inputs().get(i);
      Elementwise.add(
          n, sum.array, sum.offset + from, x.array, x.offset + from, y.array, y.offset + from);
      sum = y;
    }
    Buffer x = ports.inputs().get(last);
    Elementwise.addClamped(
        n,
        activation.low(),
        activation.high(),
        sum.array,
        sum.offset + from,
        x.array,
        x.offset + from,
        y.array,
        y.offset + from);
  }

  @Override
  public void backward(long step) {
    WorkerPool.run(elements.pieces(), backward);
  }

  private void backwardPiece(int piece) {
    Buffer dOutput = ports.dOutput();
    int from = elements.from(piece);
    int n = elements.length(piece);
    if (activation.activates()) {
      Buffer y = ports.output();
      int at = dOutput.offset + from;
      Activations.epilogueBackward(
          activation, n, y.array, y.offset + from, dOutput.array, at, dOutput.array, at);
    }
    for (int i = 0; i < ports.dInputs().size(); i++) {
      Buffer dInput = ports.dInputs().get(i);
      if (dInput != Buffer.NONE && dInput != dOutput) {
        System.arraycopy(
            dOutput.array, dOutput.offset + from, dInput.array, dInput.offset + from, n);
      }
    }
  }

  @Override
  public boolean backwardReadsInput() {
    return false;
  }

  @Override
  public boolean backwardReadsOutput() {
    return activation.activates();
  }
}
