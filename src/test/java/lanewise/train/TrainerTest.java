package lanewise.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import lanewise.Lanewise;
import lanewise.data.Augmentation;
import lanewise.data.Dataset;
import lanewise.data.FloatDataset;
import lanewise.layer.BatchNorm;
import lanewise.layer.Conv2d;
import lanewise.layer.Dense;
import lanewise.layer.Dropout;
import lanewise.layer.Flatten;
import lanewise.layer.MaxPool2d;
import lanewise.layer.ReLU;
import lanewise.layer.Sigmoid;
import lanewise.layer.Softmax;
import lanewise.layer.Tanh;
import lanewise.loss.BinaryCrossEntropy;
import lanewise.loss.MeanSquaredError;
import lanewise.loss.SoftmaxCrossEntropy;
import lanewise.network.Network;
import lanewise.optimizer.Adam;
import lanewise.optimizer.Clipping;
import lanewise.optimizer.Momentum;
import lanewise.optimizer.Sgd;
import lanewise.optimizer.StepDecay;
import lanewise.shape.Padding;
import lanewise.shape.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainerTest {
  private final int threads = Lanewise.threads();

  @AfterEach
  void restoreThreads() {
    Lanewise.threads(threads);
  }

  private static Network cnn() {
    return Network.sequence(
        Shape.of(8, 8, 1),
        7,
        new Conv2d(8, 3).padding(Padding.SAME),
        new ReLU(),
        new MaxPool2d(2),
        new Dropout(0.75f),
        new Conv2d(16, 3).padding(Padding.SAME),
        new ReLU(),
        new Flatten(),
        new Dense(3),
        new Softmax());
  }

  @Test
  void learnsImagesWithACnn() {
    Network network = cnn();
    TrainingResult result =
        new Trainer(new SoftmaxCrossEntropy(), new Adam(0.003f))
            .batch(16)
            .epochs(8)
            .train(network, Toys.stripes(150, 1), Toys.stripes(60, 2));
    assertTrue(result.last().validation().accuracy() > 0.95, result.last().toString());
    assertEquals(8 * 10, result.steps());
  }

  @Test
  void learnsTwoClassesWithOneOutput() {
    Network network =
        Network.sequence(Shape.of(2), 3, new Dense(16), new Tanh(), new Dense(1), new Sigmoid());
    Dataset rings = Toys.rings(200, 5);
    TrainingResult result =
        new Trainer(new BinaryCrossEntropy(), new Adam(0.03f))
            .batch(200)
            .epochs(150)
            .shuffle(false)
            .train(network, rings);
    assertTrue(result.last().accuracy() > 0.97, result.last().toString());
    assertEquals(150, result.steps());
    float[] probability = network.predict(new float[] {0, 0, 2, 0}, 2);
    assertTrue(probability[0] < 0.5f && probability[1] > 0.5f);
  }

  @Test
  void fitsATinySetToTheLastSample() {
    Network network = Network.sequence(Shape.of(64), 3, new Dense(32), new ReLU(), new Dense(10));
    Dataset noise = Toys.noise(40, 64, 10, 9);
    TrainingResult result =
        new Trainer(new SoftmaxCrossEntropy(), new Momentum(0.1f, 0.9f, true))
            .batch(16)
            .epochs(60)
            .train(network, noise);
    assertEquals(1.0, result.last().accuracy());
    assertTrue(result.last().loss() < 0.01, result.last().toString());
  }

  @Test
  void fitsALineExactly() {
    Network network = Network.sequence(Shape.of(3), 3, new Dense(2));
    Dataset line = Toys.linear(64, 11);
    TrainingResult result =
        new Trainer(new MeanSquaredError(), new Sgd(0.3f))
            .batch(64)
            .epochs(300)
            .train(network, line);
    assertTrue(result.last().loss() < 1e-8, result.last().toString());
    Evaluation evaluation = Trainer.evaluate(network, line, new MeanSquaredError(), 10);
    assertTrue(Double.isNaN(evaluation.accuracy()));
  }

  @Test
  void oneSeedGivesOneSetOfWeightsForAnyNumberOfThreads() {
    List<String> digests = new ArrayList<>();
    for (int number : new int[] {1, 2, 3}) {
      Lanewise.threads(number);
      Network network = cnn();
      new Trainer(new SoftmaxCrossEntropy(), new Adam(0.003f))
          .batch(64)
          .epochs(2)
          .train(network, Toys.stripes(150, 1));
      digests.add(network.weightsSha256());
    }
    assertEquals(1, digests.stream().distinct().count(), digests.toString());
  }

  /** Step by step, so that their kernels do meet. */
  @Test
  void twoTrainingsAtOnceGiveEachTheWeightsItHasAlone() throws Exception {
    Lanewise.threads(2);
    List<String> alone =
        List.of(
            weightsSha256(cnn(), 1, new CyclicBarrier(1)),
            weightsSha256(normalized(), 2, new CyclicBarrier(1)));
    ExecutorService callers =
        Executors.newFixedThreadPool(2, Thread.ofPlatform().daemon().factory());
    CyclicBarrier together = new CyclicBarrier(2);
    Future<String> one = callers.submit(() -> weightsSha256(cnn(), 1, together));
    Future<String> two = callers.submit(() -> weightsSha256(normalized(), 2, together));
    assertEquals(alone, List.of(one.get(60, TimeUnit.SECONDS), two.get(60, TimeUnit.SECONDS)));
    callers.shutdownNow();
  }

  private static Network normalized() {
    return Network.sequence(
        Shape.of(8, 8, 1),
        9,
        new Conv2d(12, 5),
        new BatchNorm(),
        new ReLU(),
        new Flatten(),
        new Dense(40),
        new Tanh(),
        new Dense(3));
  }

  /** The digest after 100 steps, before each of which the training waits for the others. */
  private static String weightsSha256(Network network, long seed, CyclicBarrier others) {
    new Trainer(new SoftmaxCrossEntropy(), new Adam(0.003f))
        .seed(seed)
        .batch(16)
        .epochs(20)
        .listener(
            new TrainingListener() {
              @Override
              public void onBatch(int batch, int batches, int samples, double loss, double mean) {
                try {
                  others.await(60, TimeUnit.SECONDS);
                } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
                  throw new AssertionError(e);
                }
              }
            })
        .train(network, Toys.stripes(80, seed));
    return network.weightsSha256();
  }

  /** Features and targets are 0, so a step at rate r leaves (1 − 2r) of the bias. */
  @Test
  void eachStepHasTheRateOfItsSchedule() {
    Dataset data = FloatDataset.ofTargets(Shape.of(2), new float[6], new float[3], 1);
    List<Float> biases = new ArrayList<>();
    Network network = Network.sequence(Shape.of(2), 3, new Dense(1));
    network.parameters()[2] = 1;
    new Trainer(new MeanSquaredError(), new Sgd(0.25f))
        .schedule(new StepDecay(2, 1))
        .batch(2)
        .epochs(2)
        .listener(
            new TrainingListener() {
              @Override
              public void onBatch(int batch, int batches, int samples, double loss, double mean) {
                biases.add(network.parameters()[2]);
              }
            })
        .train(network, data);
    assertEquals(List.of(0.5f, 0.25f, 0f, 0f), biases);
  }

  /** Small whole numbers and powers of two: nothing is rounded, so the bits must agree. */
  @ParameterizedTest
  @CsvSource({
    "4, 2, 8, 12",
    "2, 3, 8, 6",
    "3, 2, 4, 4",
    "1, 4, 4, 5",
    "5, 9, 8, 8",
    "4, 2147483647, 8, 8"
  })
  void aStepOfSeveralBatchesIsOneOfAllTheirSamples(
      int batch, int accumulate, int all, int samples) {
    float[] features = new float[2 * samples];
    float[] targets = new float[2 * samples];
    for (int i = 0; i < features.length; i++) {
      features[i] = i % 5 - 2;
      targets[i] = i * i % 7 - 3;
    }
    Dataset data = FloatDataset.ofTargets(Shape.of(2), features, targets, 2);
    Trainer trainer = new Trainer(new MeanSquaredError(), new Sgd(0.25f)).shuffle(false);
    Network expected = wholeNumbers();
    Network actual = wholeNumbers();
    TrainingResult one = trainer.batch(Math.min(all, samples)).train(expected, data);
    TrainingResult several = trainer.batch(batch).accumulate(accumulate).train(actual, data);
    assertArrayEquals(expected.parameters(), actual.parameters());
    assertFalse(Arrays.equals(wholeNumbers().parameters(), actual.parameters()));
    assertEquals(one.steps(), several.steps());
    assertEquals(one.last().loss(), several.last().loss(), 1e-15 * one.last().loss());
  }

  private static Network wholeNumbers() {
    return Network.sequence(Shape.of(2), 3, new Dense(2))
        .withParameters(new float[] {1, -2, 0, 3, 1, -1});
  }

  /** Even where one step has several batches of the same samples. */
  @Test
  void eachBatchHasItsOwnDropout() {
    Network network = Network.sequence(Shape.of(64), 3, new Dropout(0.5f), new Dense(3));
    float[] values = new float[6 * 64];
    Arrays.fill(values, 1);
    Dataset same = FloatDataset.ofClasses(Shape.of(64), values, new int[6], List.of("a", "b", "c"));
    Set<Double> losses = new HashSet<>();
    new Trainer(new SoftmaxCrossEntropy(), new Sgd(1e-30f))
        .batch(1)
        .accumulate(3)
        .listener(
            new TrainingListener() {
              @Override
              public void onBatch(int batch, int batches, int samples, double loss, double mean) {
                losses.add(loss);
              }
            })
        .train(network, same);
    assertEquals(6, losses.size());
  }

  /** The gradient of the only bias that moves is 2, so clipping leaves a quarter of the step. */
  @Test
  void clipsBeforeAStep() {
    Dataset zeros = FloatDataset.ofTargets(Shape.of(1), new float[3], new float[3], 1);
    for (Clipping clipping : List.of(Clipping.byNorm(0.5f), Clipping.byValue(0.5f))) {
      Network network = Network.sequence(Shape.of(1), 3, new Dense(1));
      network.parameters()[1] = 1;
      new Trainer(new MeanSquaredError(), new Sgd(1))
          .clipping(clipping)
          .batch(2)
          .accumulate(2)
          .train(network, zeros);
      assertEquals(0.5f, network.parameters()[1]);
    }
  }

  @Test
  void augmentationDependsOnTheSeedAloneAndSparesTheValidation() {
    Lanewise.threads(1);
    Network one = augmented(new Augmentation(2, true));
    Lanewise.threads(3);
    assertEquals(one.weightsSha256(), augmented(new Augmentation(2, true)).weightsSha256());
    assertNotEquals(one.weightsSha256(), augmented(Augmentation.NONE).weightsSha256());
  }

  private static Network augmented(Augmentation augmentation) {
    Network network = cnn();
    Dataset data = Toys.stripes(50, 1);
    TrainingResult result =
        new Trainer(new SoftmaxCrossEntropy(), new Adam(0.003f))
            .augmentation(augmentation)
            .batch(16)
            .epochs(2)
            .train(network, data, data);
    assertEquals(
        Trainer.evaluate(network, data, new SoftmaxCrossEntropy(), 16).loss(),
        result.last().validation().loss());
    return network;
  }

  @Test
  void refusesToAugmentWhatIsNoImage() {
    Network network = Network.sequence(Shape.of(2), 1, new Dense(1), new Sigmoid());
    Trainer trainer =
        new Trainer(new BinaryCrossEntropy(), new Sgd(1)).augmentation(new Augmentation(1, false));
    assertMessage(
        "Augmentation: samples must be images [height, width, channels], got [2]",
        () -> trainer.train(network, Toys.rings(4, 1)));
  }

  @Test
  void evaluationDoesNotDependOnTheBatch() {
    Network network = cnn();
    Dataset data = Toys.stripes(50, 4);
    Evaluation one = Trainer.evaluate(network, data, new SoftmaxCrossEntropy(), 1);
    Evaluation seven = Trainer.evaluate(network, data, new SoftmaxCrossEntropy(), 7);
    assertEquals(one.accuracy(), seven.accuracy());
    assertEquals(one.loss(), seven.loss(), 1e-9);
    assertEquals(50, seven.confusion().total());
  }

  @Test
  void tellsListenersHowItGoes() {
    List<String> heard = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onEpochStart(int epoch, int epochs, int batches) {
            heard.add("start " + epoch + "/" + epochs + " " + batches);
          }

          @Override
          public void onBatch(int batch, int batches, int samples, double loss, double meanLoss) {
            heard.add("batch " + batch + "/" + batches + " " + samples);
          }

          @Override
          public void onEpochEnd(EpochResult result) {
            heard.add("end " + result.epoch() + " " + result.samples());
          }
        };
    new Trainer(new SoftmaxCrossEntropy(), new Sgd(0.01f))
        .batch(20)
        .listener(listener)
        .train(cnn(), Toys.stripes(50, 4));
    assertEquals(
        List.of("start 1/1 3", "batch 1/3 20", "batch 2/3 40", "batch 3/3 50", "end 1 50"), heard);
  }

  @Test
  void stopsWhenTheLossIsNoNumber() {
    Network network = Network.sequence(Shape.of(3), 3, new Dense(2));
    Trainer trainer = new Trainer(new MeanSquaredError(), new Sgd(1e6f)).batch(64).epochs(100);
    NonFiniteLossException thrown =
        assertThrows(
            NonFiniteLossException.class, () -> trainer.train(network, Toys.linear(64, 11)));
    assertTrue(thrown.getMessage().contains("at step " + thrown.step() + " (epoch"));
    assertTrue(thrown.step() > 1);
  }

  @Test
  void namesWhatDoesNotFit() {
    Dataset stripes = Toys.stripes(10, 4);
    assertMessage(
        "Trainer: samples must be [3], got [8, 8, 1]",
        () -> train(Network.sequence(Shape.of(3), 3, new Dense(2)), stripes));
    assertMessage(
        "Trainer: the network must have one output for each target, 3, got [2]",
        () -> train(Network.sequence(Shape.of(64), 3, new Dense(2)), stripes));
    assertMessage(
        "Trainer: SoftmaxCrossEntropy needs class labels, got real-valued" + " targets",
        () -> train(Network.sequence(Shape.of(3), 3, new Dense(2)), Toys.linear(5, 1)));
    assertMessage(
        "Trainer: batch must be at least 1, got 0",
        () -> new Trainer(new SoftmaxCrossEntropy(), new Sgd(1)).batch(0));
    assertMessage(
        "Trainer: accumulate must be at least 1, got 0",
        () -> new Trainer(new SoftmaxCrossEntropy(), new Sgd(1)).accumulate(0));
    assertMessage(
        "Trainer: epochs must be at least 1, got -1",
        () -> new Trainer(new SoftmaxCrossEntropy(), new Sgd(1)).epochs(-1));
  }

  private static void train(Network network, Dataset data) {
    new Trainer(new SoftmaxCrossEntropy(), new Sgd(0.1f)).train(network, data);
  }

  private static void assertMessage(String message, org.junit.jupiter.api.function.Executable run) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, run).getMessage());
  }
}
