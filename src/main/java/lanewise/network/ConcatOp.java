package lanewise.network;

import lanewise.kernel.Elementwise;
import lanewise.kernel.Partition;
import lanewise.kernel.WorkerPool;

/**
 * The inputs' columns side by side: {@code [rows, columns]} of each in {@code [rows, Σ columns]}.
 */
final class ConcatOp implements Op {
  private final int columns; // of the output
  private final Ports ports;
  private final Partition rows;
  private final WorkerPool.Task forward = this::forwardPiece;
  private final WorkerPool.Task backward = this::backwardPiece;

  ConcatOp(int columns, Ports ports) {
    this.columns = columns;
    this.ports = ports;
    this.rows = Partition.rows(ports.output().size / columns, columns);
  }

  @Override
  public void forward(long step) {
    WorkerPool.run(rows.pieces(), forward);
  }

  private void forwardPiece(int piece) {
    Buffer y = ports.output();
    int from = rows.from(piece);
    int column = 0;
    for (int i = 0; i < ports.inputs().size(); i++) {
      Buffer x = ports.inputs().get(i);
      int n = columnsOf(i);
      Elementwise.copy(
          rows.length(piece),
          n,
          x.array,
          x.offset + from * n,
          n,
          y.array,
          y.offset + from * columns + column,
          columns);
      column += n;
    }
  }

  @Override
  public void backward(long step) {
    WorkerPool.run(rows.pieces(), backward);
  }

  private void backwardPiece(int piece) {
    Buffer dOutput = ports.dOutput();
    int from = rows.from(piece);
    int column = 0;
    for (int i = 0; i < ports.dInputs().size(); i++) {
      Buffer dInput = ports.dInputs().get(i);
      int n = columnsOf(i);
      if (dInput != Buffer.NONE) {
        Elementwise.copy(
            rows.length(piece),
            n,
            dOutput.array,
            dOutput.offset + from * columns + column,
            columns,
            dInput.array,
            dInput.offset + from * n,
            n);
      }
      column += n;
    }
  }

  private int columnsOf(int input) {
    return ports.inputs().get(input).size / rows.size();
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
