package lanewise.layer;

import lanewise.shape.Shape;

/**
 * {@code y = tanh(x)}, element by element.
 *
 * <p>Input and output any shape. No parameters.
 *
 * <pre>{@code
 * new Tanh()
 * }</pre>
 */
public record Tanh() implements Layer {
  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public String toString() {
    return "Tanh";
  }
}
