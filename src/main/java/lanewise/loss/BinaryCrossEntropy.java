package lanewise.loss;

import lanewise.kernel.LossKernels;

/**
 * Sigmoid and binary cross-entropy in one: {@code loss = −t · log σ(z) − (1 − t) · log(1 − σ(z))}
 * for each logit z, with targets t in [0, 1]. The gradient is {@code σ(z) − t}.
 *
 * <p>A network's final Sigmoid is left out in training and evaluation, since it is part of this
 * loss. With one output and two classes the target is the label; with one output for each class,
 * the label one-hot.
 */
public record BinaryCrossEntropy() implements Loss {
  @Override
  public boolean readsLabels() {
    return false;
  }

  @Override
  public int lossesPerRow(int columns) {
    return columns;
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
    LossKernels.sigmoidCrossEntropy(
        rows * columns, outputs, from, targets.values(), from, scale, losses, from, dOutputs, from);
  }
}
