package lanewise.layer;

import lanewise.shape.Shape;

/**
 * {@code y = min(max(x, 0), 6)}, element by element.
 *
 * <p>Input and output any shape. No parameters.
 *
 * <p>Krizhevsky, "Convolutional deep belief networks on CIFAR-10", 2010.
 *
 * <pre>{@code
 * new ReLU6()
 * }</pre>
 */
public record ReLU6() implements Layer {
  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public String toString() {
    return "ReLU6";
  }
}
