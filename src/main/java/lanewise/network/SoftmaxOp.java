package lanewise.network;

import lanewise.kernel.Partition;
import lanewise.kernel.Softmax;
import lanewise.kernel.WorkerPool;

/** Softmax by row. */
final class SoftmaxOp implements Op {
  private final int columns;
  private final Ports ports;
  private final Partition rows;
  private final WorkerPool.Task forward = this::forwardPiece;
  private final WorkerPool.Task backward = this::backwardPiece;

  SoftmaxOp(int columns, Ports ports) {
    this.columns = columns;
    this.ports = ports;
    this.rows = Partition.rows(ports.output().size / columns, columns);
  }

  @Override
  public void forward(long step) {
    WorkerPool.run(rows.pieces(), forward);
  }

  private void forwardPiece(int piece) {
    Buffer x = ports.input();
    Buffer y = ports.output();
    int from = rows.from(piece) * columns;
    Softmax.forward(
        rows.length(piece), columns, x.array, x.offset + from, y.array, y.offset + from);
  }

  @Override
  public void backward(long step) {
    WorkerPool.run(rows.pieces(), backward);
  }

  private void backwardPiece(int piece) {
    Buffer y = ports.output();
    Buffer dOutput = ports.dOutput();
    Buffer dInput = ports.dInput();
    int from = rows.from(piece) * columns;
    Softmax.backward(
        rows.length(piece),
        columns,
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
