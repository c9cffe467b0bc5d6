package lanewise.jmh;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import lanewise.layer.Add;
import lanewise.layer.AveragePool2d;
import lanewise.layer.BatchNorm;
import lanewise.layer.Conv2d;
import lanewise.layer.Dense;
import lanewise.layer.Dropout;
import lanewise.layer.Flatten;
import lanewise.layer.GlobalAveragePool;
import lanewise.layer.MaxPool2d;
import lanewise.layer.PadChannels;
import lanewise.layer.ReLU;
import lanewise.network.Network;
import lanewise.network.Node;
import lanewise.shape.ConvolutionShape;

/** One of our networks, with its parameters, in PyTorch. */
final class PyTorchNetwork {
  /** Computes a value from others; the values' numbers are those of {@link Node}. */
  private record Operation(List<Integer> inputs, Function<List<NDArray>, NDArray> function) {
    NDArray apply(List<NDArray> values) {
      return function.apply(inputs.stream().map(values::get).toList());
    }
  }

  private final NDManager manager;
  private final boolean training;
  private final List<NDArray> parameters = new ArrayList<>();
  private final List<Operation> operations = new ArrayList<>();

  PyTorchNetwork(NDManager manager, Network network, boolean training) {
    this.manager = manager;
    this.training = training;
    ChannelsFirstLayer.of(network).forEach(this::add);
  }

  private void add(ChannelsFirstLayer layer) {
    List<Integer> inputs = layer.node().inputs();
    if (layer.layer() instanceof Add) {
      operations.add(new Operation(inputs, x -> x.getFirst().add(x.getLast())));
      return;
    }
    UnaryOperator<NDArray> operation = operation(layer);
    operations.add(new Operation(inputs, x -> operation.apply(x.getFirst())));
  }

  private UnaryOperator<NDArray> operation(ChannelsFirstLayer layer) {
    return switch (layer.layer()) {
      case Conv2d conv -> convolution(conv, layer);
      case Dense dense -> dense(dense, layer);
      case ReLU _ -> x -> x.getNDArrayInternal().relu();
      case BatchNorm norm -> batchNorm(norm, layer);
      case MaxPool2d pool -> maxPool(pool);
      case AveragePool2d pool -> averagePool(pool);
      case GlobalAveragePool _ -> x -> x.getNDArrayInternal().globalAvgPool();
      case PadChannels pad -> padChannels(pad);
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
    NDArray bias = layer.biased() ? parameter(layer.bias(), new Shape(s.outChannels())) : null;
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

  private UnaryOperator<NDArray> batchNorm(BatchNorm norm, ChannelsFirstLayer layer) {
    Shape channels = new Shape(layer.weights().length);
    NDArray gamma = parameter(layer.weights(), channels);
    NDArray beta = parameter(layer.bias(), channels);
    NDArray mean = manager.create(layer.mean(), channels);
    NDArray variance = manager.create(layer.variance(), channels);
    return x ->
        x.getNDArrayInternal()
            .batchNorm(x, mean, variance, gamma, beta, 1, norm.momentum(), norm.epsilon(), training)
            .singletonOrThrow();
  }

  private static UnaryOperator<NDArray> averagePool(AveragePool2d pool) {
    Shape window = new Shape(pool.kernelHeight(), pool.kernelWidth());
    Shape stride = new Shape(pool.strideHeight(), pool.strideWidth());
    return x ->
        x.getNDArrayInternal().avgPool(window, stride, new Shape(0, 0), false, pool.countPadding());
  }

  private static UnaryOperator<NDArray> padChannels(PadChannels pad) {
    return x -> {
      Shape s = x.getShape();
      NDArray before = x.getManager().zeros(new Shape(s.get(0), pad.before(), s.get(2), s.get(3)));
      NDArray after = x.getManager().zeros(new Shape(s.get(0), pad.after(), s.get(2), s.get(3)));
      return NDArrays.concat(new NDList(before, x, after), 1);
    };
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
    List<NDArray> values = new ArrayList<>(List.of(images));
    operations.forEach(operation -> values.add(operation.apply(values)));
    return values.getLast();
  }
}
