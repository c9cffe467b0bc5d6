package lanewise.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import lanewise.data.Augmentation;
import lanewise.data.Dataset;
import lanewise.loss.Loss;
import lanewise.network.Network;
import lanewise.optimizer.Clipping;
import lanewise.optimizer.Constant;
import lanewise.optimizer.Optimizer;
import lanewise.optimizer.Schedule;
import org.jspecify.annotations.Nullable;

/**
 * How to train: the loss, the update rule and the order of the samples. It is immutable and holds
 * nothing of a training, so one trainer may train many networks.
 *
 * <pre>{@code
 * TrainingResult result = new Trainer(new SoftmaxCrossEntropy(), new Adam(0.001f))
 *     .batch(256).epochs(3).train(network, data.train(), data.test());
 * }</pre>
 *
 * <p>A step takes the gradient of the mean loss of a batch; an epoch's last batch may be smaller.
 * The result depends on the network, the data and these settings alone, not on the number of
 * threads.
 */
public final class Trainer {
  private Loss loss;
  private Optimizer optimizer;
  // Written before anyone else sees the trainer: see with.
  private int batch = 32;
  private int epochs = 1;
  private long seed = 1;
  private boolean shuffle = true;
  private Augmentation augmentation = Augmentation.NONE;
  private Schedule schedule = new Constant();
  private Clipping clipping = Clipping.NONE;
  private int accumulate = 1;
  private @Nullable EarlyStopping earlyStopping;
  private List<TrainingListener> listeners = List.of();

  /** One epoch of shuffled batches of 32 at a constant rate, seed 1, no listener. */
  public Trainer(Loss loss, Optimizer optimizer) {
    this.loss = loss;
    this.optimizer = optimizer;
  }

  /** This trainer's copy, changed. */
  private Trainer with(Consumer<Trainer> change) {
    Trainer copy = new Trainer(loss, optimizer);
    copy.batch = batch;
    copy.epochs = epochs;
    copy.seed = seed;
    copy.shuffle = shuffle;
    copy.augmentation = augmentation;
    copy.schedule = schedule;
    copy.clipping = clipping;
    copy.accumulate = accumulate;
    copy.earlyStopping = earlyStopping;
    copy.listeners = listeners;
    change.accept(copy);
    return copy;
  }

  private static int atLeastOne(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("Trainer: " + what + " must be at least 1, got " + value);
    }
    return value;
  }

  /** The loss to make small. */
  public Loss loss() {
    return loss;
  }

  /** This with another loss. */
  public Trainer loss(Loss newLoss) {
    return with(copy -> copy.loss = newLoss);
  }

  /** The rule that moves the parameters. */
  public Optimizer optimizer() {
    return optimizer;
  }

  /** This with another rule that moves the parameters. */
  public Trainer optimizer(Optimizer newOptimizer) {
    return with(copy -> copy.optimizer = newOptimizer);
  }

  /** Samples in one batch. */
  public int batch() {
    return batch;
  }

  /**
   * This with another batch size.
   *
   * @throws IllegalArgumentException if {@code samples} is below 1
   */
  public Trainer batch(int samples) {
    atLeastOne("batch", samples);
    return with(copy -> copy.batch = samples);
  }

  /** Passes over the data. */
  public int epochs() {
    return epochs;
  }

  /**
   * This with another number of epochs.
   *
   * @throws IllegalArgumentException if {@code passes} is below 1
   */
  public Trainer epochs(int passes) {
    atLeastOne("epochs", passes);
    return with(copy -> copy.epochs = passes);
  }

  /** The seed of the order of the samples, of their augmentation and of dropout. */
  public long seed() {
    return seed;
  }

  /** This with another seed. */
  public Trainer seed(long newSeed) {
    return with(copy -> copy.seed = newSeed);
  }

  /** Whether each epoch has an order of its own, or always that of the data. */
  public boolean shuffle() {
    return shuffle;
  }

  /** This with or without shuffling. */
  public Trainer shuffle(boolean whether) {
    return with(copy -> copy.shuffle = whether);
  }

  /** What becomes of the training samples, anew in each epoch. */
  public Augmentation augmentation() {
    return augmentation;
  }

  /** This with another augmentation of the training samples. */
  public Trainer augmentation(Augmentation newAugmentation) {
    return with(copy -> copy.augmentation = newAugmentation);
  }

  /** How the learning rate changes. */
  public Schedule schedule() {
    return schedule;
  }

  /** This with another schedule of the learning rate. */
  public Trainer schedule(Schedule newSchedule) {
    return with(copy -> copy.schedule = newSchedule);
  }

  /** How gradients are kept from being too large. */
  public Clipping clipping() {
    return clipping;
  }

  /** This with other limits of the gradients, such as {@code Clipping.byNorm(1)}. */
  public Trainer clipping(Clipping limits) {
    return with(copy -> copy.clipping = limits);
  }

  /** Batches in one step. */
  public int accumulate() {
    return accumulate;
  }

  /**
   * This with steps of several batches: the gradient is that of the mean loss of all their samples,
   * in the memory that one batch takes. An epoch's last step may have fewer.
   *
   * @throws IllegalArgumentException if {@code batches} is below 1
   */
  public Trainer accumulate(int batches) {
    atLeastOne("accumulate", batches);
    return with(copy -> copy.accumulate = batches);
  }

  /** When to end before the last epoch; null for never. */
  public @Nullable EarlyStopping earlyStopping() {
    return earlyStopping;
  }

  /** This with an end once the loss has stopped falling. */
  public Trainer earlyStopping(EarlyStopping when) {
    return with(copy -> copy.earlyStopping = when);
  }

  /** Who is told how it goes. */
  public List<TrainingListener> listeners() {
    return listeners;
  }

  /** This with one listener more. */
  public Trainer listener(TrainingListener listener) {
    List<TrainingListener> more = new ArrayList<>(listeners);
    more.add(listener);
    return with(copy -> copy.listeners = List.copyOf(more));
  }

  /** Trains without validation. See {@link #train(Network, Dataset, Dataset)}. */
  public TrainingResult train(Network network, Dataset training) {
    return train(network, training, null);
  }

  /**
   * Trains, and evaluates on {@code validation} after each epoch, if it is not null.
   *
   * @param network whose parameters are modified
   * @throws IllegalArgumentException if the network, the loss and the data do not fit together
   * @throws NonFiniteLossException if the loss, or a parameter, becomes NaN or infinite
   */
  public TrainingResult train(Network network, Dataset training, @Nullable Dataset validation) {
    return new TrainingRun(this, network, training, validation).run();
  }

  /** Resumes without validation. See {@link #resume(TrainingState, Network, Dataset, Dataset)}. */
  public TrainingResult resume(TrainingState state, Network network, Dataset training) {
    return resume(state, network, training, null);
  }

  /**
   * Trains on from where another training stood. The weights and the result, but for the times, are
   * those of a training that was never interrupted. There may be more epochs than that one was to
   * have; a schedule that depends on their number then follows the new one.
   *
   * @param network whose parameters are overwritten
   * @throws IllegalArgumentException if the settings are not those of the other training, or the
   *     network, the loss and the data do not fit together
   * @throws NonFiniteLossException if the loss, or a parameter, becomes NaN or infinite
   */
  public TrainingResult resume(
      TrainingState state, Network network, Dataset training, @Nullable Dataset validation) {
    return new TrainingRun(this, network, training, validation).resume(state);
  }

  /** All that the weights depend on but for the network, the data and the number of epochs. */
  Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("loss", loss.toString());
    settings.put("optimizer", optimizer.toString());
    settings.put("schedule", schedule.toString());
    settings.put("batch", Integer.toString(batch));
    settings.put("accumulate", Integer.toString(accumulate));
    settings.put("clipping", clipping.toString());
    settings.put("seed", Long.toString(seed));
    settings.put("shuffle", Boolean.toString(shuffle));
    settings.put("augmentation", augmentation.toString());
    settings.put("earlyStopping", String.valueOf(earlyStopping));
    return settings;
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

  /**
   * The class that a network takes each sample for: the largest output, or, where there is only
   * one, whether it is above a probability of one half.
   *
   * @param batch samples at a time; it changes the memory needed and the speed
   * @return {@code [dataset.size()]}
   * @throws IllegalArgumentException if the network, the loss and the data do not fit together
   */
  public static int[] classify(Network network, Dataset dataset, Loss loss, int batch) {
    atLeastOne("batch", batch);
    Evaluator evaluator = new Evaluator(network, dataset, loss, batch);
    evaluator.run();
    return evaluator.classes();
  }
}
