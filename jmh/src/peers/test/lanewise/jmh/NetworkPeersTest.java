package lanewise.jmh;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.FloatBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every library predicts and learns the same. */
class NetworkPeersTest {
  @ParameterizedTest
  @ValueSource(strings = {"mnist-cnn", "mnist-lenet5", "mnist-mlp", "cifar10-resnet20"})
  void theyPredictTheSame(String network) throws Exception {
    float[] expected = setUp(new PredictionBenchmark(), network).predict();
    assertArrayEquals(expected, setUp(new PyTorchPredictionBenchmark(), network).predict(), 1e-4f);
    FloatBuffer logits =
        (FloatBuffer) setUp(new OnnxRuntimePredictionBenchmark(), network).predict();
    float[] actual = new float[expected.length];
    logits.get(0, actual);
    assertArrayEquals(expected, actual, 1e-4f);
  }

  /** The CNN is left out: which elements a dropout keeps is each library's own choice. */
  @ParameterizedTest
  @ValueSource(strings = {"mnist-lenet5", "mnist-mlp", "cifar10-resnet20"})
  void theyLearnTheSame(String network) throws Exception {
    TrainingStepBenchmark ours = setUp(new TrainingStepBenchmark(), network);
    PyTorchTrainingStepBenchmark theirs = setUp(new PyTorchTrainingStepBenchmark(), network);
    PyTorchTrainingStepBenchmark channelsLast =
        setUp(new PyTorchChannelsLastTrainingStepBenchmark(), network);
    for (int step = 0; step < 5; step++) {
      double loss = ours.step();
      assertEquals(loss, theirs.step(), 1e-3, "loss of step " + step);
      assertEquals(loss, channelsLast.step(), 1e-3, "loss of step " + step);
    }
  }

  private static <T extends NetworkOperands> T setUp(T operands, String network) throws Exception {
    operands.network = network;
    operands.batch = 8;
    operands.threads = 1;
    operands.setUp();
    return operands;
  }
}
