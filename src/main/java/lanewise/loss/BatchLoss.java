package lanewise.loss;

import lanewise.kernel.Partition;
import lanewise.kernel.WorkerPool;

/**
 * A loss prepared for batches of one size: computing it allocates nothing. For one caller at a
 * time.
 */
public final class BatchLoss {
  private static final float[] NOTHING = {};

  private final Loss loss;
  private final int columns;
  private final Partition rows;
  private final float[] losses; // [batch, lossesPerRow]
  private final WorkerPool.Task task = this::computePiece;
  private float[] outputs = NOTHING;
  private float[] dOutputs = NOTHING;
  private Targets targets = new Targets(new int[0], NOTHING);
  private float scale;

  /** Prepares {@code loss} for {@code batch} rows of {@code columns} outputs. */
  public BatchLoss(Loss loss, int batch, int columns) {
    this.loss = loss;
    this.columns = columns;
    this.rows = Partition.rows(batch, columns);
    this.losses = new float[batch * loss.lossesPerRow(columns)];
  }

  /**
   * Computes the batch's mean loss and its gradient.
   *
   * @param outputs {@code [batch, columns]}
   * @param dOutputs {@code [batch, columns]}; modified: the gradient; may be {@code outputs}
   * @return the mean, summed in order
   * @throws IllegalArgumentException if an array has fewer elements than the batch, or the targets
   *     are labels where the loss reads real numbers, or the other way round
   */
  public double compute(float[] outputs, Targets targets, float[] dOutputs) {
    return compute(outputs, targets, rows.size(), dOutputs);
  }

  /**
   * Computes the batch's mean loss, and of the mean over several batches the gradient that is this
   * one's.
   *
   * @param outputs {@code [batch, columns]}
   * @param samples in all those batches
   * @param dOutputs {@code [batch, columns]}; modified: the gradient; may be {@code outputs}
   * @return the mean, summed in order
   * @throws IllegalArgumentException if an array has fewer elements than the batch, or the targets
   *     are labels where the loss reads real numbers, or the other way round
   */
  public double compute(float[] outputs, Targets targets, int samples, float[] dOutputs) {
    int elements = rows.size() * columns;
    atLeast(elements, outputs.length, "outputs");
    atLeast(elements, dOutputs.length, "gradients of outputs");
    if (loss.readsLabels()) {
      atLeast(rows.size(), targets.labels().length, "labels");
    } else {
      atLeast(elements, targets.values().length, "target values");
    }
    this.scale = 1f / ((long) (losses.length / rows.size()) * samples);
    this.outputs = outputs;
    this.targets = targets;
    this.dOutputs = dOutputs;
    WorkerPool.run(rows.pieces(), task);
    double sum = 0;
    for (float value : losses) {
      sum += value;
    }
    return sum / losses.length;
  }

  private void atLeast(int needed, int got, String what) {
    if (got < needed) {
      throw new IllegalArgumentException(
          loss + " reads " + needed + " " + what + " of a batch, got " + got);
    }
  }

  private void computePiece(int piece) {
    loss.compute(
        columns, outputs, targets, rows.from(piece), rows.length(piece), scale, losses, dOutputs);
  }
}
