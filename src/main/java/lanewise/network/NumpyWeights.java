package lanewise.network;

import java.util.function.IntToDoubleFunction;
import lanewise.layer.Dense;
import lanewise.random.NumpyRandom;

/**
 * First weights as programs in NumPy draw them, so that a training can be compared with theirs from
 * its first digit on.
 */
public final class NumpyWeights {
  private NumpyWeights() {}

  /**
   * Draws the weights of a dense network from one generator, layer by layer, and sets the biases to
   * zero:
   *
   * <pre>
   * numpy.random.seed(seed)
   * for each layer:
   *   W = numpy.random.randn(units, features) * scale(features)
   *   b = numpy.zeros((units, 1))
   * </pre>
   *
   * Lanewise's weights are {@code [features, units]}: W transposed. They are computed in double and
   * rounded once.
   *
   * @param network modified: its parameters
   * @param seed from 0 to 2³² − 1
   * @param scale for a layer of so many features
   * @throws IllegalArgumentException if a layer with parameters is not dense
   */
  public static void draw(Network network, long seed, IntToDoubleFunction scale) {
    draw(network, seed, scale, false);
  }

  /** As {@link #draw}, but {@code b = numpy.random.randn(units, 1) * scale(features)} after W. */
  public static void drawWithBiases(Network network, long seed, IntToDoubleFunction scale) {
    draw(network, seed, scale, true);
  }

  private static void draw(
      Network network, long seed, IntToDoubleFunction scale, boolean drawsBiases) {
    NumpyRandom random = new NumpyRandom(seed);
    float[] parameters = network.parameters();
    for (Node node : network.nodes()) {
      if (node.parametersSize() == 0) {
        continue;
      }
      if (!(node.layer() instanceof Dense)) {
        throw new IllegalArgumentException(
            "NumpyWeights: layers with parameters must be dense, got " + node.layer());
      }
      int features = node.inputShape().size();
      int units = node.outputShape().size();
      int weights = node.parametersOffset(); // [features, units], then bias [units]
      double factor = scale.applyAsDouble(features);
      for (int unit = 0; unit < units; unit++) {
        for (int feature = 0; feature < features; feature++) {
          parameters[weights + feature * units + unit] = (float) (random.randn() * factor);
        }
      }
      for (int unit = 0; unit < units; unit++) {
        float bias = drawsBiases ? (float) (random.randn() * factor) : 0;
        parameters[weights + features * units + unit] = bias;
      }
    }
  }
}
