package lanewise.layer;

import lanewise.shape.Shape;

/**
 * A parameter, or a piece of state, that a layer asks for.
 *
 * @param name of the parameter within its layer, such as {@code filter} or {@code bias}
 * @param shape of the parameter
 * @param fanIn inputs that one output of the layer sums
 * @param fanOut outputs that one input of the layer reaches
 * @param initializer of its first values
 */
public record ParameterSpec(
    String name, Shape shape, int fanIn, int fanOut, Initializer initializer) {

  /**
   * Writes the first values, drawn from the stream {@code key}, to {@code out} from {@code offset}.
   */
  public void initialize(long key, float[] out, int offset) {
    initializer.fill(shape, fanIn, fanOut, key, out, offset);
  }
}
