package lanewise.loss;

/**
 * What training makes small: a function of a network's outputs and the targets, averaged over the
 * batch.
 */
public sealed interface Loss permits SoftmaxCrossEntropy, BinaryCrossEntropy, MeanSquaredError {
  /** Whether the targets are class labels rather than real numbers. */
  boolean readsLabels();

  /**
   * How many losses one row of {@code columns} outputs has; the loss of the batch is the mean of
   * all.
   */
  int lossesPerRow(int columns);

  /** Of a network with one output, the value above which it says class 1. */
  float threshold();

  /**
   * Computes the losses of some rows and, in the same pass, {@code scale} times their gradients.
   *
   * @param columns outputs in a row
   * @param outputs {@code [batch, columns]}
   * @param firstRow of the rows to compute
   * @param rows how many
   * @param scale of the gradients: 1 over the number of losses in the batch makes them those of the
   *     mean
   * @param losses {@code [batch, lossesPerRow(columns)]}; modified in those rows
   * @param dOutputs {@code [batch, columns]}; modified in those rows; may be {@code outputs}
   */
  void compute(
      int columns,
      float[] outputs,
      Targets targets,
      int firstRow,
      int rows,
      float scale,
      float[] losses,
      float[] dOutputs);
}
