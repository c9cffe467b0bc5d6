package lanewise.layer;

import lanewise.shape.Shape;

/**
 * The same numbers as one row; it costs nothing.
 *
 * <p>Input any shape, output {@code [features]}. No parameters.
 *
 * <pre>{@code
 * new Flatten()
 * }</pre>
 */
public record Flatten() implements Layer {
  @Override
  public Shape outputShape(Shape input) {
    return Shape.of(input.size());
  }

  @Override
  public String toString() {
    return "Flatten";
  }
}
