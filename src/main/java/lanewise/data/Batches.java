package lanewise.data;

import java.util.Objects;
import lanewise.random.CounterRandom;

/**
 * Cuts a data set into batches, epoch by epoch. The order of an epoch depends on the seed and the epoch's number alone, so
 * training resumed at epoch e goes on as if it had never stopped. Belongs to one thread at a time.
 */
public final class Batches {
  private final Dataset dataset;
  private final int batch;
  private final long seed;
  private final boolean shuffle;
  private int[] order;

  /**
   * Batches of {@code batch} samples, standing at the start of epoch 0.
   *
   * @param shuffle whether each epoch has an order of its own, or always that of the data set
   * @throws IllegalArgumentException if {@code batch} is below 1
   */
  public Batches(Dataset dataset, int batch, long seed, boolean shuffle) {
    if (batch < 1) {
      throw new IllegalArgumentException("Batches: batch must be at least 1, got " + batch);
    }
    this.dataset = dataset;
    this.batch = batch;
    this.seed = seed;
    this.shuffle = shuffle;
    this.order = order(0);
  }

  /** The number of batches in an epoch; the last may be smaller than the others. */
  public int count() {
    return Math.ceilDiv(dataset.size(), batch);
  }

  /** The sample numbers in the order in which epoch {@code epoch} takes them (shuffled after Fisher and Yates). */
  public int[] order(int epoch) {
    int[] numbers = new int[dataset.size()];
    long key = CounterRandom.key(seed, epoch);
    for (int i = 0; i < numbers.length; i++) {
      int j = shuffle ? CounterRandom.below(key, i, i + 1) : i;
      numbers[i] = numbers[j];
      numbers[j] = i;
    }
    return numbers;
  }

  /** Goes to the start of epoch {@code epoch}, counted from 0. */
  public void startEpoch(int epoch) {
    order = order(epoch);
  }

  /** The number of samples in batch {@code index} of an epoch. */
  public int size(int index) {
    int first = Objects.checkIndex(index, count()) * batch;
    return Math.min(batch, dataset.size() - first);
  }

  /**
   * Fills in batch {@code index} of the epoch. What lies beyond its samples stays as it was.
   *
   * @param inputs {@code [batch, sampleShape]}; modified
   * @param labels {@code [batch]}; modified
   * @return the number of samples: {@link #size(int)}
   */
  public int fill(int index, float[] inputs, int[] labels) {
    int samples = fillInputs(index, inputs);
    for (int i = 0; i < samples; i++) {
      labels[i] = dataset.label(order[index * batch + i]);
    }
    return samples;
  }

  /**
   * Fills in batch {@code index} of the epoch with targets (see {@link Dataset#target}) in place of labels.
   *
   * @param inputs {@code [batch, sampleShape]}; modified
   * @param targets {@code [batch, targetSize]}; modified
   * @return the number of samples: {@link #size(int)}
   */
  public int fill(int index, float[] inputs, float[] targets) {
    int samples = fillInputs(index, inputs);
    for (int i = 0; i < samples; i++) {
      dataset.target(order[index * batch + i], targets, i * dataset.targetSize());
    }
    return samples;
  }

  private int fillInputs(int index, float[] inputs) {
    int samples = size(index);
    int sampleSize = dataset.sampleShape().size();
    for (int i = 0; i < samples; i++) {
      dataset.sample(order[index * batch + i], inputs, i * sampleSize);
    }
    return samples;
  }
}
