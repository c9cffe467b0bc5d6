package lanewise.network;

import java.util.ArrayList;
import java.util.List;
import lanewise.layer.Add;
import lanewise.layer.Concat;
import lanewise.layer.Layer;
import lanewise.shape.Shape;

/**
 * What flows in a network that is being described by {@link Network#graph}: its input, or what a
 * layer puts out. A value may be read any number of times.
 */
public final class Value {
  private final GraphBuilder graph;
  private final int number;

  Value(GraphBuilder graph, int number) {
    this.graph = graph;
    this.number = number;
  }

  /** The shape of one sample. */
  public Shape shape() {
    return graph.shape(number);
  }

  /**
   * What comes out of the layers, one after the other.
   *
   * @throws IllegalArgumentException if a layer cannot read what comes before it; the message names
   *     the layer by its number in the network, from 1
   */
  public Value then(Layer... layers) {
    Value value = this;
    for (Layer layer : layers) {
      value = join(layer, List.of(value));
    }
    return value;
  }

  /**
   * The sum of this and another value: {@link Add}.
   *
   * @throws IllegalArgumentException if their shapes differ
   */
  public Value plus(Value other) {
    return join(new Add(), List.of(this, other));
  }

  /**
   * The channels of this and then those of the others: {@link Concat}.
   *
   * @throws IllegalArgumentException if there is no other or the shapes differ in more than their
   *     channels
   */
  public Value concat(Value... others) {
    List<Value> all = new ArrayList<>(List.of(others));
    all.addFirst(this);
    return join(new Concat(), all);
  }

  /**
   * What comes out of a layer that reads the given values.
   *
   * @throws IllegalArgumentException if there is none, they are not of one network, or the layer
   *     cannot read them
   */
  public static Value join(Layer layer, List<Value> inputs) {
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException("Network: " + layer + " must read a value, got none");
    }
    GraphBuilder graph = inputs.getFirst().graph;
    List<Integer> numbers = inputs.stream().map(input -> input.numberIn(graph)).toList();
    return new Value(graph, graph.add(layer, numbers));
  }

  int numberIn(GraphBuilder wanted) {
    if (graph != wanted) {
      throw new IllegalArgumentException("Network: all values must be of one network");
    }
    return number;
  }
}
