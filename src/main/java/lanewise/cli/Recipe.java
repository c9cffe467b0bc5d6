package lanewise.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import lanewise.data.TrainTest;
import lanewise.layer.Layer;
import lanewise.loss.Loss;
import lanewise.network.Network;
import lanewise.optimizer.Optimizer;
import lanewise.shape.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A network, its data, and how to train the one on the other.
 *
 * @param name on the command line
 * @param title in one line
 * @param data where the samples come from
 * @param input shape of one sample
 * @param layers from input to output
 * @param loss to make small
 * @param optimizer with the default learning rate
 * @param batch default samples in one step
 * @param epochs default passes over the data
 */
record Recipe(
    String name,
    String title,
    Source data,
    Shape input,
    List<Layer> layers,
    Loss loss,
    Optimizer optimizer,
    int batch,
    int epochs) {
  /** Where a recipe's samples come from. */
  @FunctionalInterface
  interface Source {
    /**
     * Reads the samples.
     *
     * @param folder where they lie; null for the usual places
     */
    TrainTest load(@Nullable Path folder) throws IOException;
  }

  /** The network before training. */
  Network network(long seed) {
    return Network.sequence(input, seed, layers.toArray(Layer[]::new));
  }

  /**
   * Reads the samples and checks that the network can.
   *
   * @param folder where they lie; null for the usual places
   */
  TrainTest load(@Nullable Path folder) throws IOException {
    TrainTest samples = data.load(folder);
    Shape shape = samples.train().sampleShape();
    if (!shape.equals(input)) {
      throw new IOException(name + ": samples must be of shape " + input + ", got " + shape);
    }
    return samples;
  }
}
