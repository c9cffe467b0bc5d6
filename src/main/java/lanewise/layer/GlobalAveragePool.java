package lanewise.layer;

import lanewise.shape.Shape;

/**
 * The mean of each channel over the whole image.
 *
 * <p>Input {@code [height, width, channels]}, output {@code [channels]}. No parameters.
 *
 * <pre>{@code
 * new GlobalAveragePool()
 * }</pre>
 */
public record GlobalAveragePool() implements Layer {
  @Override
  public Shape outputShape(Shape input) {
    Checks.image("GlobalAveragePool", input);
    return Shape.of(input.size(2));
  }

  @Override
  public String toString() {
    return "GlobalAveragePool";
  }
}
