package lanewise.network;

import lanewise.shape.Shape;

/**
 * A parameter of a network, or a piece of its state.
 *
 * @param name such as {@code conv2d_1.filter}: the layer's kind, its number among those of its kind
 *     from 1, and the parameter's name within the layer
 * @param shape of the parameter
 * @param offset of its first element in {@link Network#parameters} or {@link Network#state}
 */
public record Parameter(String name, Shape shape, int offset) {
  /** The number of elements. */
  public int size() {
    return shape.size();
  }
}
