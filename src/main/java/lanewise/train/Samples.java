package lanewise.train;

import lanewise.data.Batches;
import lanewise.data.Dataset;
import lanewise.loss.Loss;
import lanewise.loss.Targets;

/** Room for the samples of a batch and for what a network should answer to them. */
final class Samples {
  private final float[] inputs; // [batch, sampleShape]
  private final Targets targets;
  private final boolean labelsAreTargets;

  /** For batches of up to {@code batch} samples, and networks of {@code columns} outputs. */
  Samples(Dataset dataset, Loss loss, int batch, int columns) {
    inputs = new float[batch * dataset.sampleShape().size()];
    targets =
        new Targets(
            new int[dataset.classes() > 0 ? batch : 0],
            new float[loss.readsLabels() ? 0 : batch * columns]);
    labelsAreTargets = columns == 1 && dataset.classes() == 2;
  }

  float[] inputs() {
    return inputs;
  }

  Targets targets() {
    return targets;
  }

  /** Fills in batch {@code index} of the epoch at which {@code batches} stands. */
  void fill(Batches batches, int index) {
    batches.inputs(index, inputs);
    int[] labels = targets.labels();
    float[] values = targets.values();
    if (labels.length > 0) {
      batches.labels(index, labels);
    }
    if (values.length > 0 && labelsAreTargets) {
      for (int i = 0; i < values.length; i++) {
        values[i] = labels[i];
      }
    } else if (values.length > 0) {
      batches.targets(index, values);
    }
  }
}
