package lanewise.layer;

import lanewise.shape.Shape;

/**
 * {@code y = max(x, 0)}, element by element.
 *
 * <p>Input and output any shape. No parameters.
 *
 * <pre>{@code
 * new ReLU()
 * }</pre>
 */
public record ReLU() implements Layer {
  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public String toString() {
    return "ReLU";
  }
}
