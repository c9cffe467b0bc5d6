package lanewise.network;

/**
 * What batch normalization with running statistics does to each channel: {@code y = (x − mean) ·
 * scale + beta}, {@code scale = gamma / √(variance + epsilon)}.
 *
 * @param epsilon added to the variance
 * @param weights gamma [channels], then beta [channels]
 * @param state from stateOffset on: mean [channels], then variance [channels]
 * @param stateOffset where the mean begins
 * @param scale [channels], written by {@link #update}
 */
record RunningNorm(float epsilon, Weights weights, float[] state, int stateOffset, float[] scale) {
  int channels() {
    return scale.length;
  }

  /** Computes the scales from the weights and statistics of now. */
  void update() {
    for (int c = 0; c < scale.length; c++) {
      double variance = state[stateOffset + scale.length + c];
      scale[c] = (float) (weights.values()[weights.offset() + c] / Math.sqrt(variance + epsilon));
    }
  }

  /** What becomes of {@code x} in channel {@code c}. */
  double apply(int c, double x) {
    double beta = weights.values()[weights.offset() + scale.length + c];
    return (x - state[stateOffset + c]) * scale[c] + beta;
  }
}
