package lanewise.network;

import lanewise.kernel.Dropout;
import lanewise.kernel.Partition;
import lanewise.kernel.WorkerPool;
import lanewise.random.CounterRandom;

/**
 * Inverted dropout. The mask is a function of the layer's key, the step and the element: it is not
 * kept but recomputed.
 */
final class DropoutOp implements Op {
  private final float keep;
  private final long layerKey;
  private final Ports ports;
  private final Partition elements;
  private final WorkerPool.Task forward = this::forwardPiece;
  private final WorkerPool.Task backward = this::backwardPiece;
  private long key;

  DropoutOp(float keep, long layerKey, Ports ports) {
    this.keep = keep;
    this.layerKey = layerKey;
    this.ports = ports;
    this.elements = Partition.elements(ports.output().size);
  }

  @Override
  public void forward(long step) {
    key = CounterRandom.key(layerKey, step);
    WorkerPool.run(elements.pieces(), forward);
  }

  private void forwardPiece(int piece) {
    Buffer x = ports.input();
    Buffer y = ports.output();
    int from = elements.from(piece);
    Dropout.forward(
        elements.length(piece),
        keep,
        key,
        from,
        x.array,
        x.offset + from,
        y.array,
        y.offset + from);
  }

  @Override
  public void backward(long step) {
    key = CounterRandom.key(layerKey, step);
    WorkerPool.run(elements.pieces(), backward);
  }

  private void backwardPiece(int piece) {
    Buffer dOutput = ports.dOutput();
    Buffer dInput = ports.dInput();
    int from = elements.from(piece);
    Dropout.backward(
        elements.length(piece),
        keep,
        key,
        from,
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
    return false;
  }
}
