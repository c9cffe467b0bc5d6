package lanewise.loss;

import lanewise.kernel.LossKernels;

/** {@code loss = (y − t)²} for each output y and target t. The gradient is {@code 2 (y − t)}. */
public record MeanSquaredError() implements Loss {
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
    return 0.5f;
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
    LossKernels.squaredError(
        rows * columns, outputs, from, targets.values(), from, scale, losses, from, dOutputs, from);
  }
}
