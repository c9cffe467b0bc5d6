package lanewise.layer;

import lanewise.shape.Shape;

/**
 * {@code y_i = exp(x_i) / Σ_j exp(x_j)} over the innermost dimension.
 *
 * <p>Input and output any shape. No parameters. As the last layer of a network that is trained on
 * cross-entropy it is fused into the loss.
 *
 * <pre>{@code
 * new Softmax()
 * }</pre>
 */
public record Softmax() implements Layer {
  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public String toString() {
    return "Softmax";
  }
}
