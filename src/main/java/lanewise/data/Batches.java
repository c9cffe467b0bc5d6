package lanewise.data;

import java.util.Objects;
import java.util.stream.IntStream;
import lanewise.random.CounterRandom;

/**
 * Cuts a data set into batches, epoch by epoch. The order of an epoch depends on the seed and the
 * epoch's number alone, so training resumed at epoch e goes on as if it had never stopped. Belongs
 * to one thread at a time.
 */
public final class Batches {
  private static final long AUGMENTATION_STREAM =
      -1; // epochs, which shuffling uses, are not negative

  private final Dataset dataset;
  private final int batch;
  private final long seed;
  private final boolean shuffle;
  private final Augmentation augmentation;
  private final float[] plain; // one sample as the data set gives it
  private int epoch;
  private int[] order;

  /**
   * Batches of {@code batch} samples, standing at the start of epoch 0.
   *
   * @param shuffle whether each epoch has an order of its own, or always that of the data set
   * @throws IllegalArgumentException if {@code batch} is below 1
   */
  public Batches(Dataset dataset, int batch, long seed, boolean shuffle) {
    this(dataset, batch, seed, shuffle, Augmentation.NONE);
  }

  /**
   * Batches of {@code batch} samples, each altered when it is filled in; what becomes of a sample
   * depends on the seed, the epoch and the sample's number alone.
   *
   * @throws IllegalArgumentException if {@code batch} is below 1, or the samples are not images and
   *     shall be altered
   */
  public Batches(
      Dataset dataset, int batch, long seed, boolean shuffle, Augmentation augmentation) {
    augmentation.check(dataset.sampleShape());
    if (batch < 1) {
      throw new IllegalArgumentException("Batches: batch must be at least 1, got " + batch);
    }
    this.dataset = dataset;
    this.batch = batch;
    this.seed = seed;
    this.shuffle = shuffle;
    this.augmentation = augmentation;
    this.plain = new float[dataset.sampleShape().size()];
    this.order = order(0);
  }

  /** The number of batches in an epoch; the last may be smaller than the others. */
  public int count() {
    return Math.ceilDiv(dataset.size(), batch);
  }

  /** Whether every epoch is the same single batch. */
  public boolean isAlwaysOne() {
    return count() == 1 && !shuffle && augmentation.equals(Augmentation.NONE);
  }

  /** The sample numbers in the order in which epoch {@code epoch} takes them. */
  public int[] order(int epoch) {
    return shuffle
        ? shuffled(dataset.size(), CounterRandom.key(seed, epoch))
        : IntStream.range(0, dataset.size()).toArray();
  }

  /** The numbers 0 … count − 1 in a random order, after Fisher and Yates. */
  static int[] shuffled(int count, long key) {
    int[] numbers = new int[count];
    for (int i = 0; i < count; i++) {
      int j = CounterRandom.below(key, i, i + 1);
      numbers[i] = numbers[j];
      numbers[j] = i;
    }
    return numbers;
  }

  /** Goes to the start of epoch {@code epoch}, counted from 0. */
  public void startEpoch(int epoch) {
    this.epoch = epoch;
    order = order(epoch);
  }

  /** The number of samples in batch {@code index} of an epoch. */
  public int size(int index) {
    int first = Objects.checkIndex(index, count()) * batch;
    return Math.min(batch, dataset.size() - first);
  }

  /**
   * Writes the samples of batch {@code index} of the epoch, augmented. What lies beyond them stays
   * as it was.
   *
   * @param inputs {@code [batch, sampleShape]}; modified
   */
  public void inputs(int index, float[] inputs) {
    int samples = size(index);
    int sampleSize = dataset.sampleShape().size();
    if (augmentation.equals(Augmentation.NONE)) {
      for (int i = 0; i < samples; i++) {
        dataset.sample(order[index * batch + i], inputs, i * sampleSize);
      }
      return;
    }
    long key = CounterRandom.key(CounterRandom.key(seed, AUGMENTATION_STREAM), epoch);
    for (int i = 0; i < samples; i++) {
      int sample = order[index * batch + i];
      dataset.sample(sample, plain, 0);
      long sampleKey = CounterRandom.key(key, sample);
      augmentation.apply(dataset.sampleShape(), sampleKey, plain, 0, inputs, i * sampleSize);
    }
  }

  /**
   * Writes the labels of batch {@code index} of the epoch. What lies beyond them stays as it was.
   *
   * @param labels {@code [batch]}; modified
   */
  public void labels(int index, int[] labels) {
    for (int i = 0; i < size(index); i++) {
      labels[i] = dataset.label(order[index * batch + i]);
    }
  }

  /**
   * Writes the targets (see {@link Dataset#target}) of batch {@code index} of the epoch. What lies
   * beyond them stays as it was.
   *
   * @param targets {@code [batch, targetSize]}; modified
   */
  public void targets(int index, float[] targets) {
    for (int i = 0; i < size(index); i++) {
      dataset.target(order[index * batch + i], targets, i * dataset.targetSize());
    }
  }
}
