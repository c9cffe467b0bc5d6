package lanewise.layer;

import lanewise.shape.Shape;

/**
 * {@code y = x · min(max(x / 6 + ½, 0), 1)}, element by element: a piecewise {@link SiLU}.
 *
 * <p>Input and output any shape. No parameters.
 *
 * <p>Howard, Sandler and others, "Searching for MobileNetV3", 2019.
 *
 * <pre>{@code
 * new Hardswish()
 * }</pre>
 */
public record Hardswish() implements Layer {
  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public String toString() {
    return "Hardswish";
  }
}
