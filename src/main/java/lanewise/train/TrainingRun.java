package lanewise.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import lanewise.data.Batches;
import lanewise.data.Dataset;
import lanewise.kernel.Reductions;
import lanewise.network.Network;
import lanewise.network.TrainingPlan;
import lanewise.optimizer.Clipper;
import lanewise.optimizer.OptimizerState;
import lanewise.random.CounterRandom;
import org.jspecify.annotations.Nullable;

/** One training, from its first epoch to its last. */
final class TrainingRun {
  private static final int ORDER_STREAM = 1;
  private static final int DROPOUT_STREAM = 2;

  private final Trainer trainer;
  private final Network network;
  private final Dataset training;
  private final @Nullable Dataset validation;
  private final Batches batches;
  private final TrainingPlan plan;
  private final BatchRunner whole;
  private final BatchRunner last; // of an epoch
  private final GradientSum gradients;
  private final Clipper clipper;
  private final OptimizerState state;
  private final List<EpochResult> epochs = new ArrayList<>();
  private final Supplier<TrainingState> stateAfterStep = this::stateAfterStep;
  private @Nullable EpochProgress resumed; // the epoch to go on with
  private @Nullable EpochSums sums; // of the epoch under way
  private float[] best = {}; // parameters, then the network's state; empty if the last are kept

  TrainingRun(Trainer trainer, Network network, Dataset training, @Nullable Dataset validation) {
    Objective.check(network, trainer.loss(), training);
    this.trainer = trainer;
    this.network = network;
    this.training = training;
    this.validation = validation;
    int batch = Math.min(trainer.batch(), training.size());
    batches =
        new Batches(
            training,
            batch,
            CounterRandom.key(trainer.seed(), ORDER_STREAM),
            trainer.shuffle(),
            trainer.augmentation());
    plan =
        Objective.logits(network, trainer.loss())
            .trainingPlan(batch, CounterRandom.key(trainer.seed(), DROPOUT_STREAM));
    whole = new BatchRunner(plan, trainer.loss());
    int rest = batches.size(batches.count() - 1);
    last = rest == batch ? whole : new BatchRunner(plan.withBatch(rest), trainer.loss());
    gradients = new GradientSum(plan.gradients(), trainer.accumulate());
    clipper = new Clipper(trainer.clipping(), network.parameterCount());
    state = trainer.optimizer().state(network.parameterCount());
  }

  /** Room for a batch. */
  private Samples samples() {
    int columns = plan.output().length / plan.batch();
    return new Samples(training, trainer.loss(), plan.batch(), columns);
  }

  TrainingResult resume(TrainingState from) {
    checkSettings(from.settings());
    checkLength("parameters", network.parameters(), from.parameters());
    checkLength("running statistics", network.state(), from.networkState());
    checkPosition(from);
    state.restore(from.steps(), from.moments());
    System.arraycopy(from.parameters(), 0, network.parameters(), 0, network.parameterCount());
    System.arraycopy(from.networkState(), 0, network.state(), 0, network.state().length);
    best = from.best().clone();
    epochs.addAll(from.epochs());
    resumed = from.progress();
    return run();
  }

  private void checkPosition(TrainingState from) {
    EpochProgress progress = from.progress();
    int done = progress == null ? 0 : progress.batches();
    boolean endsStep = done == 0 || (done <= batches.count() && endsStep(done - 1));
    long steps = from.epochs().size() * stepsPerEpoch() + Math.ceilDiv(done, trainer.accumulate());
    if (!endsStep || from.steps() != steps) {
      throw new IllegalArgumentException(
          "Trainer: to resume, the state must be that after a step, got %d steps, %d epochs and %d batches"
              .formatted(from.steps(), from.epochs().size(), done));
    }
  }

  private static void checkLength(String what, float[] expected, float[] actual) {
    if (actual.length != expected.length) {
      throw new IllegalArgumentException(
          "Trainer: to resume, the state must have "
              + expected.length
              + " "
              + what
              + ", got "
              + actual.length);
    }
  }

  TrainingResult run() {
    EarlyStopping stopping = trainer.earlyStopping();
    int done = resumed == null ? 0 : resumed.batches();
    int last = Math.max(epochs.size() + (resumed == null ? 0 : 1), trainer.epochs());
    try (BatchesAhead ahead = new BatchesAhead(batches, epochs.size(), done, last, this::samples)) {
      while (epochs.size() < last && (stopping == null || !stopping.isOver(epochs))) {
        epochs.add(epoch(epochs.size() + 1, ahead));
        if (stopping != null && stopping.best(epochs) == epochs.size() - 1) {
          keepAsBest();
        }
        tellEpochEnd();
      }
    }
    if (stopping == null) {
      return new TrainingResult(epochs, state.steps(), epochs.getLast());
    }
    System.arraycopy(best, 0, network.parameters(), 0, network.parameterCount());
    System.arraycopy(best, network.parameterCount(), network.state(), 0, network.state().length);
    return new TrainingResult(epochs, state.steps(), epochs.get(stopping.best(epochs)));
  }

  private void keepAsBest() {
    float[] state = network.state();
    best = Arrays.copyOf(network.parameters(), network.parameterCount() + state.length);
    System.arraycopy(state, 0, best, network.parameterCount(), state.length);
  }

  private void tellEpochEnd() {
    for (TrainingListener listener : trainer.listeners()) {
      listener.onEpochEnd(epochs.getLast());
      listener.onState(this::state);
    }
  }

  private TrainingState stateAfterStep() {
    checkFinite();
    return state();
  }

  private TrainingState state() {
    return new TrainingState(
        settings(),
        epochs,
        sums == null ? null : sums.progress(),
        state.steps(),
        network.parameters(),
        network.state(),
        state.moments(),
        best);
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("network", network.inputShape() + " " + network.layers());
    settings.put("training data", describe(training));
    settings.put("validation data", validation == null ? "none" : describe(validation));
    settings.putAll(trainer.settings());
    return settings;
  }

  private static String describe(Dataset dataset) {
    return dataset.size() + " samples of " + dataset.sampleShape() + ", " + dataset.classNames();
  }

  private void checkSettings(Map<String, String> expected) {
    settings()
        .forEach(
            (name, value) -> {
              if (!value.equals(expected.get(name))) {
                throw new IllegalArgumentException(
                    "Trainer: to resume, %s must be %s, got %s"
                        .formatted(name, expected.get(name), value));
              }
            });
  }

  private EpochResult epoch(int epoch, BatchesAhead ahead) {
    int count = batches.count();
    trainer.listeners().forEach(listener -> listener.onEpochStart(epoch, trainer.epochs(), count));
    EpochSums sums = new EpochSums(resumed);
    resumed = null;
    this.sums = sums;
    while (sums.batches() < count) {
      int i = sums.batches();
      BatchRunner runner = i == count - 1 ? last : whole;
      Samples taken = ahead.take();
      double loss = batch(runner, i, taken, epoch);
      sums.add(runner.batch(), loss, runner.correct(taken));
      tellBatch(i, loss, sums);
    }
    checkFinite();
    this.sums = null;
    double accuracy =
        training.classes() == 0 ? Double.NaN : (double) sums.correct() / training.size();
    double loss = sums.lossSum() / training.size();
    return new EpochResult(epoch, loss, accuracy, training.size(), sums.seconds(), validate());
  }

  private void tellBatch(int i, double loss, EpochSums sums) {
    int samples = i * whole.batch() + batches.size(i);
    List<TrainingListener> listeners = trainer.listeners();
    for (int l = 0; l < listeners.size(); l++) { // an iterator would be allocated
      TrainingListener listener = listeners.get(l);
      listener.onBatch(i + 1, batches.count(), samples, loss, sums.lossSum() / samples);
      if (endsStep(i)) {
        listener.onStep(state.steps(), stateAfterStep);
      }
    }
  }

  private void checkFinite() {
    checkFinite("parameter ", network.parameters());
    checkFinite("state ", network.state());
  }

  private void checkFinite(String what, float[] values) {
    int fault = Reductions.firstNonFinite(values.length, values, 0);
    if (fault >= 0) {
      throw new NonFiniteLossException(
          what + fault, values[fault], state.steps(), epochs.size() + 1);
    }
  }

  /** Runs batch {@code i} of the epoch and, if it is the last of a step, takes the step. */
  private double batch(BatchRunner runner, int i, Samples taken, int epoch) {
    long number = (epoch - 1L) * batches.count() + i + 1;
    int inStep = i % trainer.accumulate();
    double loss = runner.forward(taken, number, stepSamples(i - inStep));
    if (!Double.isFinite(loss)) {
      throw new NonFiniteLossException("the loss", loss, state.steps() + 1, epoch);
    }
    runner.backward(number);
    float[] sum = gradients.take(inStep == 0);
    if (endsStep(i)) {
      clipper.clip(sum);
      state.step(network.parameters(), sum, rate());
    }
    return loss;
  }

  /** Whether a step is taken after batch {@code i} of an epoch. */
  private boolean endsStep(int i) {
    return (i + 1) % trainer.accumulate() == 0 || i == batches.count() - 1;
  }

  /** The number of samples in the step that begins with batch {@code first} of an epoch. */
  private int stepSamples(int first) {
    int count = Math.min(trainer.accumulate(), batches.count() - first);
    return (count - 1) * whole.batch() + batches.size(first + count - 1);
  }

  private long stepsPerEpoch() {
    return Math.ceilDiv(batches.count(), trainer.accumulate());
  }

  /** The learning rate of the next step. */
  private float rate() {
    long perEpoch = stepsPerEpoch();
    double factor = trainer.schedule().factor(state.steps(), perEpoch, perEpoch * trainer.epochs());
    return (float) (trainer.optimizer().learningRate() * factor);
  }

  private @Nullable Evaluation validate() {
    return validation == null
        ? null
        : Trainer.evaluate(network, validation, trainer.loss(), trainer.batch());
  }
}
