package lanewise.kernel;

/** Losses and their gradients. */
public final class LossKernels {
  private LossKernels() {}

  /** Softmax and cross-entropy in one, by row of {@code [rows, classes]}. */
  public static void softmaxCrossEntropy(
      int rows,
      int classes,
      float[] logits,
      int logitsOffset,
      int[] labels,
      int labelsOffset,
      float labelSmoothing,
      float scale,
      float[] losses,
      int lossesOffset,
      float[] dLogits,
      int dLogitsOffset) {
    for (int r = 0; r < rows; r++) {
      int from = logitsOffset + r * classes;
      int to = dLogitsOffset + r * classes;
      float max = Float.NEGATIVE_INFINITY;
      for (int j = 0; j < classes; j++) {
        max = Math.max(max, logits[from + j]);
      }
      double sum = 0;
      for (int j = 0; j < classes; j++) {
        sum += StrictMath.exp(logits[from + j] - max);
      }
      double loss = 0;
      for (int j = 0; j < classes; j++) {
        float target = labelSmoothing / classes;
        if (j == labels[labelsOffset + r]) {
          target += 1 - labelSmoothing;
        }
        float z = logits[from + j] - max;
        loss += target * (StrictMath.log(sum) - z);
        dLogits[to + j] = scale * ((float) (StrictMath.exp(z) / sum) - target);
      }
      losses[lossesOffset + r] = (float) loss;
    }
  }

  /** Sigmoid and binary cross-entropy in one, element by element. */
  public static void sigmoidCrossEntropy(
      int n,
      float[] logits,
      int logitsOffset,
      float[] targets,
      int targetsOffset,
      float scale,
      float[] losses,
      int lossesOffset,
      float[] dLogits,
      int dLogitsOffset) {
    for (int i = 0; i < n; i++) {
      double x = logits[logitsOffset + i];
      float t = targets[targetsOffset + i];
      losses[lossesOffset + i] =
          (float) (Math.max(x, 0) - x * t + StrictMath.log1p(StrictMath.exp(-Math.abs(x))));
      dLogits[dLogitsOffset + i] = scale * ((float) (1 / (1 + StrictMath.exp(-x))) - t);
    }
  }

  /** {@code loss = (output − target)²} and {@code dOutput = scale · 2 · (output − target)}. */
  public static void squaredError(
      int n,
      float[] outputs,
      int outputsOffset,
      float[] targets,
      int targetsOffset,
      float scale,
      float[] losses,
      int lossesOffset,
      float[] dOutputs,
      int dOutputsOffset) {
    for (int i = 0; i < n; i++) {
      float e = outputs[outputsOffset + i] - targets[targetsOffset + i];
      losses[lossesOffset + i] = e * e;
      dOutputs[dOutputsOffset + i] = 2 * scale * e;
    }
  }
}
