package lanewise.network;

import lanewise.kernel.Partition;
import lanewise.kernel.Pooling;
import lanewise.kernel.WorkerPool;

/** The mean of each channel over the image. */
final class GlobalAveragePoolOp implements Op {
  private final int pixels;
  private final int channels;
  private final Ports ports;
  private final Partition images;
  private final WorkerPool.Task forward = this::forwardPiece;
  private final WorkerPool.Task backward = this::backwardPiece;

  GlobalAveragePoolOp(int batch, int pixels, int channels, Ports ports) {
    this.pixels = pixels;
    this.channels = channels;
    this.ports = ports;
    this.images = Partition.rows(batch, pixels * channels);
  }

  @Override
  public void forward(long step) {
    WorkerPool.run(images.pieces(), forward);
  }

  private void forwardPiece(int piece) {
    Buffer x = ports.input();
    Buffer y = ports.output();
    Pooling.globalAverageForward(
        pixels,
        channels,
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
    Pooling.globalAverageBackward(
        pixels,
        channels,
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
