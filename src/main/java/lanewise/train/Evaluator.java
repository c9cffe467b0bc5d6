package lanewise.train;

import lanewise.data.Batches;
import lanewise.data.Dataset;
import lanewise.loss.BatchLoss;
import lanewise.loss.Loss;
import lanewise.network.Network;
import lanewise.network.Predictor;

/** Runs a network over a data set and compares. */
final class Evaluator {
  private final Dataset dataset;
  private final Loss loss;
  private final int batch;
  private final int columns;
  private final Predictor predictor;
  private final ConfusionMatrix confusion;
  private final float[] outputs; // [batch, columns]
  private final int[] classes; // [dataset.size()], decided

  Evaluator(Network network, Dataset dataset, Loss loss, int batch) {
    Objective.check(network, loss, dataset);
    Network logits = Objective.logits(network, loss);
    this.dataset = dataset;
    this.loss = loss;
    this.batch = Math.min(batch, dataset.size());
    this.columns = logits.outputShape().size();
    this.predictor = logits.predictor(this.batch);
    this.confusion = new ConfusionMatrix(dataset.classNames());
    this.outputs = new float[this.batch * columns];
    this.classes = new int[dataset.size()];
  }

  Evaluation run() {
    Batches batches = new Batches(dataset, batch, 0, false);
    BatchLoss whole = new BatchLoss(loss, batch, columns);
    double sum = 0;
    try (BatchesAhead ahead = new BatchesAhead(batches, 0, 0, 1, this::samples)) {
      for (int i = 0; i < batches.count(); i++) {
        int size = batches.size(i);
        BatchLoss batchLoss = size == batch ? whole : new BatchLoss(loss, size, columns);
        sum += size * evaluate(ahead.take(), i * batch, size, batchLoss);
      }
    }
    return new Evaluation(sum / dataset.size(), confusion);
  }

  /** Room for a batch. */
  private Samples samples() {
    return new Samples(dataset, loss, batch, columns);
  }

  /** What each sample was taken for in the run. */
  int[] classes() {
    return classes;
  }

  /** The mean loss of samples {@code first} and so on. */
  private double evaluate(Samples samples, int first, int size, BatchLoss batchLoss) {
    predictor.predict(samples.inputs(), 0, size, outputs, 0);
    count(first, size, samples.targets().labels());
    return batchLoss.compute(outputs, samples.targets(), outputs);
  }

  private void count(int first, int size, int[] labels) {
    Decisions decisions = new Decisions(columns, loss.threshold());
    for (int i = 0; i < Math.min(size, labels.length); i++) {
      classes[first + i] = decisions.decide(outputs, i);
      confusion.add(labels[i], classes[first + i]);
    }
  }
}
