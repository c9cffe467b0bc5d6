package lanewise.layer;

import lanewise.shape.Shape;

/**
 * Inverted dropout: in training {@code y = x / keep} with probability {@code keep} and 0 otherwise,
 * so that the mean stays; in inference {@code y = x} at no cost.
 *
 * <p>Input and output any shape. No parameters. Which elements are kept depends on the seed of the
 * training, the layer's place and the step alone.
 *
 * <p>Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, "Dropout", 2014.
 *
 * <pre>{@code
 * new Dropout(0.75f)
 * }</pre>
 *
 * @param keep the probability of an element to be kept, above 0 and at most 1
 */
public record Dropout(float keep) implements Layer {
  /**
   * Checks the probability.
   *
   * @throws IllegalArgumentException if {@code keep} is not above 0 and at most 1
   */
  public Dropout {
    if (!(keep > 0 && keep <= 1)) {
      throw new IllegalArgumentException(
          "Dropout: keep must be above 0 and at most 1, got " + keep);
    }
  }

  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public String toString() {
    return "Dropout(keep " + keep + ")";
  }
}
