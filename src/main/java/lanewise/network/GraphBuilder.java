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

  /** The network's input. */
  Value input() {
    return new Value(this, 0);
  }

  Shape shape(int value) {
    return value == 0 ? inputShape : nodes.get(value - 1).outputShape();
  }

  /** Adds a layer that reads the given values, and returns the number of the one it puts out. */
  int add(Layer layer, List<Integer> inputs) {
    List<Shape> shapes = inputs.stream().map(this::shape).toList();
    int offset = size;
    try {
      Shape out = layer.outputShape(shapes);
      String name = layer.kind() + "_" + kinds.merge(layer.kind(), 1, Integer::sum);
      layer.parameters(shapes.getFirst()).forEach(spec -> add(name, spec));
      nodes.add(new Node(layer, inputs, shapes, out, offset, size - offset));
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

  /** The network that puts out {@code output}, its parameters drawn from {@code seed}. */
  Network build(Value output, long seed) {
    checkOutput(output.numberIn(this));
    float[] values = new float[size];
    for (int i = 0; i < specs.size(); i++) {
      specs.get(i).initialize(CounterRandom.key(seed, i), values, parameters.get(i).offset());
    }
    return new Network(inputShape, nodes, parameters, values);
  }

  /** Checks that all layers lead to the output, which is then the last value. */
  private void checkOutput(int output) {
    if (nodes.isEmpty()) {
      throw new IllegalArgumentException("Network: there must be at least one layer, got none");
    }
    boolean[] read = new boolean[nodes.size() + 1];
    nodes.forEach(node -> node.inputs().forEach(input -> read[input] = true));
    read[output] = true;
    for (int value = 1; value < read.length; value++) {
      if (!read[value]) {
        throw new IllegalArgumentException(
            "Network: layer "
                + value
                + ": every layer must lead to the output, "
                + nodes.get(value - 1).layer()
                + " does not");
      }
    }
  }
}
