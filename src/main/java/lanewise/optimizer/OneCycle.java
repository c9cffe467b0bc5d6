package lanewise.optimizer;

/**
 * Half a cosine up from {@code 1 / startDivisor} to 1, the rule's own rate, in the first {@code
 * rise} of all steps, and another down to {@code 1 / (startDivisor · endDivisor)} in the last step.
 * The momentum stays as it is.
 *
 * <p>Smith, Topin, "Super-convergence: very fast training of neural networks using large learning
 * rates", 2018, with the steps counted as PyTorch's OneCycleLR counts them: the top is at step
 * {@code rise · totalSteps − 1}.
 *
 * @param rise share of the steps, above 0 and below 1
 * @param startDivisor at least 1
 * @param endDivisor at least 1
 */
public record OneCycle(double rise, double startDivisor, double endDivisor) implements Schedule {
  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public OneCycle {
    if (!(rise > 0 && rise < 1)) {
      throw new IllegalArgumentException("OneCycle: rise must be above 0 and below 1, got " + rise);
    }
    divisor("start", startDivisor);
    divisor("end", endDivisor);
  }

  /** Rises for 0.3 of the steps from 1/25 and ends at 1/250,000. */
  public OneCycle() {
    this(0.3, 25, 1e4);
  }

  private static void divisor(String which, double value) {
    if (!(value >= 1 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "OneCycle: " + which + " divisor must be finite and at least 1, got " + value);
    }
  }

  @Override
  public double factor(long step, long stepsPerEpoch, long totalSteps) {
    double start = 1 / startDivisor;
    double top = rise * totalSteps - 1;
    return step < top
        ? CosineDecay.between(start, 1, step / top)
        : CosineDecay.between(1, start / endDivisor, (step - top) / (totalSteps - 1 - top));
  }
}
