package lanewise.train;

import java.util.ArrayList;
import java.util.List;
import lanewise.data.Batches;
import lanewise.data.Dataset;
import lanewise.network.Network;
import lanewise.network.TrainingPlan;
import lanewise.optimizer.OptimizerState;
import lanewise.random.CounterRandom;
import org.jspecify.annotations.Nullable;

/** One training, from its first epoch to its last. */
final class TrainingRun {
  private static final int ORDER_STREAM = 1;
  private static final int DROPOUT_STREAM = 2;
  private static final int AUGMENTATION_STREAM = 3;

  private final Trainer trainer;
  private final Network network;
  private final Dataset training;
  private final @Nullable Dataset validation;
  private final Batches batches;
  private final TrainingPlan plan;
  private final BatchRunner whole;
  private final BatchRunner last; // of an epoch
  private final OptimizerState state;

  TrainingRun(Trainer trainer, Network network, Dataset training, @Nullable Dataset validation) {
    Objective.check(network, trainer.loss(), training);
    trainer.augmentation().check(training.sampleShape());
    this.trainer = trainer;
    this.network = network;
    this.training = training;
    this.validation = validation;
    int batch = Math.min(trainer.batch(), training.size());
    batches =
        new Batches(
            training, batch, CounterRandom.key(trainer.seed(), ORDER_STREAM), trainer.shuffle());
    plan =
        Objective.logits(network, trainer.loss())
            .trainingPlan(batch, CounterRandom.key(trainer.seed(), DROPOUT_STREAM));
    whole = runner(plan);
    int rest = batches.size(batches.count() - 1);
    last = rest == batch ? whole : runner(plan.withBatch(rest));
    state = trainer.optimizer().state(network.parameterCount());
  }

  private BatchRunner runner(TrainingPlan batchPlan) {
    return new BatchRunner(batchPlan, trainer.loss(), training, trainer.augmentation());
  }

  TrainingResult run() {
    List<EpochResult> epochs = new ArrayList<>();
    for (int epoch = 1; epoch <= trainer.epochs(); epoch++) {
      EpochResult result = epoch(epoch);
      epochs.add(result);
      trainer.listeners().forEach(listener -> listener.onEpochEnd(result));
    }
    return new TrainingResult(epochs, state.steps());
  }

  private EpochResult epoch(int epoch) {
    int count = batches.count();
    trainer.listeners().forEach(listener -> listener.onEpochStart(epoch, trainer.epochs(), count));
    long start = System.nanoTime();
    int[] order = batches.order(epoch - 1);
    long key = CounterRandom.key(CounterRandom.key(trainer.seed(), AUGMENTATION_STREAM), epoch);
    double lossSum = 0;
    int correct = 0;
    int samples = 0;
    for (int i = 0; i < count; i++) {
      BatchRunner runner = i == count - 1 ? last : whole;
      double loss = step(runner, order, samples, key, epoch);
      samples += runner.batch();
      correct += runner.correct();
      lossSum += loss * runner.batch();
      for (TrainingListener listener : trainer.listeners()) {
        listener.onBatch(i + 1, count, samples, loss, lossSum / samples);
      }
    }
    double seconds = (System.nanoTime() - start) * 1e-9;
    double accuracy = training.classes() == 0 ? Double.NaN : (double) correct / samples;
    return new EpochResult(epoch, lossSum / samples, accuracy, samples, seconds, validate());
  }

  private double step(BatchRunner runner, int[] order, int first, long key, int epoch) {
    long step = state.steps() + 1;
    double loss = runner.forward(order, first, key, step);
    if (!Double.isFinite(loss)) {
      throw new NonFiniteLossException(loss, step, epoch);
    }
    runner.backward(step);
    state.step(network.parameters(), plan.gradients(), rate());
    return loss;
  }

  /** The learning rate of the next step. */
  private float rate() {
    long perEpoch = batches.count();
    double factor = trainer.schedule().factor(state.steps(), perEpoch, perEpoch * trainer.epochs());
    return (float) (trainer.optimizer().learningRate() * factor);
  }

  private @Nullable Evaluation validate() {
    return validation == null
        ? null
        : Trainer.evaluate(network, validation, trainer.loss(), trainer.batch());
  }
}
