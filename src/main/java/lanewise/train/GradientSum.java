package lanewise.train;

import lanewise.kernel.Elementwise;
import lanewise.kernel.Partition;
import lanewise.kernel.WorkerPool;

/** Adds up the gradients of the batches of one step, in order. */
final class GradientSum {
  private final float[] gradients; // [parameters] of the last batch
  private final float[] sum; // [parameters], or gradients itself where a step has one batch
  private final Partition elements;
  private final WorkerPool.Task copy = this::copyPiece;
  private final WorkerPool.Task add = this::addPiece;

  GradientSum(float[] gradients, int batchesPerStep) {
    this.gradients = gradients;
    this.sum = batchesPerStep == 1 ? gradients : new float[gradients.length];
    this.elements = Partition.elements(gradients.length);
  }

  /**
   * Takes the gradients of a batch.
   *
   * @param first of its step
   * @return the sum so far, {@code [parameters]}
   */
  float[] take(boolean first) {
    if (sum != gradients) {
      WorkerPool.run(elements.pieces(), first ? copy : add);
    }
    return sum;
  }

  private void copyPiece(int piece) {
    int at = elements.from(piece);
    System.arraycopy(gradients, at, sum, at, elements.length(piece));
  }

  private void addPiece(int piece) {
    int at = elements.from(piece);
    Elementwise.add(elements.length(piece), sum, at, gradients, at, sum, at);
  }
}
