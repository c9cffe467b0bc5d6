package lanewise.train;

import lanewise.data.Augmentation;
import lanewise.data.Dataset;
import lanewise.loss.BatchLoss;
import lanewise.loss.Loss;
import lanewise.network.TrainingPlan;

/** Forward and backward passes over batches of one size. Running a batch allocates nothing. */
final class BatchRunner {
  private final TrainingPlan plan;
  private final BatchFiller filler;
  private final BatchLoss loss;
  private final Decisions decisions;

  BatchRunner(TrainingPlan plan, Loss loss, Dataset dataset, Augmentation augmentation) {
    int columns = plan.output().length / plan.batch();
    this.plan = plan;
    this.filler = new BatchFiller(dataset, augmentation, loss, plan.batch(), columns, plan.input());
    this.loss = new BatchLoss(loss, plan.batch(), columns);
    this.decisions = new Decisions(columns, loss.threshold());
  }

  int batch() {
    return plan.batch();
  }

  /**
   * Takes samples {@code order[first …]} and returns their mean loss; the gradients are not
   * computed yet.
   *
   * @param key of the augmentation's random numbers
   * @param number of the batch in the training, from which dropout follows
   * @param stepSamples samples over which the step's loss is the mean
   */
  double forward(int[] order, int first, long key, long number, int stepSamples) {
    filler.fill(order, first, key);
    plan.forward(number);
    return loss.compute(plan.output(), filler.targets(), stepSamples, plan.dOutput());
  }

  void backward(long number) {
    plan.backward(number);
  }

  /** How many samples of the last batch the network classified rightly. */
  int correct() {
    return decisions.correct(plan.output(), filler.targets().labels(), plan.batch());
  }
}
