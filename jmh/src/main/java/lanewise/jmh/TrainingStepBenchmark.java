package lanewise.jmh;

import java.util.concurrent.TimeUnit;
import lanewise.Lanewise;
import lanewise.layer.Conv2d;
import lanewise.layer.Dense;
import lanewise.layer.Dropout;
import lanewise.layer.Flatten;
import lanewise.layer.Layer;
import lanewise.layer.MaxPool2d;
import lanewise.layer.ReLU;
import lanewise.loss.BatchLoss;
import lanewise.loss.SoftmaxCrossEntropy;
import lanewise.loss.Targets;
import lanewise.network.Network;
import lanewise.network.TrainingPlan;
import lanewise.optimizer.Adam;
import lanewise.optimizer.OptimizerState;
import lanewise.shape.Padding;
import lanewise.shape.Shape;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Whole training steps on 28 × 28 images of ten classes: forward, loss, backward, Adam. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class TrainingStepBenchmark {
  private static final int CLASSES = 10;

  static Network network(String name) {
    Shape images = Shape.of(28, 28, 1);
    return switch (name) {
      case "fashion-cnn" ->
          Network.sequence(
              images,
              1,
              new Conv2d(32, 3).padding(Padding.SAME),
              new ReLU(),
              new Conv2d(32, 3).padding(Padding.SAME),
              new ReLU(),
              new MaxPool2d(2),
              new Dropout(0.75f),
              new Conv2d(64, 3).padding(Padding.SAME),
              new ReLU(),
              new Conv2d(64, 3).padding(Padding.SAME),
              new ReLU(),
              new MaxPool2d(2),
              new Dropout(0.75f),
              new Flatten(),
              new Dense(256),
              new ReLU(),
              new Dense(32),
              new ReLU(),
              new Dense(CLASSES));
      case "lenet5" ->
          Network.sequence(
              images,
              1,
              new Conv2d(6, 5).padding(Padding.of(2)),
              new ReLU(),
              new MaxPool2d(2),
              new Conv2d(16, 5),
              new ReLU(),
              new MaxPool2d(2),
              new Flatten(),
              new Dense(120),
              new ReLU(),
              new Dense(84),
              new ReLU(),
              new Dense(CLASSES));
      case "mlp" ->
          Network.sequence(
              images,
              1,
              new Flatten(),
              new Dense(512),
              new ReLU(),
              new Dense(256),
              new ReLU(),
              new Dense(CLASSES));
      default ->
          throw new IllegalArgumentException(
              "network must be fashion-cnn, lenet5 or mlp, got " + name);
    };
  }

  /**
   * Two operations for each multiply-add of the forward pass and of both gradients. The first
   * weighted layer's input has none.
   */
  static long flops(Network network, int batch) {
    long first = 0;
    long total = 0;
    Shape shape = network.inputShape();
    for (Layer layer : network.layers()) {
      long multiplyAdds = layer.multiplyAdds(shape);
      first = first == 0 ? multiplyAdds : first;
      total += multiplyAdds;
      shape = layer.outputShape(shape);
    }
    return 2 * batch * (3 * total - first);
  }

  /** Name of the network. */
  @Param({"fashion-cnn", "lenet5", "mlp"})
  public String network = "";

  /** Images in one step. */
  @Param("256")
  public int batch;

  /** Threads that the step may use. */
  @Param("1")
  public int threads;

  private Network trained = network("lenet5");
  private TrainingPlan plan = trained.trainingPlan(1, 1);
  private BatchLoss loss = new BatchLoss(new SoftmaxCrossEntropy(), 1, CLASSES);
  private Targets targets = Targets.labels(1);
  private OptimizerState adam = new Adam(0.001f).state(1);
  private long step;

  /** Plans the network for random images. */
  @Setup
  public void setUp() {
    Lanewise.threads(threads);
    trained = network(network);
    plan = trained.trainingPlan(batch, 1);
    loss = new BatchLoss(new SoftmaxCrossEntropy(), batch, CLASSES);
    targets = Targets.labels(batch);
    adam = new Adam(0.001f).state(trained.parameterCount());
    float[] images = Inputs.random(plan.input().length);
    System.arraycopy(images, 0, plan.input(), 0, images.length);
    for (int i = 0; i < batch; i++) {
      targets.labels()[i] = i % CLASSES;
    }
  }

  /** One step; returns its loss. */
  @Benchmark
  public double step() {
    plan.forward(step);
    double mean = loss.compute(plan.output(), targets, plan.dOutput());
    plan.backward(step);
    adam.step(trained.parameters(), plan.gradients());
    step++;
    return mean;
  }
}
