package lanewise.recipe;

import lanewise.layer.AveragePool2d;
import lanewise.layer.BatchNorm;
import lanewise.layer.Conv2d;
import lanewise.layer.Dense;
import lanewise.layer.GlobalAveragePool;
import lanewise.layer.PadChannels;
import lanewise.layer.ReLU;
import lanewise.layer.Softmax;
import lanewise.network.Network;
import lanewise.network.Value;
import lanewise.shape.Padding;
import lanewise.shape.Shape;

/**
 * The residual networks for CIFAR-10 of He, Zhang, Ren, Sun, "Deep residual learning for image
 * recognition", 2015, section 4.2, with shortcuts of kind A: where a stage halves the image, its
 * first block's shortcut takes every other pixel and adds channels of zeros.
 */
final class ResNet20 {
  private static final int STAGES = 3;

  private ResNet20() {}

  /** The one of 20 layers: three stages of three blocks, 16, 32 and 64 channels. */
  static Network resnet20(long seed) {
    return residual(Shape.of(32, 32, 3), 3, 16, 10, seed);
  }

  /**
   * The one of {@code 6 · blocks + 2} layers.
   *
   * @param image shape of the input
   * @param blocks in each stage
   * @param channels of the first stage; each later one doubles them and halves the image
   */
  static Network residual(Shape image, int blocks, int channels, int classes, long seed) {
    return Network.graph(
        image,
        seed,
        input -> {
          Value x = input.then(convolution(channels, 1), new BatchNorm(), new ReLU());
          for (int stage = 0; stage < STAGES; stage++) {
            for (int block = 0; block < blocks; block++) {
              x = block(x, channels << stage, stage > 0 && block == 0 ? 2 : 1);
            }
          }
          return x.then(new GlobalAveragePool(), new Dense(classes), new Softmax());
        });
  }

  /** {@code ReLU(F(x) + shortcut(x))}, F two convolutions, each normalized. */
  private static Value block(Value x, int channels, int stride) {
    return x.then(
            convolution(channels, stride),
            new BatchNorm(),
            new ReLU(),
            convolution(channels, 1),
            new BatchNorm())
        .plus(shortcut(x, channels, stride))
        .then(new ReLU());
  }

  private static Value shortcut(Value x, int channels, int stride) {
    int missing = channels - x.shape().size(2);
    return stride == 1 && missing == 0
        ? x
        : x.then(
            new AveragePool2d(1, stride, Padding.VALID),
            new PadChannels(missing / 2, missing - missing / 2));
  }

  private static Conv2d convolution(int channels, int stride) {
    return new Conv2d(channels, 3).stride(stride).padding(Padding.of(1)).withoutBias();
  }
}
