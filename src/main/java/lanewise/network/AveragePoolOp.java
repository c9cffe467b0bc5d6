package lanewise.network;

import lanewise.kernel.Partition;
import lanewise.kernel.Pooling;
import lanewise.kernel.WorkerPool;
import lanewise.shape.PoolingShape;

/** The mean of each window. */
final class AveragePoolOp implements Op {
  private final PoolingShape shape;
  private final boolean countPadding;
  private final Ports ports;
  private final Partition images;
  private final WorkerPool.Task forward = this::forwardPiece;
  private final WorkerPool.Task backward = this::backwardPiece;

  AveragePoolOp(PoolingShape shape, boolean countPadding, Ports ports) {
    this.shape = shape;
    this.countPadding = countPadding;
    this.ports = ports;
    this.images = Partition.rows(shape.batch(), shape.inImageSize());
  }

  @Override
  public void forward(long step) {
    WorkerPool.run(images.pieces(), forward);
  }

  private void forwardPiece(int piece) {
    Buffer x = ports.input();
    Buffer y = ports.output();
    Pooling.averageForward(
        shape,
        countPadding,
        images.from(piece),
        images.length(piece),
        x.array,
        x.offset,
        y.array,
        y.offset);
  }

  @Override
  public void backward(long step) {
    WorkerPool.run(images.pieces(), backward);
  }

  private void backwardPiece(int piece) {
    Buffer dOutput = ports.dOutput();
    Buffer dInput = ports.dInput();
    Pooling.averageBackward(
        shape,
        countPadding,
        images.from(piece),
        images.length(piece),
        dOutput.array,
        dOutput.offset,
        dInput.array,
        dInput.offset);
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
