package lanewise.train;

import lanewise.loss.BatchLoss;
import lanewise.loss.Loss;
import lanewise.network.TrainingPlan;

/** Forward and backward passes over batches of one size. Running a batch allocates nothing. */
final class BatchRunner {
  private final TrainingPlan plan;
  private final BatchLoss loss;
  private final Decisions decisions;

  BatchRunner(TrainingPlan plan, Loss loss) {
    int columns = plan.output().length / plan.batch();
    this.plan = plan;
    this.loss = new BatchLoss(loss, plan.batch(), columns);
    this.decisions = new Decisions(columns, loss.threshold());
  }

  int batch() {
    return plan.batch();
  }

  /**
   * Takes a batch and returns its mean loss; the gradients are not computed yet.
   *
   * @param number of the batch in the training, from which dropout follows
   * @param stepSamples samples over which the step's loss is the mean
   */
  double forward(Samples samples, long number, int stepSamples) {
    float[] input = plan.input();
    System.arraycopy(samples.inputs(), 0, input, 0, input.length);
    plan.forward(number);
    return loss.compute(plan.output(), samples.targets(), stepSamples, plan.dOutput());
  }

  void backward(long number) {
    plan.backward(number);
  }

  /** How many samples of the last batch the network classified rightly. */
  int correct(Samples samples) {
    return decisions.correct(plan.output(), samples.targets().labels(), plan.batch());
  }
}
