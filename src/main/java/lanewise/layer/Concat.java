package lanewise.layer;

import java.util.Arrays;
import java.util.List;
import lanewise.shape.Shape;

/**
 * The channels of several values side by side, or the features of several vectors.
 *
 * <p>Inputs two or more {@code [height, width, channels]} of one height and width, output {@code
 * [height, width, Σ channels]}; likewise for any shape that differs in its last size only. No
 * parameters.
 *
 * <pre>{@code
 * x.then(new Conv2d(64, 1), new ReLU()).concat(x.then(new Conv2d(64, 3).padding(Padding.SAME)))
 * }</pre>
 */
public record Concat() implements Layer {
  @Override
  public Shape outputShape(Shape input) {
    return outputShape(List.of(input));
  }

  /** {@inheritDoc} Here that of each input, but for the last size, which is the sum of theirs. */
  @Override
  public Shape outputShape(List<Shape> inputs) {
    Checks.severalInputs("Concat", inputs);
    Shape first = inputs.getFirst();
    int[] sizes = first.toArray();
    int last = sizes.length - 1;
    int channels = 0;
    for (Shape input : inputs) {
      if (input.rank() != sizes.length
          || !Arrays.equals(input.toArray(), 0, last, sizes, 0, last)) {
        throw new IllegalArgumentException(
            "Concat: all inputs must be of one shape but for their channels, got "
                + first
                + " and "
                + input);
      }
      channels = Math.addExact(channels, input.size(last));
    }
    sizes[last] = channels;
    return Shape.of(sizes);
  }

  @Override
  public String toString() {
    return "Concat";
  }
}
