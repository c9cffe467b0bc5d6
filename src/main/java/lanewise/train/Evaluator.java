package lanewise.train;

import java.util.stream.IntStream;
import lanewise.data.Augmentation;
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
    this.classes = new int[dataset.size()];
  }

  Evaluation run() {
    int[] order = IntStream.range(0, dataset.size()).toArray();
    int whole = dataset.size() / batch * batch;
    double sum = evaluate(order, 0, whole, batch);
    if (whole < order.length) {
      sum += evaluate(order, whole, order.length, order.length - whole);
    }
    return new Evaluation(sum / order.length, confusion);
  }

  /** What each sample was taken for in the run. */
  int[] classes() {
    return classes;
  }

  /** The sum of the losses of samples {@code from} to {@code to}, {@code count} at a time. */
  private double evaluate(int[] order, int from, int to, int count) {
    float[] inputs = new float[count * dataset.sampleShape().size()];
    float[] outputs = new float[count * columns];
    BatchFiller filler = new BatchFiller(dataset, Augmentation.NONE, loss, count, columns, inputs);
    BatchLoss batchLoss = new BatchLoss(loss, count, columns);
    double sum = 0;
    for (int first = from; first < to; first += count) {
      filler.fill(order, first, 0);
      predictor.predict(inputs, 0, count, outputs, 0);
      count(first, outputs, filler.targets().labels());
      sum += count * batchLoss.compute(outputs, filler.targets(), outputs);
    }
    return sum;
  }

  private void count(int first, float[] outputs, int[] labels) {
    Decisions decisions = new Decisions(columns, loss.threshold());
    for (int i = 0; i < labels.length; i++) {
      classes[first + i] = decisions.decide(outputs, i);
      confusion.add(labels[i], classes[first + i]);
    }
  }
}
