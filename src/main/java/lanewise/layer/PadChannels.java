package lanewise.layer;

import lanewise.shape.Shape;

/**
 * Channels of zeros around those of the input: {@code y[…, before + c] = x[…, c]}.
 *
 * <p>Input {@code [height, width, channels]} or {@code [features]}, output of {@code before +
 * after} more channels or features. No parameters.
 *
 * <pre>{@code
 * new PadChannels(8, 8)
 * }</pre>
 *
 * @param before channels of zeros before the input's, at least 0
 * @param after channels of zeros after them, at least 0
 */
public record PadChannels(int before, int after) implements Layer {
  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is negative
   */
  public PadChannels {
    if (before < 0 || after < 0) {
      throw new IllegalArgumentException(
          "PadChannels: before and after must be at least 0, got " + before + " and " + after);
    }
  }

  @Override
  public Shape outputShape(Shape input) {
    int[] sizes = input.toArray();
    int last = sizes.length - 1;
    sizes[last] = Math.addExact(sizes[last], Math.addExact(before, after));
    return Shape.of(sizes);
  }

  @Override
  public String toString() {
    return "PadChannels(" + before + ", " + after + ")";
  }
}
