package lanewise.network;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import lanewise.layer.AveragePool2d;
import lanewise.layer.Conv2d;
import lanewise.layer.Dense;
import lanewise.layer.Dropout;
import lanewise.layer.Flatten;
import lanewise.layer.LeakyReLU;
import lanewise.layer.MaxPool2d;
import lanewise.layer.ReLU;
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
import org.junit.jupiter.api.Test;

/** Until they are compiled, vector kernels allocate; afterwards nothing may, on any thread. */
class AllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int QUIET_RUNS = 50;
  private static final long DEADLINE_SECONDS = 60;

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

  @Test
  void aTrainingStepAllocatesNothing() {
    Network network = network();
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

  @Test
  void aPredictionAllocatesNothing() {
    Predictor predictor = network().predictor(64);
    float[] input = new float[100 * 144];
    float[] output = new float[100 * 4];
    assertBecomesQuiet(() -> predictor.predict(input, 0, 100, output, 0));
  }

  private static void assertBecomesQuiet(Runnable work) {
    long deadline = System.nanoTime() + DEADLINE_SECONDS * 1_000_000_000;
    int quiet = 0;
    long allocated = 0;
    while (quiet < QUIET_RUNS && System.nanoTime() < deadline) {
      long[] workers = workers();
      long before = allocatedBy(workers);
      work.run();
      allocated = allocatedBy(workers) - before;
      quiet = allocated == 0 ? quiet + 1 : 0;
    }
    assertTrue(quiet == QUIET_RUNS, "a run still allocates " + allocated + " bytes");
  }

  private static long[] workers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("lanewise-"))
        .mapToLong(Thread::threadId)
        .toArray();
  }

  private static long allocatedBy(long[] workers) {
    long sum = THREADS.getCurrentThreadAllocatedBytes();
    for (long worker : workers) {
      sum += THREADS.getThreadAllocatedBytes(worker);
    }
    return sum;
  }
}
