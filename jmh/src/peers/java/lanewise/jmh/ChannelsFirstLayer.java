package lanewise.jmh;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lanewise.layer.BatchNorm;
import lanewise.layer.Conv2d;
import lanewise.layer.Dense;
import lanewise.layer.Flatten;
import lanewise.layer.Layer;
import lanewise.network.Network;
import lanewise.network.Node;
import lanewise.network.Parameter;
import lanewise.shape.Shape;

/**
 * A layer with its parameters as libraries want them that keep channels before rows and columns.
 *
 * @param node the layer at its place, with shapes in our order
 * @param weights {@code [outChannels, inChannels, kernelHeight, kernelWidth]}, {@code [units,
 *     features]} or a batch normalization's gamma; empty where there are none
 * @param bias one number for each output channel or unit; empty where there is none
 * @param mean a batch normalization's running mean, or empty
 * @param variance a batch normalization's running variance, or empty
 */
record ChannelsFirstLayer(
    Node node, float[] weights, float[] bias, float[] mean, float[] variance) {
  /** All layers of a network, with copies of its parameters. */
  static List<ChannelsFirstLayer> of(Network network) {
    List<ChannelsFirstLayer> layers = new ArrayList<>();
    List<Shape> features = new ArrayList<>(List.of(network.inputShape())); // before any Flatten
    for (Node node : network.nodes()) {
      Shape input = features.get(node.inputs().getFirst());
      layers.add(of(network, node, input));
      features.add(node.layer() instanceof Flatten ? node.inputShape() : node.outputShape());
    }
    return layers;
  }

  private static ChannelsFirstLayer of(Network network, Node node, Shape features) {
    List<float[]> values =
        network.parameterList().stream()
            .filter(parameter -> belongs(parameter, node.parametersOffset(), node.parametersSize()))
            .map(parameter -> values(network.parameters(), parameter))
            .toList();
    float[] weights = values.isEmpty() ? new float[0] : values.getFirst();
    float[] bias = values.size() < 2 ? new float[0] : values.getLast();
    return switch (node.layer()) {
      case Conv2d conv -> {
        int pixels = conv.kernelHeight() * conv.kernelWidth();
        yield new ChannelsFirstLayer(
            node, reordered(weights, pixels, conv.filters()), bias, new float[0], new float[0]);
      }
      case Dense dense ->
          new ChannelsFirstLayer(
              node,
              reordered(weights, pixels(features), dense.units()),
              bias,
              new float[0],
              new float[0]);
      case BatchNorm _ -> {
        List<float[]> state =
            network.stateList().stream()
                .filter(piece -> belongs(piece, node.stateOffset(), 2 * weights.length))
                .map(piece -> values(network.state(), piece))
                .toList();
        yield new ChannelsFirstLayer(node, weights, bias, state.getFirst(), state.getLast());
      }
      default -> new ChannelsFirstLayer(node, weights, bias, new float[0], new float[0]);
    };
  }

  private static boolean belongs(Parameter parameter, int offset, int size) {
    return parameter.offset() >= offset && parameter.offset() < offset + size;
  }

  private static float[] values(float[] all, Parameter parameter) {
    return Arrays.copyOfRange(all, parameter.offset(), parameter.offset() + parameter.size());
  }

  private static int pixels(Shape features) {
    return features.rank() == 3 ? features.size(0) * features.size(1) : 1;
  }

  /** {@code [outputs, channels, pixels]} from {@code [pixels, channels, outputs]}. */
  private static float[] reordered(float[] x, int pixels, int outputs) {
    int channels = x.length / (pixels * outputs);
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      int output = i % outputs;
      int channel = i / outputs % channels;
      int pixel = i / outputs / channels;
      y[(output * channels + channel) * pixels + pixel] = x[i];
    }
    return y;
  }

  Layer layer() {
    return node.layer();
  }

  /** The input's shape, in our order. */
  Shape input() {
    return node.inputShape();
  }

  boolean biased() {
    return bias.length > 0;
  }
}
