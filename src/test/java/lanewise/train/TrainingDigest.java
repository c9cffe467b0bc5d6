package lanewise.train;

import lanewise.data.Augmentation;
import lanewise.data.Dataset;
import lanewise.layer.BatchNorm;
import lanewise.layer.Conv2d;
import lanewise.layer.Dense;
import lanewise.layer.Dropout;
import lanewise.layer.Flatten;
import lanewise.layer.LeakyReLU;
import lanewise.layer.MaxPool2d;
import lanewise.layer.ReLU;
import lanewise.layer.Tanh;
import lanewise.loss.SoftmaxCrossEntropy;
import lanewise.network.Network;
import lanewise.network.Value;
import lanewise.optimizer.AdamW;
import lanewise.optimizer.Clipping;
import lanewise.optimizer.CosineDecay;
import lanewise.optimizer.Warmup;
import lanewise.shape.Padding;

/** A short training with most kinds of layers, and what else may change a gradient, in it. */
public final class TrainingDigest {
  private TrainingDigest() {}

  /**
   * The digest of the weights after two epochs over {@code samples} images, the last batch a
   * smaller one.
   */
  public static String weightsSha256(int samples, int filters) {
    Dataset data = Toys.stripes(samples, 5);
    Conv2d same = new Conv2d(filters, 3).padding(Padding.SAME);
    Network network =
        Network.graph(
            data.sampleShape(),
            7,
            image -> {
              Value x = image.then(same, new ReLU(), new MaxPool2d(2), new Dropout(0.75f));
              Value y = x.then(same.withoutBias(), new BatchNorm()).plus(x).then(new ReLU());
              return y.concat(x)
                  .then(
                      new Conv2d(filters + 1, 3),
                      new LeakyReLU(0.1f),
                      new Flatten(),
                      new Dense(2 * filters + 1),
                      new Tanh(),
                      new Dense(data.classes()));
            });
    new Trainer(new SoftmaxCrossEntropy(), new AdamW(0.01f, 0.001f))
        .batch(samples / 3 - 1)
        .accumulate(2)
        .epochs(2)
        .schedule(new Warmup(0.5, new CosineDecay(0.1)))
        .clipping(new Clipping(0.1f, 0.2f))
        .augmentation(new Augmentation(1, true))
        .train(network, data);
    return network.weightsSha256();
  }
}
