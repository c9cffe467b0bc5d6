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
  private final Section parameters = new Section();
  private final Section state = new Section();
  private final Map<String, Integer> kinds = new HashMap<>();

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
    int parametersOffset = parameters.size;
    int stateOffset = state.size;
    try {
      Shape out = layer.outputShape(shapes);
      String name = layer.kind() + "_" + kinds.merge(layer.kind(), 1, Integer::sum);
      layer.parameters(shapes.getFirst()).forEach(spec -> parameters.add(name, spec));
      layer.state(shapes.getFirst()).forEach(spec -> state.add(name, spec));
      int parametersSize = parameters.size - parametersOffset;
      nodes.add(
          new Node(layer, inputs, shapes, out, parametersOffset, parametersSize, stateOffset));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "Network: layer " + (nodes.size() + 1) + ": " + e.getMessage(), e);
    }
    return nodes.size();
  }

  /** The network that puts out {@code output}, its parameters drawn from {@code seed}. */
  Network build(Value output, long seed) {
    checkOutput(output.numberIn(this));
    return new Network(
        inputShape,
        nodes,
        parameters.list,
        parameters.initialize(seed),
        state.list,
        state.initialize(seed));
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

  /** One of the network's two arrays: what stands where, and how it starts. */
  private static final class Section {
    final List<Parameter> list = new ArrayList<>();
    private final List<ParameterSpec> specs = new ArrayList<>();
    int size;

    void add(String layer, ParameterSpec spec) {
      list.add(new Parameter(layer + "." + spec.name(), spec.shape(), size));
      specs.add(spec);
      size = Math.addExact(size, spec.shape().size());
    }

    float[] initialize(long seed) {
      float[] values = new float[size];
      for (int i = 0; i < specs.size(); i++) {
        specs.get(i).initialize(CounterRandom.key(seed, i), values, list.get(i).offset());
      }
      return values;
    }
  }
}
