package lanewise.layer;

import lanewise.shape.Shape;

/**
 * {@code y = x} where {@code x > 0}, {@code alpha · (exp(x) − 1)} elsewhere, element by element.
 *
 * <p>Input and output any shape. No parameters.
 *
 * <p>Clevert, Unterthiner, Hochreiter, "Fast and accurate deep network learning by exponential
 * linear units", 2016.
 *
 * <pre>{@code
 * new ELU(1)
 * }</pre>
 *
 * @param alpha minus the limit for large negative inputs, finite and at least 0
 */
public record ELU(float alpha) implements Layer {
  /**
   * Checks alpha.
   *
   * @throws IllegalArgumentException if {@code alpha} is negative, infinite or NaN
   */
  public ELU {
    if (!(alpha >= 0 && alpha < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("ELU: alpha must be finite and at least 0, got " + alpha);
    }
  }

  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public String toString() {
    return "ELU(" + alpha + ")";
  }
}
