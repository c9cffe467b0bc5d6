package lanewise.train;

import lanewise.data.Dataset;
import lanewise.layer.Layer;
import lanewise.layer.Sigmoid;
import lanewise.layer.Softmax;
import lanewise.loss.BinaryCrossEntropy;
import lanewise.loss.Loss;
import lanewise.loss.SoftmaxCrossEntropy;
import lanewise.network.Network;

/** How a network, a loss and a data set fit together. */
final class Objective {
  private Objective() {}

  /**
   * The network up to the values that the loss reads: without a final activation that is part of
   * the loss.
   */
  static Network logits(Network network, Loss loss) {
    Layer last = network.layers().getLast();
    boolean partOfLoss =
        (loss instanceof SoftmaxCrossEntropy && last instanceof Softmax)
            || (loss instanceof BinaryCrossEntropy && last instanceof Sigmoid);
    return partOfLoss ? network.withoutLastLayer() : network;
  }

  /**
   * Checks that the network reads the samples and that its outputs match the targets.
   *
   * @throws IllegalArgumentException if not
   */
  static void check(Network network, Loss loss, Dataset dataset) {
    if (dataset.sampleShape().size() != network.inputShape().size()) {
      throw new IllegalArgumentException(
          "Trainer: samples must be " + network.inputShape() + ", got " + dataset.sampleShape());
    }
    int columns = network.outputShape().size();
    if (columns == 1 && dataset.classes() == 2 && !loss.readsLabels()) {
      return;
    }
    if (loss.readsLabels() && dataset.classes() == 0) {
      throw new IllegalArgumentException(
          "Trainer: "
              + loss.getClass().getSimpleName()
              + " needs class labels, got real-valued targets");
    }
    int expected = dataset.targetSize();
    if (columns != expected) {
      throw new IllegalArgumentException(
          "Trainer: the network must have one output for each target, "
              + expected
              + ", got "
              + network.outputShape());
    }
  }
}
