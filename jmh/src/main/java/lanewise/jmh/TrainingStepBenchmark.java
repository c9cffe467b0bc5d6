package lanewise.jmh;

import lanewise.Lanewise;
import lanewise.loss.BatchLoss;
import lanewise.loss.Loss;
import lanewise.loss.Targets;
import lanewise.network.TrainingPlan;
import lanewise.optimizer.Optimizer;
import lanewise.optimizer.OptimizerState;
import lanewise.optimizer.Sgd;
import org.openjdk.jmh.annotations.Benchmark;

/** Whole training steps: forward, loss, backward, update. */
public class TrainingStepBenchmark extends NetworkOperands {
  private TrainingPlan plan = net.trainingPlan(1, 1);
  private BatchLoss loss = new BatchLoss(recipe.trainer().loss(), 1, 1);
  private Targets targets = Targets.labels(1);
  private OptimizerState optimizer = new Sgd(learningRate).state(1);
  private long step;

  @Override
  void prepare() {
    Lanewise.threads(threads);
    plan = net.trainingPlan(batch, 1);
    loss = new BatchLoss(recipe.trainer().loss(), batch, columns());
    targets = targets(recipe.trainer().loss());
    optimizer = optimizer().state(net.parameterCount());
    System.arraycopy(samples, 0, plan.input(), 0, samples.length);
  }

  private Optimizer optimizer() {
    return recipe.trainer().optimizer().withLearningRate(learningRate);
  }

  private Targets targets(Loss reader) {
    if (reader.readsLabels()) {
      return new Targets(labels, new float[0]);
    }
    float[] values = new float[batch];
    for (int i = 0; i < batch; i++) {
      values[i] = labels[i];
    }
    return new Targets(new int[0], values);
  }

  /** One step; returns its loss. */
  @Benchmark
  public double step() {
    plan.forward(step);
    double mean = loss.compute(plan.output(), targets, plan.dOutput());
    plan.backward(step);
    optimizer.step(net.parameters(), plan.gradients());
    step++;
    return mean;
  }
}
