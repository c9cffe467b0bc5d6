package lanewise.jmh;

import lanewise.Lanewise;
import lanewise.loss.BatchLoss;
import lanewise.loss.SoftmaxCrossEntropy;
import lanewise.loss.Targets;
import lanewise.network.TrainingPlan;
import lanewise.optimizer.Adam;
import lanewise.optimizer.OptimizerState;
import org.openjdk.jmh.annotations.Benchmark;

/** Whole training steps: forward, loss, backward, Adam. */
public class TrainingStepBenchmark extends NetworkOperands {
  private TrainingPlan plan = net.trainingPlan(1, 1);
  private BatchLoss loss = new BatchLoss(new SoftmaxCrossEntropy(), 1, Networks.CLASSES);
  private Targets targets = Targets.labels(1);
  private OptimizerState adam = new Adam(0.001f).state(1);
  private long step;

  @Override
  void prepare() {
    Lanewise.threads(threads);
    plan = net.trainingPlan(batch, 1);
    loss = new BatchLoss(new SoftmaxCrossEntropy(), batch, Networks.CLASSES);
    targets = Targets.labels(batch);
    adam = new Adam(0.001f).state(net.parameterCount());
    System.arraycopy(images, 0, plan.input(), 0, images.length);
    System.arraycopy(labels, 0, targets.labels(), 0, batch);
  }

  /** One step; returns its loss. */
  @Benchmark
  public double step() {
    plan.forward(step);
    double mean = loss.compute(plan.output(), targets, plan.dOutput());
    plan.backward(step);
    adam.step(net.parameters(), plan.gradients());
    step++;
    return mean;
  }
}
