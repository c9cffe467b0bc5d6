package lanewise.loss;

import lanewise.kernel.LossKernels;

/**
 * Softmax and categorical cross-entropy in one: {@code loss = −Σ_j t_j · log softmax(z)_j} by row
 * of logits z, with {@code t = (1 − labelSmoothing) · onehot(label) + labelSmoothing / classes}.
 * The gradient is {@code softmax(z) − t}.
 *
 * <p>A network's final Softmax is left out in training and evaluation, since it is part of this
 * loss.
 *
 * @param labelSmoothing at least 0 and below 1
 */
public record SoftmaxCrossEntropy(float labelSmoothing) implements Loss {
  /**
   * Checks the smoothing.
   *
   * @throws IllegalArgumentException if it is not at least 0 and below 1
   */
  public SoftmaxCrossEntropy {
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      throw new IllegalArgumentException(
          "SoftmaxCrossEntropy: label smoothing must be at least 0 and below 1, got "
              + labelSmoothing);
    }
  }

  /** Without label smoothing. */
  public SoftmaxCrossEntropy() {
    this(0);
  }

  @Override
  public boolean readsLabels() {
    return true;
  }

  @Override
  public int lossesPerRow(int columns) {
    return 1;
  }

  @Override
  public float threshold() {
    return 0;
  }

  @Override
  public void compute(
      int columns,
      float[] outputs,
      Targets targets,
      int firstRow,
      int rows,
      float scale,
      float[] losses,
      float[] dOutputs) {
    int from = firstRow * columns;
    LossKernels.softmaxCrossEntropy(
        rows,
        columns,
        outputs,
        from,
        targets.labels(),
        firstRow,
        labelSmoothing,
        scale,
        losses,
        firstRow,
        dOutputs,
        from);
  }
}
