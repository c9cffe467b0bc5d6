package lanewise.layer;

import lanewise.shape.Shape;

/**
 * {@code y = x · Φ(x) = x · ½ (1 + erf(x / √2))}, element by element: the exact form, not the
 * approximation by tanh.
 *
 * <p>Input and output any shape. No parameters.
 *
 * <p>Hendrycks, Gimpel, "Gaussian error linear units", 2016.
 *
 * <pre>{@code
 * new GELU()
 * }</pre>
 */
public record GELU() implements Layer {
  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public String toString() {
    return "GELU";
  }
}
