package lanewise.layer;

import java.util.List;
import java.util.Locale;
import lanewise.shape.Shape;

/**
 * The description of a layer: its hyper-parameters, and from its input's shape its output's shape
 * and its parameters. A layer holds no weights, no buffers and no state, so one instance may stand
 * in many places of many networks.
 *
 * <p>Shapes are those of one sample, without the batch: {@code [features]} or {@code [height,
 * width, channels]}.
 */
public sealed interface Layer
    permits Add,
        AveragePool2d,
        BatchNorm,
        Concat,
        Conv2d,
        CustomLayer,
        Dense,
        DepthwiseConv2d,
        Dropout,
        ELU,
        Flatten,
        GELU,
        GlobalAveragePool,
        Hardswish,
        LeakyReLU,
        MaxPool2d,
        PadChannels,
        ReLU,
        ReLU6,
        SiLU,
        Sigmoid,
        Softmax,
        Tanh {

  /**
   * The output's shape.
   *
   * @throws IllegalArgumentException if the layer cannot read such an input
   */
  Shape outputShape(Shape input);

  /**
   * The output's shape for several inputs. {@link Add} and {@link Concat} read two or more, every
   * other layer reads one.
   *
   * @throws IllegalArgumentException if the layer cannot read such inputs
   */
  default Shape outputShape(List<Shape> inputs) {
    if (inputs.size() != 1) {
      throw new IllegalArgumentException(
          getClass().getSimpleName() + ": there must be one input, got " + inputs.size());
    }
    return outputShape(inputs.getFirst());
  }

  /** The parameters, in the order in which they stand in a network's parameter array. */
  default List<ParameterSpec> parameters(Shape input) {
    return List.of();
  }

  /**
   * What the layer remembers beside its parameters, in the order in which it stands in a network's
   * state array: numbers that training computes and inference reads, without a gradient.
   */
  default List<ParameterSpec> state(Shape input) {
    return List.of();
  }

  /** The multiply-adds of one sample's forward pass in matrix products and convolutions. */
  default long multiplyAdds(Shape input) {
    return 0;
  }

  /** What the layer is called in the names of its parameters, such as {@code conv2d}. */
  default String kind() {
    return getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }
}
