package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.fail;

/**
 * The error that single precision may make in a sum of products, whatever the order of summation.
 */
final class RoundingBound {
  /** u, half the distance from 1 to the next float. */
  private static final double UNIT = 0x1p-24;

  /** Roundings besides those of the products' sum: alpha, beta, the blocks' sums, bias, slope. */
  private static final int EXTRA = 8;

  private RoundingBound() {}

  /**
   * {@code γ_K · magnitude}, where K counts the products and {@code magnitude} is the sum of their
   * absolute values.
   */
  static double of(int products, double magnitude) {
    double ku = (products + EXTRA) * UNIT;
    return ku / (1 - ku) * magnitude;
  }

  /** Fails unless {@code actual} is within {@code bound} of {@code expected}; NaN never is. */
  static void check(double expected, double bound, float actual, Object what, int index) {
    if (!(Math.abs(actual - expected) <= bound)) {
      fail(
          what
              + ": element "
              + index
              + " expected "
              + expected
              + " ± "
              + bound
              + ", got "
              + actual);
    }
  }
}
