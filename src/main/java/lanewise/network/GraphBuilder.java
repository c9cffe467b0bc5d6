package lanewise.network;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lanewise.layer.Layer;
import lanewise.layer.ParameterSpec;
import lanewise.random.CounterRandom;
import lanewise.shape.Shape;

/**
 * Grows a graph layer by layer, inferring shapes, naming parameters and giving them their offsets.
 */
final class GraphBuilder {
  private final Shape inputShape;
  private final List<Node> nodes = new ArrayList<>();
  private final List<Parameter> parameters = new ArrayList<>();
  private final List<ParameterSpec> specs = new ArrayList<>();
  private final Map<String, Integer> kinds = new HashMap<>();
  private int size;

  GraphBuilder(Shape inputShape) {
    this.inputShape = inputShape;
  }

  /**
   * Adds a layer that reads value {@code input}, and returns the number of the value it puts out.
   */
  int add(Layer layer, int input) {
    Shape in = input == 0 ? inputShape : nodes.get(input - 1).outputShape();
    int offset = size;
    try {
      Shape out = layer.outputShape(in);
      String name = layer.kind() + "_" + kinds.merge(layer.kind(), 1, Integer::sum);
      layer.parameters(in).forEach(spec -> add(name, spec));
      nodes.add(new Node(layer, List.of(input), in, out, offset, size - offset));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "Network: layer " + (nodes.size() + 1) + ": " + e.getMessage(), e);
    }
    return nodes.size();
  }

  private void add(String layer, ParameterSpec spec) {
    parameters.add(new Parameter(layer + "." + spec.name(), spec.shape(), size));
    specs.add(spec);
    size = Math.addExact(size, spec.shape().size());
  }

  /** The network, its parameters drawn from {@code seed}. */
  Network build(long seed) {
    if (nodes.isEmpty()) {
      throw new IllegalArgumentException("Network: there must be at least one layer, got none");
    }
    float[] values = new float[size];
    for (int i = 0; i < specs.size(); i++) {
      specs.get(i).initialize(CounterRandom.key(seed, i), values, parameters.get(i).offset());
    }
    return new Network(inputShape, nodes, parameters, values);
  }
}
