package lanewise.network;

import lanewise.kernel.Partition;
import lanewise.kernel.Pooling;
import lanewise.kernel.WorkerPool;
import lanewise.shape.PoolingShape;
import org.jspecify.annotations.Nullable;

/** The maximum of each window; in training it remembers where the maxima stood. */
final class MaxPoolOp implements Op {
  private final PoolingShape shape;
  private final Ports ports;
  private final Partition images;
  private final byte @Nullable [] argmax; // [batch, outHeight, outWidth, channels]
  private final WorkerPool.Task forward = this::forwardPiece;
  private final WorkerPool.Task backward = this::backwardPiece;

  MaxPoolOp(PoolingShape shape, boolean training, Ports ports) {
    this.shape = shape;
    this.ports = ports;
    this.images = Partition.rows(shape.batch(), shape.inImageSize());
    this.argmax = training ? new byte[shape.batch() * shape.outImageSize()] : null;
  }

  @Override
  public void forward(long step) {
    WorkerPool.run(images.pieces(), forward);
  }

  private void forwardPiece(int piece) {
    Buffer x = ports.input();
    Buffer y = ports.output();
    Pooling.maxForward(
        shape,
        images.from(piece),
        images.length(piece),
        x.array,
        x.offset,
        y.array,
        y.offset,
        argmax,
        0);
  }

  @Override
  public void backward(long step) {
    WorkerPool.run(images.pieces(), backward);
  }

  private void backwardPiece(int piece) {
    Buffer dOutput = ports.dOutput();
    Buffer dInput = ports.dInput();
    if (argmax != null) {
      Pooling.maxBackward(
          shape,
          images.from(piece),
          images.length(piece),
          argmax,
          0,
          dOutput.array,
          dOutput.offset,
          dInput.array,
          dInput.offset);
    }
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
