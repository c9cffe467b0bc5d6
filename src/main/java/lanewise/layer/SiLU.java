package lanewise.layer;

import lanewise.shape.Shape;

/**
 * {@code y = x / (1 + exp(−x))}, element by element; also called swish.
 *
 * <p>Input and output any shape. No parameters.
 *
 * <p>Elfwing, Uchibe, Doya, "Sigmoid-weighted linear units", 2018.
 *
 * <pre>{@code
 * new SiLU()
 * }</pre>
 */
public record SiLU() implements Layer {
  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public String toString() {
    return "SiLU";
  }
}
