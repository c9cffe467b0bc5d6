package lanewise.jmh;

import lanewise.layer.AveragePool2d;
import lanewise.layer.BatchNorm;
import lanewise.layer.Conv2d;
import lanewise.layer.Dense;
import lanewise.layer.Dropout;
import lanewise.layer.Flatten;
import lanewise.layer.GlobalAveragePool;
import lanewise.layer.Layer;
import lanewise.layer.MaxPool2d;
import lanewise.layer.PadChannels;
import lanewise.layer.ReLU;
import lanewise.network.Network;
import lanewise.network.Node;
import lanewise.network.Value;
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
      case "cifar10-resnet20" -> Network.graph(Shape.of(32, 32, 3), 1, Networks::resnet20);
      default ->
          throw new IllegalArgumentException(
              "network must be mnist-cnn, mnist-lenet5, mnist-mlp or cifar10-resnet20, got "
                  + name);
    };
  }

  /** He et al., "Deep residual learning for image recognition", 2015, section 4.2. */
  private static Value resnet20(Value images) {
    Value x = images.then(convolution(16, 1), new BatchNorm(), new ReLU());
    for (int channels = 16; channels <= 64; channels *= 2) {
      for (int block = 0; block < 3; block++) {
        int stride = channels > 16 && block == 0 ? 2 : 1;
        Value shortcut =
            stride == 1
                ? x
                : x.then(
                    new AveragePool2d(1, stride, Padding.VALID),
                    new PadChannels(channels / 4, channels / 4));
        x =
            x.then(
                    convolution(channels, stride),
                    new BatchNorm(),
                    new ReLU(),
                    convolution(channels, 1),
                    new BatchNorm())
                .plus(shortcut)
                .then(new ReLU());
      }
    }
    return x.then(new GlobalAveragePool(), new Dense(CLASSES));
  }

  private static Conv2d convolution(int channels, int stride) {
    return new Conv2d(channels, 3).stride(stride).padding(Padding.of(1)).withoutBias();
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
    return network.nodes().stream().mapToLong(Networks::multiplyAdds).sum();
  }

  private static long firstMultiplyAdds(Network network) {
    return network.nodes().stream()
        .mapToLong(Networks::multiplyAdds)
        .filter(number -> number > 0)
        .findFirst()
        .orElse(0);
  }

  private static long multiplyAdds(Node node) {
    return node.layer().multiplyAdds(node.inputShape());
  }
}
