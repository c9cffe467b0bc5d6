package lanewise.train;

import java.util.ArrayList;
import java.util.List;
import lanewise.data.Augmentation;
import lanewise.data.Dataset;
import lanewise.loss.Loss;
import lanewise.network.Network;
import lanewise.optimizer.Optimizer;
import org.jspecify.annotations.Nullable;

/**
 * How to train: the loss, the update rule and the order of the samples. It holds no state, so one
 * trainer may train many networks.
 *
 * <pre>{@code
 * TrainingResult result = new Trainer(new SoftmaxCrossEntropy(), new Adam(0.001f))
 *     .batch(256).epochs(3).train(network, data.train(), data.test());
 * }</pre>
 *
 * <p>A step takes the gradient of the mean loss of a batch; an epoch's last batch may be smaller.
 * The result depends on the network, the data and these settings alone, not on the number of
 * threads.
 *
 * @param loss to make small
 * @param optimizer that moves the parameters
 * @param batch samples in one step
 * @param epochs passes over the data
 * @param seed of the order of the samples and of dropout
 * @param shuffle whether each epoch has an order of its own, or always that of the data
 * @param augmentation of the training samples, anew in each epoch
 * @param listeners told how it goes
 */
public record Trainer(
    Loss loss,
    Optimizer optimizer,
    int batch,
    int epochs,
    long seed,
    boolean shuffle,
    Augmentation augmentation,
    List<TrainingListener> listeners) {
  /**
   * Checks the numbers and copies the list.
   *
   * @throws IllegalArgumentException if {@code batch} or {@code epochs} is below 1
   */
  public Trainer {
    atLeastOne("batch", batch);
    atLeastOne("epochs", epochs);
    listeners = List.copyOf(listeners);
  }

  private static void atLeastOne(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("Trainer: " + what + " must be at least 1, got " + value);
    }
  }

  /** One epoch of shuffled batches of 32, seed 1, no listener. */
  public Trainer(Loss loss, Optimizer optimizer) {
    this(loss, optimizer, 32, 1, 1, true, Augmentation.NONE, List.of());
  }

  /** This with another batch size. */
  public Trainer batch(int newBatch) {
    return new Trainer(loss, optimizer, newBatch, epochs, seed, shuffle, augmentation, listeners);
  }

  /** This with another number of epochs. */
  public Trainer epochs(int newEpochs) {
    return new Trainer(loss, optimizer, batch, newEpochs, seed, shuffle, augmentation, listeners);
  }

  /** This with another seed. */
  public Trainer seed(long newSeed) {
    return new Trainer(loss, optimizer, batch, epochs, newSeed, shuffle, augmentation, listeners);
  }

  /** This with or without shuffling. */
  public Trainer shuffle(boolean newShuffle) {
    return new Trainer(loss, optimizer, batch, epochs, seed, newShuffle, augmentation, listeners);
  }

  /** This with another augmentation of the training samples. */
  public Trainer augmentation(Augmentation newAugmentation) {
    return new Trainer(loss, optimizer, batch, epochs, seed, shuffle, newAugmentation, listeners);
  }

  /** This with one listener more. */
  public Trainer listener(TrainingListener listener) {
    List<TrainingListener> more = new ArrayList<>(listeners);
    more.add(listener);
    return new Trainer(loss, optimizer, batch, epochs, seed, shuffle, augmentation, more);
  }

  /** Trains without validation. See {@link #train(Network, Dataset, Dataset)}. */
  public TrainingResult train(Network network, Dataset training) {
    return run(network, training, null);
  }

  /**
   * Trains, and evaluates on {@code validation} after each epoch.
   *
   * @param network whose parameters are modified
   * @throws IllegalArgumentException if the network, the loss and the data do not fit together
   * @throws NonFiniteLossException if the loss becomes NaN or infinite
   */
  public TrainingResult train(Network network, Dataset training, Dataset validation) {
    return run(network, training, validation);
  }

  private TrainingResult run(Network network, Dataset training, @Nullable Dataset validation) {
    return new TrainingRun(this, network, training, validation).run();
  }

  /**
   * How well a network does on a data set.
   *
   * @param batch samples at a time; it changes the memory needed and the speed
   * @throws IllegalArgumentException if the network, the loss and the data do not fit together
   */
  public static Evaluation evaluate(Network network, Dataset dataset, Loss loss, int batch) {
    atLeastOne("batch", batch);
    return new Evaluator(network, dataset, loss, batch).run();
  }
}
