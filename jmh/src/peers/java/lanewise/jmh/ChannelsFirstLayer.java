package lanewise.jmh;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lanewise.layer.Conv2d;
import lanewise.layer.Dense;
import lanewise.layer.Flatten;
import lanewise.layer.Layer;
import lanewise.network.Network;
import lanewise.network.Parameter;
import lanewise.shape.Shape;

/**
 * A layer with its parameters as libraries want them that keep channels before rows and columns.
 *
 * @param input the input's shape, in our order
 * @param weights {@code [outChannels, inChannels, kernelHeight, kernelWidth]} or {@code [units,
 *     features]}; empty where there are none
 * @param bias one number for each output channel or unit
 */
record ChannelsFirstLayer(Layer layer, Shape input, float[] weights, float[] bias) {
  /** All layers of a network, with copies of its parameters. */
  static List<ChannelsFirstLayer> of(Network network) {
    List<ChannelsFirstLayer> layers = new ArrayList<>();
    List<Parameter> parameters = network.parameterList();
    Shape input = network.inputShape();
    Shape features = input; // what the latest Flatten flattened
    int used = 0;
    for (Layer layer : network.layers()) {
      int count = layer.parameters(input).size();
      float[] weights = count > 0 ? values(network, parameters.get(used)) : new float[0];
      float[] bias = count > 1 ? values(network, parameters.get(used + 1)) : new float[0];
      used += count;
      switch (layer) {
        case Flatten _ -> features = input;
        case Conv2d conv ->
            weights = reordered(weights, conv.kernelHeight() * conv.kernelWidth(), conv.filters());
        case Dense dense -> {
          weights = reordered(weights, pixels(features), dense.units());
          features = Shape.of(dense.units());
        }
        default -> {}
      }
      layers.add(new ChannelsFirstLayer(layer, input, weights, bias));
      input = layer.outputShape(input);
    }
    return layers;
  }

  private static float[] values(Network network, Parameter parameter) {
    int from = parameter.offset();
    return Arrays.copyOfRange(network.parameters(), from, from + parameter.size());
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
}
