package lanewise.network;

import java.util.List;
import lanewise.layer.Layer;
import lanewise.shape.Shape;

/**
 * A layer at its place in a network. The values that flow are numbered: 0 is the network's input,
 * {@code i} the output of its node number {@code i}, counted from 1.
 *
 * @param layer what it computes
 * @param inputs numbers of the values it reads, each less than its own
 * @param inputShapes their shapes, one sample
 * @param outputShape shape of its output, one sample
 * @param parametersOffset where its parameters begin in the network's
 * @param parametersSize the number of its parameters' elements
 * @param stateOffset where its state begins in the network's
 */
public record Node(
    Layer layer,
    List<Integer> inputs,
    List<Shape> inputShapes,
    Shape outputShape,
    int parametersOffset,
    int parametersSize,
    int stateOffset) {
  /** Keeps copies of the lists. */
  public Node {
    inputs = List.copyOf(inputs);
    inputShapes = List.copyOf(inputShapes);
  }

  /** The shape of its only or first input, one sample. */
  public Shape inputShape() {
    return inputShapes.getFirst();
  }

  /** The multiply-adds of one sample's forward pass. */
  public long multiplyAdds() {
    return layer.multiplyAdds(inputShape());
  }
}
