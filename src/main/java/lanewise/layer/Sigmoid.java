package lanewise.layer;

import lanewise.shape.Shape;

/**
 * {@code y = 1 / (1 + exp(−x))}, element by element.
 *
 * <p>Input and output any shape. No parameters.
 *
 * <pre>{@code
 * new Sigmoid()
 * }</pre>
 */
public record Sigmoid() implements Layer {
  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public String toString() {
    return "Sigmoid";
  }
}
