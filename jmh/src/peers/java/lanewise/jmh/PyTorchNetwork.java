package lanewise.jmh;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import lanewise.layer.Conv2d;
import lanewise.layer.Dense;
import lanewise.layer.Dropout;
import lanewise.layer.Flatten;
import lanewise.layer.MaxPool2d;
import lanewise.layer.ReLU;
import lanewise.network.Network;
import lanewise.shape.ConvolutionShape;

/** One of our networks, with its parameters, in PyTorch. */
final class PyTorchNetwork {
  private final NDManager manager;
  private final boolean training;
  private final List<NDArray> parameters = new ArrayList<>();
  private final List<UnaryOperator<NDArray>> operations = new ArrayList<>();

  PyTorchNetwork(NDManager manager, Network network, boolean training) {
    this.manager = manager;
    this.training = training;
    ChannelsFirstLayer.of(network).forEach(layer -> operations.add(operation(layer)));
  }

  private UnaryOperator<NDArray> operation(ChannelsFirstLayer layer) {
    return switch (layer.layer()) {
      case Conv2d conv -> convolution(conv, layer);
      case Dense dense -> dense(dense, layer);
      case ReLU _ -> x -> x.getNDArrayInternal().relu();
      case MaxPool2d pool -> maxPool(pool);
      case Flatten _ -> x -> x.reshape(x.getShape().get(0), -1);
      case Dropout dropout -> dropout(1 - dropout.keep());
      default -> throw new IllegalArgumentException("no benchmark has a layer " + layer.layer());
    };
  }

  private UnaryOperator<NDArray> convolution(Conv2d conv, ChannelsFirstLayer layer) {
    ConvolutionShape s = conv.shape(1, layer.input());
    NDArray filter =
        parameter(
            layer.weights(),
            new Shape(s.outChannels(), s.groupInChannels(), s.kernelHeight(), s.kernelWidth()));
    NDArray bias = parameter(layer.bias(), new Shape(s.outChannels()));
    Shape stride = new Shape(s.strideHeight(), s.strideWidth());
    Shape padding = new Shape(s.padTop(), s.padLeft());
    Shape dilation = new Shape(s.dilationHeight(), s.dilationWidth());
    return x ->
        x.getNDArrayInternal()
            .convolution(x, filter, bias, stride, padding, dilation, s.groups())
            .singletonOrThrow();
  }

  private UnaryOperator<NDArray> dense(Dense dense, ChannelsFirstLayer layer) {
    NDArray weights = parameter(layer.weights(), new Shape(dense.units(), layer.input().size()));
    NDArray bias = parameter(layer.bias(), new Shape(dense.units()));
    return x -> x.getNDArrayInternal().linear(x, weights, bias).singletonOrThrow();
  }

  private static UnaryOperator<NDArray> maxPool(MaxPool2d pool) {
    Shape window = new Shape(pool.kernelHeight(), pool.kernelWidth());
    Shape stride = new Shape(pool.strideHeight(), pool.strideWidth());
    return x -> x.getNDArrayInternal().maxPool(window, stride, new Shape(0, 0), false);
  }

  private UnaryOperator<NDArray> dropout(float rate) {
    return x -> training ? x.getNDArrayInternal().dropout(x, rate, true).singletonOrThrow() : x;
  }

  private NDArray parameter(float[] values, Shape shape) {
    NDArray parameter = manager.create(values, shape);
    parameter.setRequiresGradient(training);
    parameters.add(parameter);
    return parameter;
  }

  /** Weights and biases, in the layers' order. */
  List<NDArray> parameters() {
    return parameters;
  }

  /** The logits. */
  NDArray forward(NDArray images) {
    NDArray x = images;
    for (UnaryOperator<NDArray> operation : operations) {
      x = operation.apply(x);
    }
    return x;
  }
}
