package lanewise.train;

import org.jspecify.annotations.Nullable;

/** Adds up an epoch, batch by batch. Adding allocates nothing. */
final class EpochSums {
  private final long start = System.nanoTime();
  private final double secondsBefore;
  private int batches;
  private int correct;
  private double lossSum;

  /** Begins an epoch, or goes on with one. */
  EpochSums(@Nullable EpochProgress from) {
    batches = from == null ? 0 : from.batches();
    correct = from == null ? 0 : from.correct();
    lossSum = from == null ? 0 : from.lossSum();
    secondsBefore = from == null ? 0 : from.seconds();
  }

  /** Adds a batch of so many samples, of the given mean loss. */
  void add(int samples, double loss, int correctSamples) {
    batches++;
    correct += correctSamples;
    lossSum += loss * samples;
  }

  int batches() {
    return batches;
  }

  int correct() {
    return correct;
  }

  double lossSum() {
    return lossSum;
  }

  double seconds() {
    return secondsBefore + (System.nanoTime() - start) * 1e-9;
  }

  EpochProgress progress() {
    return new EpochProgress(batches, correct, lossSum, seconds());
  }
}
