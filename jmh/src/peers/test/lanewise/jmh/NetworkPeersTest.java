package lanewise.jmh;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.FloatBuffer;
import java.util.stream.Stream;
import lanewise.layer.Dropout;
import lanewise.optimizer.Sgd;
import lanewise.recipe.Recipes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every library predicts and learns the same. */
class NetworkPeersTest {
  private static Stream<String> recipes() {
    return Recipes.names().stream();
  }

  /** Which elements a dropout keeps is each library's own choice. */
  private static Stream<String> recipesWithoutDropout() {
    return recipes()
        .filter(
            name ->
                Networks.logits(Networks.recipe(name)).layers().stream()
                    .noneMatch(Dropout.class::isInstance));
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void theyPredictTheSame(String network) throws Exception {
    float[] expected = setUp(new PredictionBenchmark(), network).predict();
    assertArrayEquals(expected, setUp(new PyTorchPredictionBenchmark(), network).predict(), 1e-4f);
    FloatBuffer logits =
        (FloatBuffer) setUp(new OnnxRuntimePredictionBenchmark(), network).predict();
    float[] actual = new float[expected.length];
    logits.get(0, actual);
    assertArrayEquals(expected, actual, 1e-4f);
  }

  /**
   * Each step changes the loss by as much, to one percent and the roundings of a float; another
   * rule of update would by more.
   */
  @ParameterizedTest
  @MethodSource("recipesWithoutDropout")
  void theyLearnTheSame(String network) throws Exception {
    TrainingStepBenchmark ours = setUp(new TrainingStepBenchmark(), network);
    PyTorchTrainingStepBenchmark theirs = setUp(new PyTorchTrainingStepBenchmark(), network);
    PyTorchTrainingStepBenchmark channelsLast =
        setUp(new PyTorchChannelsLastTrainingStepBenchmark(), network);
    double first = ours.step();
    assertEquals(first, theirs.step(), 1e-5);
    assertEquals(first, channelsLast.step(), 1e-5);
    for (int step = 1; step < 5; step++) {
      double loss = ours.step();
      double tolerance = 0.01 * Math.abs(loss - first) + 2 * Math.ulp((float) loss);
      assertEquals(loss, theirs.step(), tolerance, "loss of step " + step);
      assertEquals(loss, channelsLast.step(), tolerance, "loss of step " + step);
    }
  }

  private static <T extends NetworkOperands> T setUp(T operands, String network) throws Exception {
    operands.network = network;
    operands.batch = 8;
    operands.threads = 1;
    if (Networks.recipe(network).trainer().optimizer() instanceof Sgd) {
      operands.learningRate = 1;
    }
    operands.setUp();
    return operands;
  }
}
