package lanewise.layer;

import lanewise.shape.Shape;

/**
 * {@code y = x} where {@code x > 0}, {@code slope · x} elsewhere, element by element.
 *
 * <p>Input and output any shape. No parameters.
 *
 * <pre>{@code
 * new LeakyReLU(0.01f)
 * }</pre>
 *
 * @param slope of the negative half, finite and at least 0, so that the output has the input's sign
 */
public record LeakyReLU(float slope) implements Layer {
  /**
   * Checks the slope.
   *
   * @throws IllegalArgumentException if {@code slope} is negative, infinite or NaN
   */
  public LeakyReLU {
    if (!(slope >= 0 && slope < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "LeakyReLU: slope must be finite and at least 0, got " + slope);
    }
  }

  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public String toString() {
    return "LeakyReLU(" + slope + ")";
  }
}
