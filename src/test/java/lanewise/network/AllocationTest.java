package lanewise.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import lanewise.Allocations;
import lanewise.layer.AveragePool2d;
import lanewise.layer.BatchNorm;
import lanewise.layer.Conv2d;
import lanewise.layer.Dense;
import lanewise.layer.DepthwiseConv2d;
import lanewise.layer.Dropout;
import lanewise.layer.ELU;
import lanewise.layer.Flatten;
import lanewise.layer.GELU;
import lanewise.layer.GlobalAveragePool;
import lanewise.layer.Hardswish;
import lanewise.layer.LeakyReLU;
import lanewise.layer.MaxPool2d;
import lanewise.layer.PadChannels;
import lanewise.layer.ReLU;
import lanewise.layer.ReLU6;
import lanewise.layer.SiLU;
import lanewise.layer.Sigmoid;
import lanewise.layer.Softmax;
import lanewise.layer.Tanh;
import lanewise.loss.BatchLoss;
import lanewise.loss.SoftmaxCrossEntropy;
import lanewise.loss.Targets;
import lanewise.optimizer.Adam;
import lanewise.optimizer.OptimizerState;
import lanewise.shape.Padding;
import lanewise.shape.Shape;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Until they are compiled, vector kernels allocate; afterwards nothing may, on any thread. */
@Tag("alone")
class AllocationTest {
  private static Network network() {
    return Network.sequence(
        Shape.of(12, 12, 1),
        1,
        new Conv2d(8, 3).padding(Padding.SAME),
        new ReLU(),
        new MaxPool2d(2),
        new Dropout(0.75f),
        new Conv2d(8, 3),
        new LeakyReLU(0.1f),
        new AveragePool2d(2),
        new Sigmoid(),
        new Flatten(),
        new Dense(16),
        new Tanh(),
        new Dense(4),
        new Softmax());
  }

  private static Network residual() {
    Conv2d conv = new Conv2d(8, 3).padding(Padding.SAME).withoutBias();
    return Network.graph(
        Shape.of(12, 12, 1),
        1,
        image -> {
          Value x = image.then(conv, new BatchNorm(), new ReLU());
          Value y = x.then(conv, new BatchNorm()).plus(x).then(new ReLU());
          Value half = y.then(new AveragePool2d(1, 2, Padding.VALID), new PadChannels(4, 4));
          Value z = y.concat(x).then(new DepthwiseConv2d(3).stride(2).padding(Padding.of(1)));
          return z.plus(half).then(new GlobalAveragePool(), new Dense(4), new Softmax());
        });
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aTrainingStepAllocatesNothing(boolean residual) {
    Network network = residual ? residual() : network();
    TrainingPlan plan = network.trainingPlan(64, 1);
    BatchLoss loss = new BatchLoss(new SoftmaxCrossEntropy(), 64, 4);
    Targets targets = Targets.labels(64);
    OptimizerState state = new Adam(0.001f).state(network.parameterCount());
    assertBecomesQuiet(
        () -> {
          plan.forward(state.steps());
          loss.compute(plan.output(), targets, plan.dOutput());
          plan.backward(state.steps());
          state.step(network.parameters(), plan.gradients());
        });
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPredictionAllocatesNothing(boolean residual) {
    Predictor predictor = (residual ? residual() : network()).predictor(64);
    float[] input = new float[100 * 144];
    float[] output = new float[100 * 4];
    assertBecomesQuiet(() -> predictor.predict(input, 0, 100, output, 0));
  }

  @Test
  void runningAPlanAllocatesNothing() {
    Network network =
        Network.sequence(
            Shape.of(12, 12, 8),
            1,
            new Scale(),
            new ReLU(),
            new MaxPool2d(2),
            new Dropout(0.75f),
            new LeakyReLU(0.1f),
            new GELU(),
            new SiLU(),
            new ELU(1),
            new Hardswish(),
            new ReLU6(),
            new AveragePool2d(2),
            new Sigmoid(),
            new Flatten(),
            new Tanh(),
            new Softmax());
    TrainingPlan plan = network.trainingPlan(64, 1);
    OptimizerState state = new Adam(0.001f).state(network.parameterCount());
    assertBecomesQuiet(
        () -> {
          plan.forward(state.steps());
          plan.backward(state.steps());
          state.step(network.parameters(), plan.gradients());
        });
  }

  private static void assertBecomesQuiet(Runnable work) {
    assertEquals(0, Allocations.steady(work), "bytes on the calling thread");
    List<Thread> workers =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("lanewise-"))
            .toList();
    long before = workers.stream().mapToLong(Allocations::of).sum();
    for (int i = 0; i < 100; i++) {
      work.run();
    }
    assertEquals(before, workers.stream().mapToLong(Allocations::of).sum(), "bytes on workers");
  }
}
