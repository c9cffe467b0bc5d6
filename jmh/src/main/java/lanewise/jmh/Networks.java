package lanewise.jmh;

import lanewise.layer.Conv2d;
import lanewise.layer.Dense;
import lanewise.layer.Dropout;
import lanewise.layer.Flatten;
import lanewise.layer.Layer;
import lanewise.layer.MaxPool2d;
import lanewise.layer.ReLU;
import lanewise.network.Network;
import lanewise.shape.Padding;
import lanewise.shape.Shape;

/** The networks of the command line's recipes of these names, up to their logits. */
final class Networks {
  static final int CLASSES = 10;

  private Networks() {}

  /**
   * The network of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Network get(String name) {
    return switch (name) {
      case "mnist-cnn" ->
          of(
              new Conv2d(32, 3).padding(Padding.SAME),
              new ReLU(),
              new Conv2d(32, 3).padding(Padding.SAME),
              new ReLU(),
              new MaxPool2d(2),
              new Dropout(0.75f),
              new Conv2d(64, 3).padding(Padding.SAME),
              new ReLU(),
              new Conv2d(64, 3).padding(Padding.SAME),
              new ReLU(),
              new MaxPool2d(2),
              new Dropout(0.75f),
              new Flatten(),
              new Dense(256),
              new ReLU(),
              new Dense(32),
              new ReLU(),
              new Dense(CLASSES));
      case "mnist-lenet5" ->
          of(
              new Conv2d(6, 5).padding(Padding.of(2)),
              new ReLU(),
              new MaxPool2d(2),
              new Conv2d(16, 5),
              new ReLU(),
              new MaxPool2d(2),
              new Flatten(),
              new Dense(120),
              new ReLU(),
              new Dense(84),
              new ReLU(),
              new Dense(CLASSES));
      case "mnist-mlp" ->
          of(
              new Flatten(),
              new Dense(512),
              new ReLU(),
              new Dense(256),
              new ReLU(),
              new Dense(CLASSES));
      default ->
          throw new IllegalArgumentException(
              "network must be mnist-cnn, mnist-lenet5 or mnist-mlp, got " + name);
    };
  }

  private static Network of(Layer... layers) {
    return Network.sequence(Shape.of(28, 28, 1), 1, layers);
  }

  /** Two operations for each multiply-add of the forward pass. */
  static long predictionFlops(Network network, int batch) {
    return 2 * batch * multiplyAdds(network);
  }

  /**
   * Two operations for each multiply-add of the forward pass and of both gradients. The first
   * weighted layer's input has none.
   */
  static long trainingFlops(Network network, int batch) {
    return 2 * batch * (3 * multiplyAdds(network) - firstMultiplyAdds(network));
  }

  private static long multiplyAdds(Network network) {
    long total = 0;
    Shape shape = network.inputShape();
    for (Layer layer : network.layers()) {
      total += layer.multiplyAdds(shape);
      shape = layer.outputShape(shape);
    }
    return total;
  }

  private static long firstMultiplyAdds(Network network) {
    Shape shape = network.inputShape();
    for (Layer layer : network.layers()) {
      long multiplyAdds = layer.multiplyAdds(shape);
      if (multiplyAdds > 0) {
        return multiplyAdds;
      }
      shape = layer.outputShape(shape);
    }
    return 0;
  }
}
