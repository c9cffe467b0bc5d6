package lanewise.train;

import java.util.function.Supplier;

/** Hears how a training goes, on the thread that trains. */
public interface TrainingListener {
  /**
   * An epoch starts.
   *
   * @param epoch from 1
   * @param epochs in all
   * @param batches in this epoch
   */
  default void onEpochStart(int epoch, int epochs, int batches) {}

  /**
   * A batch is done.
   *
   * @param batch from 1 in this epoch
   * @param batches in this epoch
   * @param samples seen in this epoch so far
   * @param loss mean of this batch, before its update
   * @param meanLoss of the epoch so far, by sample
   */
  default void onBatch(int batch, int batches, int samples, double loss, double meanLoss) {}

  /**
   * After {@link #onBatch}, a step is taken: where the training stands, to be resumed from there.
   *
   * @param step from 1 in the training
   * @param state gives it, unless a parameter is NaN or infinite: it then throws {@link
   *     NonFiniteLossException}; the arrays are the training's own, not to be modified, nor to be
   *     read once this method has returned
   */
  default void onStep(long step, Supplier<TrainingState> state) {}

  /** An epoch, with its validation, is done. */
  default void onEpochEnd(EpochResult result) {}

  /**
   * After {@link #onEpochEnd}: where the training stands, to be resumed from there.
   *
   * @param state gives it; the arrays are as those of {@link #onStep}
   */
  default void onState(Supplier<TrainingState> state) {}
}
