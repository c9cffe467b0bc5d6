package lanewise.cli;

import lanewise.network.Network;
import lanewise.network.Node;

/** The multiply-adds that a network must do for one sample. */
final class MultiplyAdds {
  private MultiplyAdds() {}

  static long prediction(Network network) {
    return network.nodes().stream().mapToLong(MultiplyAdds::forward).sum();
  }

  private static long forward(Node node) {
    return node.layer().multiplyAdds(node.inputShape());
  }

  /**
   * Forward, as much again for the gradient of a layer's parameters, and as much for that of its
   * input, if there are parameters before it.
   */
  static long training(Network network) {
    boolean[] learned = new boolean[network.nodes().size() + 1]; // whether a value has parameters
    long sum = 0;
    for (int i = 1; i < learned.length; i++) {
      Node node = network.nodes().get(i - 1);
      boolean before = node.inputs().stream().anyMatch(input -> learned[input]);
      boolean own = node.parametersSize() > 0;
      learned[i] = before || own;
      sum += forward(node) * (1 + (own ? 1 : 0) + (before ? 1 : 0));
    }
    return sum;
  }
}
