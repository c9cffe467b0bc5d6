package lanewise.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.Arrays;
import java.util.List;
import lanewise.layer.BatchNorm;
import lanewise.layer.Conv2d;
import lanewise.layer.Dense;
import lanewise.layer.Flatten;
import lanewise.layer.Initializer;
import lanewise.layer.ReLU;
import lanewise.random.CounterRandom;
import lanewise.shape.Shape;
import org.junit.jupiter.api.Test;

class BatchNormTest {
  private static Network norm(int channels, float momentum) {
    BatchNorm layer =
        new BatchNorm(
            momentum, 1e-3f, new Initializer.Constant(2), new Initializer.Constant(-0.5f));
    return Network.sequence(Shape.of(2, 3, channels), 1, layer);
  }

  private static float[] noise(int size, long key) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (3 + 2 * CounterRandom.normal(key, i));
    }
    return values;
  }

  private static void step(TrainingPlan plan, float[] input) {
    System.arraycopy(input, 0, plan.input(), 0, input.length);
    plan.forward(0);
    Arrays.fill(plan.dOutput(), 1);
    plan.backward(0);
  }

  @Test
  void trainingNormalizesByTheBatch() {
    TrainingPlan plan = norm(3, 0.9f).trainingPlan(50, 1);
    float[] input = noise(50 * 18, 1);
    step(plan, input);
    for (int c = 0; c < 3; c++) {
      double mean = mean(plan.output(), 3, c);
      assertEquals(-0.5, mean, 1e-5);
      // gamma² · v / (v + epsilon)
      double v = variance(input, 3, c);
      assertEquals(4 * v / (v + 1e-3), variance(plan.output(), 3, c), 1e-4);
    }
  }

  private static double mean(float[] x, int channels, int c) {
    double sum = 0;
    for (int i = c; i < x.length; i += channels) {
      sum += x[i];
    }
    return sum * channels / x.length;
  }

  private static double variance(float[] x, int channels, int c) {
    double mean = mean(x, channels, c);
    double sum = 0;
    for (int i = c; i < x.length; i += channels) {
      sum += Math.pow(x[i] - mean, 2);
    }
    return sum * channels / x.length;
  }

  @Test
  void backwardMovesTheRunningStatistics() {
    Network network = norm(17, 0.75f);
    assertEquals(34, network.state().length);
    TrainingPlan plan = network.trainingPlan(4, 1);
    double[] expected = new double[34];
    Arrays.fill(expected, 17, 34, 1);
    for (int batch = 0; batch < 3; batch++) {
      float[] input = noise(4 * 6 * 17, batch);
      System.arraycopy(input, 0, plan.input(), 0, input.length);
      float[] before = network.state().clone();
      plan.forward(0);
      assertArrayEquals(before, network.state(), "forward alone moves nothing");
      plan.backward(0);
      for (int c = 0; c < 17; c++) {
        expected[c] = 0.75 * expected[c] + 0.25 * mean(input, 17, c);
        expected[17 + c] = 0.75 * expected[17 + c] + 0.25 * variance(input, 17, c) * 24 / 23;
      }
    }
    for (int i = 0; i < 34; i++) {
      assertEquals(expected[i], network.state()[i], 1e-5 * (1 + expected[i]));
    }
  }

  @Test
  void oneRowHasNoVariance() {
    Network network = Network.sequence(Shape.of(3), 1, new BatchNorm().momentum(0.5f));
    TrainingPlan plan = network.trainingPlan(1, 1);
    step(plan, new float[] {1, -2, 3});
    assertArrayEquals(new float[3], plan.output());
    assertArrayEquals(new float[] {0.5f, -1, 1.5f, 0.5f, 0.5f, 0.5f}, network.state());
  }

  @Test
  void inferenceReadsTheRunningStatistics() {
    Network network = norm(3, 0.9f);
    float[] state = {1, -2, 3, 4, 0.25f, 0};
    System.arraycopy(state, 0, network.state(), 0, 6);
    float[] input = noise(7 * 18, 1);
    float[] output = network.predict(input, 7);
    for (int i = 0; i < output.length; i++) {
      int c = i % 3;
      double expected = 2 * (input[i] - state[c]) / Math.sqrt(state[3 + c] + 1e-3) - 0.5;
      assertEquals(expected, output[i], 4 * 0x1p-24 * (Math.abs(expected) + 1));
    }
    Network scaled = norm(3, 0.9f);
    assertNotEquals(scaled.weightsSha256(), network.weightsSha256(), "the state is in the digest");
    assertArrayEquals(
        output, network.withParameters(network.parameters()).predict(input, 7), "and in copies");
  }

  @Test
  void theStateIsNoParameter() {
    Network network =
        Network.sequence(
            Shape.of(6, 6, 1),
            1,
            new Conv2d(4, 3).withoutBias(),
            new BatchNorm(),
            new ReLU(),
            new Flatten(),
            new BatchNorm(),
            new Dense(2));
    assertEquals(36 + 8 + 128 + 130, network.parameterCount());
    assertEquals(
        List.of(
            "batchnorm_1.mean", "batchnorm_1.variance", "batchnorm_2.mean", "batchnorm_2.variance"),
        network.stateList().stream().map(Parameter::name).toList());
    assertEquals(2 * 4 + 2 * 64, network.state().length);
    assertEquals(
        List.of("conv2d_1.filter", "batchnorm_1.gamma", "batchnorm_1.beta"),
        network.parameterList().stream().limit(3).map(Parameter::name).toList());
  }
}
