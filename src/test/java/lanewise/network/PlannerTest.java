package lanewise.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import lanewise.layer.BatchNorm;
import lanewise.layer.Conv2d;
import lanewise.layer.Dense;
import lanewise.layer.Dropout;
import lanewise.layer.Flatten;
import lanewise.layer.Layer;
import lanewise.layer.LeakyReLU;
import lanewise.layer.MaxPool2d;
import lanewise.layer.ReLU;
import lanewise.layer.ReLU6;
import lanewise.layer.Sigmoid;
import lanewise.layer.Tanh;
import lanewise.shape.Padding;
import lanewise.shape.Shape;
import org.junit.jupiter.api.Test;

class PlannerTest {
  private static Network network(Layer... layers) {
    return Network.sequence(Shape.of(8, 8, 2), 1, layers);
  }

  private static List<String> names(List<Op> ops) {
    return ops.stream().map(op -> op.getClass().getSimpleName()).toList();
  }

  private static Plan training(Network network) {
    return Planner.training(network, 4, 1, new float[network.parameterCount()]);
  }

  @Test
  void fusesActivationsAndDropsWhatCostsNothing() {
    Network network =
        network(
            new Conv2d(4, 3),
            new ReLU(),
            new MaxPool2d(2),
            new Dropout(0.5f),
            new Flatten(),
            new Dense(5),
            new LeakyReLU(0.1f),
            new Tanh(),
            new Dense(5),
            new ReLU6());
    assertEquals(
        List.of("PooledConv2dOp", "DenseOp", "ActivationOp", "DenseOp"),
        names(Planner.inference(network, 4).forward()));
    Plan plan = training(network);
    assertEquals(
        List.of("PooledConv2dOp", "DropoutOp", "DenseOp", "ActivationOp", "DenseOp"),
        names(plan.forward()));
    assertEquals(names(plan.forward()).reversed(), names(plan.backward()));
  }

  @Test
  void differentiatesOnlyWhatLeadsToParameters() {
    Plan plan = training(network(new Dropout(0.5f), new Flatten(), new Dense(5), new Sigmoid()));
    assertEquals(List.of("DropoutOp", "DenseOp", "ActivationOp"), names(plan.forward()));
    assertEquals(List.of("ActivationOp", "DenseOp"), names(plan.backward()));
  }

  @Test
  void givesInputAndOutputArraysOfTheirOwn() {
    Plan training = training(network(new Flatten(), new Dense(5)));
    assertEquals(4 * 128, training.input().array.length);
    assertEquals(4 * 5, training.output().array.length);
    Plan plan = Planner.inference(network(new ReLU(), new Flatten()), 4);
    assertFalse(plan.input().isPlaced());
    assertEquals(4 * 128, plan.output().array.length);
    Plan identity = Planner.inference(network(new Flatten()), 4);
    assertSame(identity.input(), identity.output());
  }

  @Test
  void sharesMemory() {
    Layer[] layers = new Layer[20];
    for (int i = 0; i < 20; i += 2) {
      layers[i] = new Dense(64);
      layers[i + 1] = new Sigmoid();
    }
    Network deep = Network.sequence(Shape.of(64), 1, layers);
    Plan plan = Planner.inference(deep, 10);
    assertEquals(20, plan.forward().size());
    assertEquals(2 * 640, plan.arenaSize(), "two buffers at any time");
    // Nine activations and a gradient: the other gradients take the room of activations done with.
    assertEquals(10 * 640, deep.trainingPlan(10, 1).arenaSize());
  }

  @Test
  void fusesBatchNormalization() {
    Network network =
        network(new Conv2d(4, 3).withoutBias(), new BatchNorm(), new ReLU(), new Conv2d(2, 3));
    Plan inference = Planner.inference(network, 4);
    assertEquals(List.of("NormalizedConv2dOp", "Conv2dOp"), names(inference.forward()));
    // The convolution's output and its scaled filter, 72 floats, in whole cache lines.
    assertEquals(4 * 36 * 4 + 72, inference.arenaSize());
    Plan plan = training(network);
    assertEquals(List.of("Conv2dOp", "BatchNormOp", "Conv2dOp"), names(plan.forward()));
    // The convolution's output and the ReLU's; one gradient, over which all work.
    assertEquals(3 * 4 * 36 * 4, plan.arenaSize());
  }

  @Test
  void normalizesInPlaceInInference() {
    Network network =
        network(new Conv2d(4, 3), new Tanh(), new BatchNorm(), new ReLU6(), new Conv2d(2, 3));
    Plan inference = Planner.inference(network, 4);
    assertEquals(
        List.of("Conv2dOp", "ActivationOp", "RunningNormOp", "Conv2dOp"),
        names(inference.forward()));
    assertEquals(4 * 36 * 4, inference.arenaSize());
  }

  @Test
  void fusesASumToTheBatchNormalizationBeforeIt() {
    Conv2d conv = new Conv2d(2, 3).padding(Padding.SAME).withoutBias();
    Network network =
        Network.graph(
            Shape.of(8, 8, 2),
            1,
            input -> {
              Value x = input.then(conv, new BatchNorm(), new ReLU());
              Value y = x.then(conv, new BatchNorm());
              return y.plus(x.then(new Sigmoid())).then(new ReLU(), conv);
            });
    assertEquals(
        List.of("NormalizedConv2dOp", "NormalizedConv2dOp", "ActivationOp", "AddOp", "Conv2dOp"),
        names(Planner.inference(network, 4).forward()));
    Plan plan = training(network);
    List<String> forward =
        List.of("Conv2dOp", "BatchNormOp", "Conv2dOp", "ActivationOp", "BatchNormOp", "Conv2dOp");
    assertEquals(forward, names(plan.forward()));
    assertEquals(
        List.of(
            "Conv2dOp",
            "BatchNormOp",
            "ActivationOp",
            "Conv2dOp",
            "ForkOp",
            "BatchNormOp",
            "Conv2dOp"),
        names(plan.backward()));
  }

  @Test
  void fusesNothingThatIsReadElsewhere() {
    Network network =
        Network.graph(
            Shape.of(8, 8, 2),
            1,
            input -> {
              Value x = input.then(new Conv2d(2, 1));
              Value y = x.plus(x.then(new BatchNorm(), new LeakyReLU(0.1f)));
              Value z = y.plus(y.then(new ReLU())).then(new BatchNorm());
              return z.plus(z.then(new ReLU()));
            });
    List<String> names =
        List.of(
            "Conv2dOp",
            "BatchNormOp",
            "ActivationOp",
            "AddOp",
            "ActivationOp",
            "AddOp",
            "BatchNormOp",
            "ActivationOp",
            "AddOp");
    assertEquals(names, names(training(network).forward()));
    assertEquals(
        names.stream().map(name -> name.replace("BatchNormOp", "RunningNormOp")).toList(),
        names(Planner.inference(network, 4).forward()));
  }

  @Test
  void addsInPlaceAndSumsGradientsOfAFork() {
    Network network =
        Network.graph(
            Shape.of(64),
            1,
            input -> {
              Value x = input.then(new Dense(64));
              return x.then(new Dense(64), new ReLU()).plus(x).then(new Sigmoid(), new Dense(2));
            });
    Plan inference = Planner.inference(network, 10);
    assertEquals(
        List.of("DenseOp", "DenseOp", "AddOp", "ActivationOp", "DenseOp"),
        names(inference.forward()));
    assertEquals(2 * 640, inference.arenaSize());
    Plan plan = training(network);
    assertEquals(
        List.of("DenseOp", "ActivationOp", "AddOp", "DenseOp", "ForkOp", "DenseOp"),
        names(plan.backward()));
    // Forward x, the ReLU's and the sigmoid's output; backward the shares of x beside them.
    assertEquals(5 * 640, network.trainingPlan(10, 1).arenaSize());
  }

  @Test
  void namesBadBatches() {
    Network network = network(new Flatten(), new Dense(2));
    assertMessage("Plan: batch must be at least 1, got 0", () -> network.trainingPlan(0, 1));
    assertMessage("Predictor: batch must be at least 1, got -3", () -> network.predictor(-3));
    assertMessage(
        "Plan: a batch of 100000000 samples [8, 8, 2] has more elements than an array can hold;"
            + " choose a smaller batch",
        () -> network.trainingPlan(100_000_000, 1));
    assertMessage(
        "Plan: the network must have parameters to train, got none",
        () -> network(new Flatten()).trainingPlan(1, 1));
  }

  private static void assertMessage(String message, org.junit.jupiter.api.function.Executable run) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, run).getMessage());
  }
}
