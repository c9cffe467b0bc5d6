package lanewise.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import lanewise.data.Augmentation;
import lanewise.data.Dataset;
import lanewise.data.ImageDataset;
import lanewise.layer.BatchNorm;
import lanewise.layer.Conv2d;
import lanewise.layer.Dense;
import lanewise.layer.Dropout;
import lanewise.layer.Flatten;
import lanewise.layer.ReLU;
import lanewise.layer.Softmax;
import lanewise.loss.SoftmaxCrossEntropy;
import lanewise.network.Network;
import lanewise.optimizer.Adam;
import lanewise.optimizer.Clipping;
import lanewise.optimizer.CosineDecay;
import lanewise.optimizer.Optimizer;
import lanewise.optimizer.Warmup;
import lanewise.random.CounterRandom;
import lanewise.shape.Shape;
import lanewise.train.EarlyStopping;
import lanewise.train.Trainer;
import lanewise.train.TrainingListener;

/** A training that has in it all that a checkpoint must hold, and that waits to be killed. */
public final class InterruptedTraining {
  static final int EPOCHS = 4;

  private InterruptedTraining() {}

  /**
   * Trains with a checkpoint after each epoch or step, as {@code arguments[1]} says, tells when it
   * is in the middle of epoch {@code arguments[2]}, and waits for the end that does not come by
   * itself.
   */
  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[0]);
    int epoch = Integer.parseInt(arguments[2]);
    trainer(new Adam(0.01f))
        .listener(
            arguments[1].equals("step") ? Checkpoint.stepWriter(file, 1) : Checkpoint.writer(file))
        .listener(
            new TrainingListener() {
              private int now;

              @Override
              public void onEpochStart(int started, int epochs, int batches) {
                now = started;
              }

              @Override
              public void onBatch(int batch, int batches, int samples, double loss, double mean) {
                if (now == epoch && batch == 3) {
                  System.out.println("in the middle");
                  await(new CountDownLatch(1));
                }
              }
            })
        .train(network(), data(40, 1), data(20, 2));
  }

  private static void await(CountDownLatch never) {
    try {
      never.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static Trainer trainer(Optimizer optimizer) {
    return new Trainer(new SoftmaxCrossEntropy(), optimizer)
        .batch(6)
        .accumulate(2)
        .epochs(EPOCHS)
        .schedule(new Warmup(1.5, new CosineDecay(0.1)))
        .clipping(Clipping.byNorm(0.5f))
        .augmentation(new Augmentation(1, true))
        .earlyStopping(new EarlyStopping(EPOCHS));
  }

  static Network network() {
    return Network.sequence(
        Shape.of(6, 6, 1),
        7,
        new Conv2d(4, 3).withoutBias(),
        new BatchNorm(),
        new ReLU(),
        new Flatten(),
        new Dropout(0.75f),
        new Dense(3),
        new Softmax());
  }

  /** Noise, brighter by class. */
  static Dataset data(int size, long seed) {
    byte[] pixels = new byte[36 * size];
    byte[] labels = new byte[size];
    for (int i = 0; i < size; i++) {
      labels[i] = (byte) (i % 3);
      for (int p = 0; p < 36; p++) {
        pixels[36 * i + p] = (byte) (40 * labels[i] + CounterRandom.below(seed, 36L * i + p, 100));
      }
    }
    return new ImageDataset(Shape.of(6, 6, 1), pixels, labels, List.of("dark", "medium", "bright"));
  }
}
