package lanewise.train;

import lanewise.data.Augmentation;
import lanewise.data.Dataset;
import lanewise.kernel.Partition;
import lanewise.kernel.WorkerPool;
import lanewise.loss.Loss;
import lanewise.loss.Targets;
import lanewise.random.CounterRandom;

/**
 * Copies the samples of a batch, and what the network should answer, to where a plan and a loss
 * read them.
 */
final class BatchFiller {
  private final Dataset dataset;
  private final Augmentation augmentation;
  private final int columns;
  private final int sampleSize;
  private final float[] inputs; // [batch, sampleShape]
  private final float[] plain; // [batch, sampleShape] before augmentation, if there is any
  private final Targets targets;
  private final Partition samples;
  private final WorkerPool.Task task = this::fillPiece;
  private int[] order = {};
  private int first;
  private long key;

  BatchFiller(
      Dataset dataset,
      Augmentation augmentation,
      Loss loss,
      int batch,
      int columns,
      float[] inputs) {
    this.dataset = dataset;
    this.augmentation = augmentation;
    this.columns = columns;
    this.sampleSize = dataset.sampleShape().size();
    this.inputs = inputs;
    this.plain = augmentation.equals(Augmentation.NONE) ? inputs : new float[batch * sampleSize];
    this.targets =
        new Targets(
            new int[dataset.classes() > 0 ? batch : 0],
            new float[loss.readsLabels() ? 0 : batch * columns]);
    this.samples = Partition.rows(batch, sampleSize);
  }

  Targets targets() {
    return targets;
  }

  /**
   * Fills in samples {@code order[firstSample …]}.
   *
   * @param newKey of the augmentation's random numbers
   */
  void fill(int[] newOrder, int firstSample, long newKey) {
    key = newKey;
    order = newOrder;
    first = firstSample;
    WorkerPool.run(samples.pieces(), task);
  }

  private void fillPiece(int piece) {
    for (int i = samples.from(piece); i < samples.from(piece + 1); i++) {
      int sample = order[first + i];
      fillInput(sample, i * sampleSize);
      if (targets.labels().length > 0) {
        targets.labels()[i] = dataset.label(sample);
      }
      if (targets.values().length > 0) {
        fillValues(sample, i);
      }
    }
  }

  private void fillInput(int sample, int offset) {
    dataset.sample(sample, plain, offset);
    if (plain != inputs) {
      long sampleKey = CounterRandom.key(key, sample);
      augmentation.apply(dataset.sampleShape(), sampleKey, plain, offset, inputs, offset);
    }
  }

  private void fillValues(int sample, int row) {
    if (columns == 1 && dataset.classes() == 2) {
      targets.values()[row] = dataset.label(sample);
    } else {
      dataset.target(sample, targets.values(), row * columns);
    }
  }
}
