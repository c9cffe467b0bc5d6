package lanewise.jmh;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
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
import lanewise.shape.ConvolutionShape;
import lanewise.shape.Shape;

/**
 * One of our networks, with its parameters, as a model of ONNX. The numbers of fields are those of
 * {@code onnx.proto}.
 */
final class OnnxModel {
  private static final String INPUT = "images";
  private static final int IR_VERSION = 8;
  private static final int OPERATOR_SET = 13;
  private static final int FLOAT = 1;
  private static final int LONG = 7;
  private static final int TYPE_FLOAT = 1;
  private static final int TYPE_INT = 2;
  private static final int TYPE_INTS = 7;

  private final Protobuf graph = new Protobuf().text(2, "network");
  private final List<String> values = new ArrayList<>(List.of(INPUT));
  private String latest = INPUT;
  private int nodes;
  private int tensors;

  private OnnxModel() {}

  /** The bytes of a file for batches NCHW of one size. */
  static byte[] of(Network network, int batch) {
    OnnxModel model = new OnnxModel();
    ChannelsFirstLayer.of(network).forEach(model::layer);
    Protobuf input = value(INPUT, dims(batch, network.inputShape()));
    Protobuf output = value(model.latest, batch, network.outputShape().size());
    model.graph.message(11, input).message(12, output);
    return new Protobuf()
        .number(1, IR_VERSION)
        .message(7, model.graph)
        .message(8, new Protobuf().text(1, "").number(2, OPERATOR_SET))
        .toByteArray();
  }

  /** A batch's sizes: NCHW for images. */
  static int[] dims(int batch, Shape sample) {
    return sample.rank() == 3
        ? new int[] {batch, sample.size(2), sample.size(0), sample.size(1)}
        : new int[] {batch, sample.size()};
  }

  private void layer(ChannelsFirstLayer layer) {
    List<String> inputs = layer.node().inputs().stream().map(values::get).toList();
    latest = inputs.getFirst();
    switch (layer.layer()) {
      case Add _ -> node("Add", inputs);
      case BatchNorm norm -> batchNorm(norm, layer);
      case AveragePool2d pool ->
          node(
              "AveragePool",
              inputs,
              integers("kernel_shape", pool.kernelHeight(), pool.kernelWidth()),
              integers("strides", pool.strideHeight(), pool.strideWidth()));
      case GlobalAveragePool _ -> {
        node("GlobalAveragePool", inputs);
        node("Flatten", List.of(latest));
      }
      case PadChannels pad ->
          node("Pad", List.of(latest, longs(0, pad.before(), 0, 0, 0, pad.after(), 0, 0)));
      case Conv2d conv -> convolution(conv, layer);
      case Dense dense -> dense(dense, layer);
      case ReLU _ -> node("Relu", List.of(latest));
      case MaxPool2d pool ->
          node(
              "MaxPool",
              List.of(latest),
              integers("kernel_shape", pool.kernelHeight(), pool.kernelWidth()),
              integers("strides", pool.strideHeight(), pool.strideWidth()));
      case Flatten _ -> node("Flatten", List.of(latest));
      case Dropout _ -> {} // nothing in a prediction
      default -> throw new IllegalArgumentException("no benchmark has a layer " + layer.layer());
    }
    values.add(latest);
  }

  private void convolution(Conv2d conv, ChannelsFirstLayer layer) {
    ConvolutionShape s = conv.shape(1, layer.input());
    String filter =
        tensor(
            layer.weights(),
            s.outChannels(),
            s.groupInChannels(),
            s.kernelHeight(),
            s.kernelWidth());
    node(
        "Conv",
        layer.biased()
            ? List.of(latest, filter, tensor(layer.bias(), s.outChannels()))
            : List.of(latest, filter),
        integers("strides", s.strideHeight(), s.strideWidth()),
        integers("pads", s.padTop(), s.padLeft(), s.padBottom(), s.padRight()),
        integers("dilations", s.dilationHeight(), s.dilationWidth()),
        integer("group", s.groups()));
  }

  private void batchNorm(BatchNorm norm, ChannelsFirstLayer layer) {
    int channels = layer.weights().length;
    node(
        "BatchNormalization",
        List.of(
            latest,
            tensor(layer.weights(), channels),
            tensor(layer.bias(), channels),
            tensor(layer.mean(), channels),
            tensor(layer.variance(), channels)),
        real("epsilon", norm.epsilon()));
  }

  private void dense(Dense dense, ChannelsFirstLayer layer) {
    node(
        "Gemm",
        List.of(
            latest,
            tensor(layer.weights(), dense.units(), layer.input().size()),
            tensor(layer.bias(), dense.units())),
        integer("transB", 1));
  }

  /** A NodeProto. */
  private void node(String operator, List<String> inputs, Protobuf... attributes) {
    Protobuf node = new Protobuf().text(4, operator);
    inputs.forEach(input -> node.text(1, input));
    latest = "x" + nodes++;
    node.text(2, latest);
    for (Protobuf attribute : attributes) {
      node.message(5, attribute);
    }
    graph.message(1, node);
  }

  /** A TensorProto; returns its name. */
  private String tensor(float[] values, int... dims) {
    ByteBuffer raw =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    return tensor(FLOAT, raw, dims);
  }

  private String longs(long... values) {
    ByteBuffer raw = ByteBuffer.allocate(Long.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asLongBuffer().put(values);
    return tensor(LONG, raw, values.length);
  }

  private String tensor(int type, ByteBuffer raw, int... dims) {
    String name = "parameter" + tensors++;
    Protobuf tensor = new Protobuf().number(2, type).text(8, name).bytes(9, raw.array());
    for (int dim : dims) {
      tensor.number(1, dim);
    }
    graph.message(5, tensor);
    return name;
  }

  /** A ValueInfoProto. */
  private static Protobuf value(String name, int... dims) {
    Protobuf shape = new Protobuf();
    for (int dim : dims) {
      shape.message(1, new Protobuf().number(1, dim));
    }
    Protobuf type = new Protobuf().number(1, FLOAT).message(2, shape);
    return new Protobuf().text(1, name).message(2, new Protobuf().message(1, type));
  }

  /** An AttributeProto. */
  private static Protobuf integer(String name, int value) {
    return new Protobuf().text(1, name).number(3, value).number(20, TYPE_INT);
  }

  private static Protobuf real(String name, float value) {
    return new Protobuf().text(1, name).number(2, value).number(20, TYPE_FLOAT);
  }

  private static Protobuf integers(String name, int... values) {
    Protobuf attribute = new Protobuf().text(1, name).number(20, TYPE_INTS);
    for (int value : values) {
      attribute.number(8, value);
    }
    return attribute;
  }
}
