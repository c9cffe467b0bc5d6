package lanewise.layer;

import java.util.List;
import lanewise.shape.Shape;

/**
 * The sum of several values, element by element, from the first to the last.
 *
 * <p>Inputs two or more of one shape, output of that shape. No parameters. The gradient of each
 * input is that of the output.
 *
 * <pre>{@code
 * x.then(new Dense(10), new ReLU()).plus(x)
 * }</pre>
 */
public record Add() implements Layer {
  @Override
  public Shape outputShape(Shape input) {
    return outputShape(List.of(input));
  }

  /** {@inheritDoc} Here that of each input. */
  @Override
  public Shape outputShape(List<Shape> inputs) {
    Checks.severalInputs("Add", inputs);
    Shape first = inputs.getFirst();
    for (Shape input : inputs) {
      if (!input.equals(first)) {
        throw new IllegalArgumentException(
            "Add: all inputs must have one shape, got " + first + " and " + input);
      }
    }
    return first;
  }

  @Override
  public String toString() {
    return "Add";
  }
}
