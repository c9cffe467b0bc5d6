package lanewise.optimizer;

/**
 * {@code factor = floor + (1 − floor) · (1 + cos(π · step / totalSteps)) / 2}: half a cosine from 1
 * down to {@code floor}.
 *
 * <p>Loshchilov, Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017, without the
 * restarts.
 *
 * @param floor at least 0 and at most 1
 */
public record CosineDecay(double floor) implements Schedule {
  /**
   * Checks the number.
   *
   * @throws IllegalArgumentException if it is not at least 0 and at most 1
   */
  public CosineDecay {
    if (!(floor >= 0 && floor <= 1)) {
      throw new IllegalArgumentException(
          "CosineDecay: floor must be at least 0 and at most 1, got " + floor);
    }
  }

  /** Down to 0. */
  public CosineDecay() {
    this(0);
  }

  @Override
  public double factor(long step, long stepsPerEpoch, long totalSteps) {
    return between(1, floor, (double) step / totalSteps);
  }

  /** Half a cosine from {@code from}, at {@code part} 0, to {@code to}, at 1 and beyond. */
  static double between(double from, double to, double part) {
    return to + (from - to) * (1 + StrictMath.cos(Math.PI * Math.min(1, part))) / 2;
  }
}
