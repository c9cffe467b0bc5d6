package lanewise.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lanewise.data.Dataset;
import lanewise.data.FloatDataset;
import lanewise.layer.Dense;
import lanewise.loss.MeanSquaredError;
import lanewise.network.Network;
import lanewise.optimizer.Adam;
import lanewise.optimizer.AdamW;
import lanewise.optimizer.Momentum;
import lanewise.optimizer.Optimizer;
import lanewise.optimizer.RmsProp;
import lanewise.optimizer.Sgd;
import lanewise.shape.Shape;
import lanewise.train.EpochProgress;
import lanewise.train.EpochResult;
import lanewise.train.NonFiniteLossException;
import lanewise.train.Trainer;
import lanewise.train.TrainingListener;
import lanewise.train.TrainingResult;
import lanewise.train.TrainingState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CheckpointTest {
  private static final Dataset TRAINING = InterruptedTraining.data(40, 1);
  private static final Dataset VALIDATION = InterruptedTraining.data(20, 2);

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("checkpoint.safetensors");
  }

  static Stream<Optimizer> rules() {
    return Stream.of(
        new Sgd(0.1f),
        new Momentum(0.1f, 0.9f, true),
        new RmsProp(0.01f),
        new Adam(0.01f),
        new AdamW(0.01f, 0.1f));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void resumingGivesWhatNeverStoppingGives(Optimizer rule) throws IOException {
    Network straight = InterruptedTraining.network();
    Trainer trainer = InterruptedTraining.trainer(rule);
    EveryState kept = new EveryState(folder);
    TrainingResult expected = trainer.listener(kept).train(straight, TRAINING, VALIDATION);
    assertEquals(InterruptedTraining.EPOCHS * (4 + 1), kept.batches.size()); // 4 steps of 7 batches
    for (int i = 0; i < kept.batches.size(); i++) {
      Network resumed = InterruptedTraining.network();
      EveryState rest = new EveryState(folder.resolve("none"));
      TrainingState state = Checkpoint.load(folder.resolve(i + ".safetensors"));
      TrainingResult actual = trainer.listener(rest).resume(state, resumed, TRAINING, VALIDATION);
      assertEquals(straight.weightsSha256(), resumed.weightsSha256());
      assertEquals(figures(expected), figures(actual));
      assertEquals(kept.count, kept.batches.get(i) + rest.count, "batches done");
    }
  }

  /** Saves the state whenever there is one, into {@code folder} if there is such, and counts. */
  private static final class EveryState implements TrainingListener {
    private final Path folder;
    private final List<Integer> batches = new ArrayList<>(); // done when each was saved
    private int count;

    EveryState(Path folder) {
      this.folder = folder;
    }

    @Override
    public void onBatch(int batch, int batches, int samples, double loss, double mean) {
      count++;
    }

    @Override
    public void onStep(long step, Supplier<TrainingState> state) {
      save(state);
    }

    @Override
    public void onState(Supplier<TrainingState> state) {
      save(state);
    }

    private void save(Supplier<TrainingState> state) {
      if (Files.exists(folder)) {
        saveUnchecked(folder.resolve(batches.size() + ".safetensors"), state.get());
        batches.add(count);
      }
    }
  }

  private static void saveUnchecked(Path file, TrainingState state) {
    try {
      Checkpoint.save(file, state);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All of a result but the times. */
  private static List<String> figures(TrainingResult result) {
    return Stream.concat(
            Stream.of(result.steps() + " steps, kept " + result.kept().epoch()),
            result.epochs().stream().map(CheckpointTest::figures))
        .toList();
  }

  private static String figures(EpochResult epoch) {
    return "%d %s %s %d %s %s"
        .formatted(
            epoch.epoch(),
            epoch.loss(),
            epoch.accuracy(),
            epoch.samples(),
            epoch.validation().loss(),
            epoch.validation().confusion());
  }

  /** On Unix the end comes as with kill -9. What goes on has other vectors than what began. */
  @ParameterizedTest
  @CsvSource({"epoch, 2", "step, 1", "step, 3"})
  @Timeout(120)
  void aKilledTrainingIsResumed(String every, int epoch) throws Exception {
    Network straight = InterruptedTraining.network();
    Trainer trainer = InterruptedTraining.trainer(new Adam(0.01f));
    trainer.train(straight, TRAINING, VALIDATION);

    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "-XX:MaxVectorSize=16",
                "-cp",
                System.getProperty("java.class.path"),
                InterruptedTraining.class.getName(),
                file().toString(),
                every,
                Integer.toString(epoch))
            .redirectErrorStream(true)
            .start();
    try (BufferedReader said = process.inputReader()) {
      List<String> lines = said.lines().takeWhile(s -> !s.equals("in the middle")).toList();
      assertTrue(process.isAlive(), lines::toString);
    } finally {
      process.destroyForcibly().waitFor();
    }

    TrainingState state = Checkpoint.load(file());
    assertEquals(epoch - 1, state.epochs().size());
    EpochProgress progress = state.progress();
    assertEquals(every.equals("step") ? 2 : 0, progress == null ? 0 : progress.batches());
    Network resumed = InterruptedTraining.network();
    trainer.resume(state, resumed, TRAINING, VALIDATION);
    assertEquals(straight.weightsSha256(), resumed.weightsSha256());
  }

  @Test
  void keepsEveryPartOfTheState() throws IOException {
    InterruptedTraining.trainer(new Adam(0.01f))
        .listener(
            new TrainingListener() {
              @Override
              public void onStep(long step, Supplier<TrainingState> state) {
                keepsEveryPartOf(state.get());
              }

              @Override
              public void onState(Supplier<TrainingState> state) {
                keepsEveryPartOf(state.get());
              }
            })
        .train(InterruptedTraining.network(), TRAINING, VALIDATION);
    assertTrue(Files.exists(file()));
  }

  private void keepsEveryPartOf(TrainingState state) {
    try {
      Checkpoint.save(file(), state);
      assertSame(state, Checkpoint.load(file()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertSame(TrainingState expected, TrainingState actual) {
    assertEquals(expected.settings(), actual.settings());
    assertEquals(
        expected.epochs().stream().map(CheckpointTest::figures).toList(),
        actual.epochs().stream().map(CheckpointTest::figures).toList());
    assertEquals(
        expected.epochs().stream().map(EpochResult::seconds).toList(),
        actual.epochs().stream().map(EpochResult::seconds).toList());
    assertEquals(expected.progress(), actual.progress());
    assertEquals(expected.steps(), actual.steps());
    assertArrayEquals(expected.parameters(), actual.parameters());
    assertArrayEquals(expected.networkState(), actual.networkState());
    assertArrayEquals(expected.best(), actual.best());
    assertEquals(2, actual.moments().size());
    assertArrayEquals(expected.moments().get(0), actual.moments().get(0));
    assertArrayEquals(expected.moments().get(1), actual.moments().get(1));
  }

  @Test
  void aFolderKeepsTheLastAndTheBest() throws IOException {
    // The bias goes 1, −2, 4, −8, 16.
    CheckpointFolder kept = new CheckpointFolder(folder.resolve("new").resolve("folder"), 2);
    line(new Sgd(1.5f)).listener(kept).epochs(4).train(bias(), zeros(), zeros());
    assertEquals(Set.of(kept.best(), kept.epoch(3), kept.epoch(4)), files(kept.best()));
    assertEquals(-2f, Checkpoint.load(kept.best()).parameters()[1]);
    assertEquals(-8f, Checkpoint.load(kept.epoch(3)).parameters()[1]);
    assertEquals(16f, Checkpoint.load(kept.epoch(4)).parameters()[1]);
  }

  @Test
  void aFolderKeepsEveryOtherEpoch() throws IOException {
    // The bias goes 1, 1/2, 1/4 and so on: of epochs 2, 4 and 6 the last is the best.
    CheckpointFolder kept = new CheckpointFolder(folder, 2, 2);
    line(new Sgd(0.25f)).listener(kept).epochs(7).train(bias(), zeros());
    assertEquals(Set.of(kept.best(), kept.epoch(4), kept.epoch(6)), files(kept.best()));
    assertEquals(6, Checkpoint.load(kept.best()).steps());
  }

  @ParameterizedTest
  @CsvSource({"0, 1, last", "1, 0, every"})
  void aFolderRefusesToKeepNone(int last, int every, String what) {
    assertEquals(
        "CheckpointFolder: " + what + " must be at least 1, got 0",
        assertThrows(
                IllegalArgumentException.class, () -> new CheckpointFolder(folder, last, every))
            .getMessage());
  }

  private static Set<Path> files(Path one) throws IOException {
    try (Stream<Path> files = Files.list(one.getParent())) {
      return files.collect(Collectors.toSet());
    }
  }

  private static Trainer line(Optimizer rule) {
    return new Trainer(new MeanSquaredError(), rule);
  }

  private static Network bias() {
    Network network = Network.sequence(Shape.of(1), 3, new Dense(1));
    network.parameters()[1] = 1;
    return network;
  }

  private static Dataset zeros() {
    return FloatDataset.ofTargets(Shape.of(1), new float[1], new float[1], 1);
  }

  @Test
  void theLastGoodCheckpointOutlivesADivergence() throws IOException {
    // The bias is multiplied by −2·10¹⁰ in each epoch: 10³⁹ is infinite.
    Network network = bias();
    NonFiniteLossException loss =
        assertThrows(
            NonFiniteLossException.class,
            () ->
                line(new Sgd(1e10f))
                    .listener(Checkpoint.writer(file()))
                    .epochs(9)
                    .train(network, zeros()));
    assertEquals(loss.step() - 1, Checkpoint.load(file()).steps());
    assertTrue(Float.isFinite(Checkpoint.load(file()).parameters()[1]));

    // The loss is finite, and its step is not.
    network.parameters()[1] = 1e18f;
    NonFiniteLossException parameter =
        assertThrows(
            NonFiniteLossException.class,
            () ->
                line(new Sgd(1e30f))
                    .listener(Checkpoint.writer(folder.resolve("none")))
                    .train(network, zeros()));
    assertEquals(1, parameter.step());
    assertTrue(parameter.getMessage().startsWith("parameter 1 is -Infinity at step 1 (epoch 1)"));
    assertTrue(Files.notExists(folder.resolve("none")));
  }

  @Test
  void theLastGoodCheckpointOutlivesADivergenceInTheMiddle() throws IOException {
    // The first loss is finite, and its step is not; four steps make an epoch.
    Network network = bias();
    network.parameters()[1] = 1e18f;
    Dataset four = FloatDataset.ofTargets(Shape.of(1), new float[4], new float[4], 1);
    Files.writeString(file(), "good");
    Trainer trainer = line(new Sgd(1e30f)).batch(1).listener(Checkpoint.stepWriter(file(), 1));
    NonFiniteLossException fault =
        assertThrows(NonFiniteLossException.class, () -> trainer.train(network, four));
    assertEquals(1, fault.step());
    assertEquals("good", Files.readString(file()));
  }

  @Test
  void moreEpochsMayFollow() throws IOException {
    Network network = bias();
    Trainer trainer = line(new Momentum(0.25f, 0.5f, false)).listener(Checkpoint.writer(file()));
    trainer.epochs(2).train(network, zeros());
    TrainingState two = Checkpoint.load(file());
    TrainingResult nothing = trainer.epochs(1).resume(two, bias(), zeros());
    assertEquals(2, nothing.epochs().size());
    TrainingResult five = trainer.epochs(5).resume(two, network, zeros());
    assertEquals(5, five.epochs().size());
    Network straight = bias();
    trainer.epochs(5).train(straight, zeros());
    assertEquals(straight.weightsSha256(), network.weightsSha256());
  }

  @Test
  void refusesAnotherTraining() throws IOException {
    Trainer trainer = line(new Momentum(0.25f, 0.5f, false)).listener(Checkpoint.writer(file()));
    trainer.train(bias(), zeros());
    TrainingState state = Checkpoint.load(file());
    assertMessage("batch must be 32, got 7", trainer.batch(7), state);
    assertMessage("seed must be 1, got 7", trainer.seed(7), state);
    assertMessage(
        "optimizer must be "
            + trainer.optimizer()
            + ", got Sgd[learningRate=0.25, weightDecay=0.0]",
        line(new Sgd(0.25f)),
        state);
    TrainingState renamed =
        new TrainingState(
            Map.of(),
            state.epochs(),
            null,
            state.steps(),
            state.parameters(),
            state.networkState(),
            state.moments(),
            new float[0]);
    assertMessage("network must be null, got [1] [Dense(1)]", trainer, renamed);
    float[] none = {};
    TrainingState shorter =
        new TrainingState(
            state.settings(), state.epochs(), null, 1, new float[1], none, List.of(), none);
    assertMessage("the state must have 2 parameters, got 1", trainer, shorter);
    TrainingState longer =
        new TrainingState(
            state.settings(), state.epochs(), null, 1, new float[2], new float[3], List.of(), none);
    assertMessage("the state must have 0 running statistics, got 3", trainer, longer);
    TrainingState without =
        new TrainingState(
            state.settings(), state.epochs(), null, 1, new float[2], none, List.of(), none);
    IllegalArgumentException moments =
        assertThrows(
            IllegalArgumentException.class, () -> trainer.resume(without, bias(), zeros()));
    assertEquals("OptimizerState: Momentum must have 1 moments of 2, got 0", moments.getMessage());
  }

  /** Two epochs have five batches in three steps each. */
  @ParameterizedTest
  @CsvSource({"1, 0, 4", "1, 0, 2", "0, 2, 2", "0, 3, 2", "1, 6, 6"})
  void refusesAPositionThatIsNotAfterAStep(int epochs, int batches, long steps) {
    Dataset data = FloatDataset.ofTargets(Shape.of(1), new float[5], new float[5], 1);
    List<TrainingState> good = new ArrayList<>();
    Trainer trainer = line(new Sgd(0.25f)).batch(1).accumulate(2).epochs(2);
    trainer
        .listener(
            new TrainingListener() {
              @Override
              public void onState(Supplier<TrainingState> state) {
                good.add(state.get());
              }
            })
        .train(bias(), data);
    TrainingState state = good.getLast();
    TrainingState moved =
        new TrainingState(
            state.settings(),
            state.epochs().subList(0, epochs),
            batches == 0 ? null : new EpochProgress(batches, 0, 1, 1),
            steps,
            state.parameters(),
            state.networkState(),
            state.moments(),
            state.best());
    assertEquals(
        "Trainer: to resume, the state must be that after a step, got %d steps, %d epochs and %d batches"
            .formatted(steps, epochs, batches),
        assertThrows(IllegalArgumentException.class, () -> trainer.resume(moved, bias(), data))
            .getMessage());
  }

  private static void assertMessage(String rule, Trainer trainer, TrainingState state) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> trainer.resume(state, bias(), zeros()));
    assertEquals("Trainer: to resume, " + rule, e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          {"steps":1}                | expected settings, steps, classes and epochs
          {"settings":{},"steps":1,"classes":[],"epochs":[]} | TrainingState: there must be an epoch and a step in each, got 0 epochs and 1 steps
          {"settings":{},"steps":0,"classes":[],"epochs":[EPOCH]} | TrainingState: there must be an epoch and a step in each, got 1 epochs and 0 steps
          {"settings":{"a":1},"steps":1,"classes":[],"epochs":[EPOCH]} | expected a string, got 1
          {"settings":{},"steps":1,"classes":[],"epochs":[{}]} | an epoch must have samples, got {}
          {"settings":{},"steps":1,"classes":[],"epochs":[{"samples":1}]} | expected a number, got none
          {"settings":{},"steps":1,"classes":[],"epochs":[],"progress":7} | progress must have batches and correct, got 7
          {"settings":{},"steps":1,"classes":[],"epochs":[],"progress":{"batches":1,"correct":0}} | expected a number, got none
          {"settings":{},"steps":1,"classes":[],"epochs":[],"progress":{"batches":0,"correct":0,"lossSum":1,"seconds":1}} | EpochProgress: batches must be at least 1, got 0
          {"settings":{},"steps":1,"classes":["a","b"],"epochs":[VALIDATED]} | confusion must be a tensor of shape [1, 2, 2], got none
          {"settings":{},"steps":1,"classes":[],"epochs":[EPOCH]} | TrainingState: moments must be as many as the parameters, 2, got 3
          """)
  void refusesBrokenFiles(String description, String rule) throws IOException {
    String epoch = "{\"samples\":1,\"loss\":1,\"accuracy\":null,\"seconds\":1";
    String json =
        description
            .replace("EPOCH", epoch + "}")
            .replace("VALIDATED", epoch + ",\"validation\":1}");
    new Safetensors(
            Map.of("lanewise.training", json),
            List.of(
                new Tensor("parameters", Shape.of(2), new float[2], 0),
                new Tensor("moments.0", Shape.of(3), new float[3], 0)))
        .write(file());
    IOException e = assertThrows(IOException.class, () -> Checkpoint.load(file()));
    assertEquals(file() + ": metadata lanewise.training: " + rule, e.getMessage());
  }

  @Test
  void refusesFilesOfOthers() throws IOException {
    NetworkFile.save(file(), bias(), Map.of());
    IOException e = assertThrows(IOException.class, () -> Checkpoint.load(file()));
    assertEquals(
        file() + ": the metadata must describe a training under lanewise.training, got none",
        e.getMessage());
  }

  @Test
  void savesEveryOtherEpoch() throws IOException {
    List<Long> saved = new ArrayList<>();
    line(new Sgd(0.25f))
        .listener(Checkpoint.writer(file(), 2))
        .listener(
            new TrainingListener() {
              @Override
              public void onEpochEnd(EpochResult result) {
                try {
                  saved.add(Files.exists(file()) ? Checkpoint.load(file()).steps() : 0);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }
            })
        .epochs(5)
        .train(bias(), zeros());
    assertEquals(List.of(0L, 2L, 2L, 4L, 4L), saved);
    assertEquals(
        "Checkpoint: every must be at least 1, got 0",
        assertThrows(IllegalArgumentException.class, () -> Checkpoint.writer(file(), 0))
            .getMessage());
    assertEquals(
        "Checkpoint: every must be at least 1, got -1",
        assertThrows(IllegalArgumentException.class, () -> Checkpoint.stepWriter(file(), -1))
            .getMessage());
  }

  @Test
  void saysThatItCannotBeWritten() {
    UncheckedIOException e =
        assertThrows(
            UncheckedIOException.class,
            () ->
                line(new Sgd(0.1f))
                    .listener(Checkpoint.writer(folder.resolve("no").resolve("file")))
                    .train(bias(), zeros()));
    assertNotEquals(null, e.getCause().getMessage());
  }
}
