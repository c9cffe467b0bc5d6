package lanewise.network;

import lanewise.kernel.Activations;
import lanewise.kernel.Epilogue;
import lanewise.kernel.Partition;
import lanewise.kernel.Reductions;
import lanewise.kernel.WorkerPool;

/**
 * What precedes the backward matrix products of a layer with a fused epilogue, in one pass over the
 * gradient: {@code dOutput ← dOutput · f′(output)} in place, and {@code dBias ← Σ_rows dOutput}
 * where there is a bias. Sums of pieces of rows are added in order.
 */
final class OutputGradient implements WorkerPool.Task {
  private final int columns;
  private final Epilogue epilogue;
  private final boolean biased;
  private final Ports ports;
  private final float[] gradients;
  private final int biasOffset;
  private final Partition rows;
  private final float[] partials; // [pieces, columns]

  OutputGradient(
      int rows, int columns, Epilogue epilogue, Ports ports, float[] gradients, int biasOffset) {
    this.columns = columns;
    this.epilogue = epilogue;
    this.biased = epilogue.bias() != null;
    this.ports = ports;
    this.gradients = gradients;
    this.biasOffset = biasOffset;
    this.rows = Partition.rows(rows, columns);
    this.partials = new float[this.rows.pieces() * columns];
  }

  void apply() {
    if (!biased && !epilogue.activates()) {
      return;
    }
    WorkerPool.run(rows.pieces(), this);
    if (biased) {
      Reductions.columnSums(rows.pieces(), columns, partials, 0, columns, gradients, biasOffset);
    }
  }

  @Override
  public void run(int piece) {
    int from = rows.from(piece) * columns;
    int count = rows.length(piece);
    float[] d = ports.dOutput().array;
    int dOffset = ports.dOutput().offset + from;
    if (epilogue.activates()) {
      Buffer y = ports.output();
      Activations.epilogueBackward(
          epilogue, count * columns, y.array, y.offset + from, d, dOffset, d, dOffset);
    }
    if (biased) {
      Reductions.columnSums(count, columns, d, dOffset, columns, partials, piece * columns);
    }
  }
}
