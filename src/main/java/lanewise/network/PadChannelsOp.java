package lanewise.network;

import lanewise.kernel.Elementwise;
import lanewise.kernel.Partition;
import lanewise.kernel.WorkerPool;

/** The columns of {@code x [rows, inColumns]} amid columns of zeros. */
final class PadChannelsOp implements Op {
  private final int columns;
  private final int inColumns;
  private final int before;
  private final Ports ports;
  private final Partition rows;
  private final WorkerPool.Task forward = this::forwardPiece;
  private final WorkerPool.Task backward = this::backwardPiece;

  PadChannelsOp(int columns, int before, Ports ports) {
    this.columns = columns;
    this.before = before;
    this.ports = ports;
    this.rows = Partition.rows(ports.output().size / columns, columns);
    this.inColumns = ports.input().size / rows.size();
  }

  @Override
  public void forward(long step) {
    WorkerPool.run(rows.pieces(), forward);
  }

  private void forwardPiece(int piece) {
    Buffer x = ports.input();
    Buffer y = ports.output();
    int n = rows.length(piece);
    int xFrom = x.offset + rows.from(piece) * inColumns;
    int yFrom = y.offset + rows.from(piece) * columns;
    Elementwise.fill(n * columns, 0, y.array, yFrom);
    Elementwise.copy(n, inColumns, x.array, xFrom, inColumns, y.array, yFrom + before, columns);
  }

  @Override
  public void backward(long step) {
    WorkerPool.run(rows.pieces(), backward);
  }

  private void backwardPiece(int piece) {
    Buffer dOutput = ports.dOutput();
    Buffer dInput = ports.dInput();
    Elementwise.copy(
        rows.length(piece),
        inColumns,
        dOutput.array,
        dOutput.offset + rows.from(piece) * columns + before,
        columns,
        dInput.array,
        dInput.offset + rows.from(piece) * inColumns,
        inColumns);
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
