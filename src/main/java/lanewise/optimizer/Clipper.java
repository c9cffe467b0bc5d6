package lanewise.optimizer;

import lanewise.kernel.Elementwise;
import lanewise.kernel.Partition;
import lanewise.kernel.Reductions;
import lanewise.kernel.WorkerPool;

/**
 * A {@link Clipping} prepared for so many parameters: clipping allocates nothing. For one caller at
 * a time.
 */
public final class Clipper {
  private final Clipping limits;
  private final Partition elements;
  private final float[] squares; // [pieces], Σ g² of each
  private final WorkerPool.Task clamp = this::clampPiece;
  private final WorkerPool.Task square = this::squarePiece;
  private final WorkerPool.Task scale = this::scalePiece;
  private float[] g = {}; // [parameters]
  private float factor;

  /** For gradients of {@code parameters} elements. */
  public Clipper(Clipping limits, int parameters) {
    this.limits = limits;
    this.elements = Partition.elements(parameters);
    this.squares = new float[elements.pieces()];
  }

  /**
   * Clips a gradient. A NaN stays NaN.
   *
   * @param gradients modified
   */
  public void clip(float[] gradients) {
    g = gradients;
    if (limits.value() < Float.POSITIVE_INFINITY) {
      WorkerPool.run(elements.pieces(), clamp);
    }
    if (limits.norm() < Float.POSITIVE_INFINITY) {
      clipNorm();
    }
  }

  private void clipNorm() {
    WorkerPool.run(elements.pieces(), square);
    double sum = 0;
    for (float piece : squares) {
      sum += piece;
    }
    double norm = Math.sqrt(sum);
    if (norm > limits.norm()) {
      factor = (float) (limits.norm() / norm);
      WorkerPool.run(elements.pieces(), scale);
    }
  }

  private void clampPiece(int piece) {
    int at = elements.from(piece);
    Elementwise.clamp(elements.length(piece), -limits.value(), limits.value(), g, at, g, at);
  }

  private void squarePiece(int piece) {
    squares[piece] = Reductions.sumOfSquares(elements.length(piece), g, elements.from(piece));
  }

  private void scalePiece(int piece) {
    int at = elements.from(piece);
    Elementwise.scale(elements.length(piece), factor, g, at, g, at);
  }
}
