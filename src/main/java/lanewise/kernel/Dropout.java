package lanewise.kernel;

import lanewise.random.CounterRandom;

/** Inverted dropout. */
public final class Dropout {
  private Dropout() {}

  /** {@code y = kept ? x / keep : 0}. */
  public static void forward(
      int n,
      float keep,
      long key,
      long firstCounter,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset) {
    for (int i = 0; i < n; i++) {
      boolean kept = CounterRandom.uniform(key, firstCounter + i) < keep;
      y[yOffset + i] = kept ? x[xOffset + i] / keep : 0;
    }
  }

  /** {@code dInput = kept ? dOutput / keep : 0}, with the mask of {@link #forward}. */
  public static void backward(
      int n,
      float keep,
      long key,
      long firstCounter,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset) {
    forward(n, keep, key, firstCounter, dOutput, dOutputOffset, dInput, dInputOffset);
  }
}
