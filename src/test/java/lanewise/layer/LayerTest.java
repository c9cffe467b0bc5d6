package lanewise.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import lanewise.shape.Padding;
import lanewise.shape.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class LayerTest {
  private static final Shape IMAGE = Shape.of(7, 9, 4);

  @Test
  void infersShapes() {
    assertEquals(Shape.of(5), new Dense(5).outputShape(Shape.of(3)));
    assertEquals(Shape.of(5, 7, 6), new Conv2d(6, 3).outputShape(IMAGE));
    assertEquals(Shape.of(7, 9, 6), new Conv2d(6, 3).padding(Padding.SAME).outputShape(IMAGE));
    assertEquals(
        Shape.of(4, 5, 6), new Conv2d(6, 3).padding(Padding.SAME).stride(2).outputShape(IMAGE));
    assertEquals(Shape.of(3, 5, 6), new Conv2d(6, 3).dilation(2).outputShape(IMAGE));
    DepthwiseConv2d depthwise = new DepthwiseConv2d(3).multiplier(2);
    assertEquals(Shape.of(5, 7, 8), depthwise.outputShape(IMAGE));
    assertEquals(Shape.of(4, 5, 8), depthwise.padding(Padding.SAME).stride(2).outputShape(IMAGE));
    assertEquals(Shape.of(3, 5, 8), depthwise.dilation(2).outputShape(IMAGE));
    assertEquals(Shape.of(7, 9, 7), new PadChannels(1, 2).outputShape(IMAGE));
    assertEquals(Shape.of(6), new PadChannels(0, 3).outputShape(Shape.of(3)));
    assertEquals(Shape.of(3, 4, 4), new MaxPool2d(2).outputShape(IMAGE));
    assertEquals(Shape.of(4, 5, 4), new AveragePool2d(3, 2, Padding.SAME).outputShape(IMAGE));
    assertEquals(Shape.of(4, 5, 4), new MaxPool2d(2).roundingUp().outputShape(IMAGE));
    assertEquals(Shape.of(4), new GlobalAveragePool().outputShape(IMAGE));
    assertEquals(Shape.of(252), new Flatten().outputShape(IMAGE));
    for (Layer same :
        List.of(
            new Dropout(0.5f),
            new ReLU(),
            new LeakyReLU(0.1f),
            new BatchNorm(),
            new ReLU6(),
            new ELU(1),
            new GELU(),
            new SiLU(),
            new Hardswish(),
            new Sigmoid(),
            new Tanh(),
            new Softmax())) {
      assertEquals(IMAGE, same.outputShape(IMAGE));
    }
  }

  @Test
  void joinsShapes() {
    assertEquals(IMAGE, new Add().outputShape(List.of(IMAGE, IMAGE, IMAGE)));
    assertEquals(Shape.of(7, 9, 21), new Concat().outputShape(List.of(IMAGE, Shape.of(7, 9, 17))));
    assertEquals(Shape.of(5), new Concat().outputShape(List.of(Shape.of(2), Shape.of(3))));
    assertMessage(
        "Add: all inputs must have one shape, got [7, 9, 4] and [7, 4, 9]",
        () -> new Add().outputShape(List.of(IMAGE, Shape.of(7, 4, 9))));
    assertMessage(
        "Concat: all inputs must be of one shape but for their channels, got [7, 9, 4] and [7, 8,"
            + " 4]",
        () -> new Concat().outputShape(List.of(IMAGE, Shape.of(7, 8, 4))));
    assertMessage(
        "Concat: all inputs must be of one shape but for their channels, got [7, 9, 4] and [252]",
        () -> new Concat().outputShape(List.of(IMAGE, Shape.of(252))));
    assertMessage(
        "Concat: there must be at least two inputs, got 1", () -> new Concat().outputShape(IMAGE));
    assertMessage(
        "ReLU: there must be one input, got 2",
        () -> new ReLU().outputShape(List.of(IMAGE, IMAGE)));
  }

  @Test
  void asksForParameters() {
    List<ParameterSpec> conv = new Conv2d(6, 3).groups(2).parameters(IMAGE);
    assertEquals("filter", conv.get(0).name());
    assertEquals(Shape.of(3, 3, 2, 6), conv.get(0).shape());
    assertEquals(18, conv.get(0).fanIn());
    assertEquals(27, conv.get(0).fanOut());
    assertEquals(Shape.of(6), conv.get(1).shape());
    assertEquals(1, new Conv2d(6, 3).withoutBias().parameters(IMAGE).size());
    DepthwiseConv2d depthwise = new DepthwiseConv2d(3).multiplier(2);
    assertEquals(Shape.of(3, 3, 1, 8), depthwise.parameters(IMAGE).getFirst().shape());
    assertEquals(9, depthwise.parameters(IMAGE).getFirst().fanIn());
    assertEquals(Shape.of(8), depthwise.parameters(IMAGE).getLast().shape());
    assertEquals(1, depthwise.withoutBias().parameters(IMAGE).size());
    assertEquals(5 * 7 * 8 * 9, depthwise.multiplyAdds(IMAGE));
    BatchNorm norm = new BatchNorm();
    assertEquals(
        List.of("gamma", "beta"),
        norm.parameters(IMAGE).stream().map(ParameterSpec::name).toList());
    assertEquals(
        List.of("mean", "variance"), norm.state(IMAGE).stream().map(ParameterSpec::name).toList());
    assertEquals(Shape.of(4), norm.parameters(IMAGE).getFirst().shape());
    assertEquals(List.of(), new Dense(5).state(IMAGE));
    List<ParameterSpec> dense = new Dense(5).parameters(Shape.of(3));
    assertEquals("weights", dense.get(0).name());
    assertEquals(Shape.of(3, 5), dense.get(0).shape());
    assertEquals("bias", dense.get(1).name());
    assertEquals(List.of(), new MaxPool2d(2).parameters(IMAGE));
  }

  @Test
  void countsMultiplyAdds() {
    assertEquals(15, new Dense(5).multiplyAdds(Shape.of(3)));
    assertEquals(5 * 7 * 6 * 9 * 2, new Conv2d(6, 3).groups(2).multiplyAdds(IMAGE));
    assertEquals(0, new Softmax().multiplyAdds(IMAGE));
  }

  @Test
  void readsWell() {
    assertEquals("Conv2d(32, 3x3, same)", new Conv2d(32, 3).padding(Padding.SAME).toString());
    assertEquals(
        "Conv2d(8, 3x3/2, 1,1,1,1, dilation 2x2, groups 4)",
        new Conv2d(8, 3).stride(2).padding(Padding.of(1)).dilation(2).groups(4).toString());
    assertEquals("Conv2d(8, 1x1, valid, no bias)", new Conv2d(8, 1).withoutBias().toString());
    assertEquals(
        "DepthwiseConv2d(multiplier 2, 3x3/2, same, dilation 2x2, no bias)",
        new DepthwiseConv2d(3)
            .multiplier(2)
            .stride(2)
            .padding(Padding.SAME)
            .dilation(2)
            .withoutBias()
            .toString());
    assertEquals("DepthwiseConv2d(5x5, valid)", new DepthwiseConv2d(5).toString());
    assertEquals("PadChannels(1, 2)", new PadChannels(1, 2).toString());
    assertEquals("MaxPool2d(2x2/2, valid)", new MaxPool2d(2).toString());
    assertEquals("MaxPool2d(2x2/2, valid, ceil)", new MaxPool2d(2).roundingUp().toString());
    assertEquals(
        "AveragePool2d(3x2/2x1, valid)",
        new AveragePool2d(3, 2, 2, 1, Padding.VALID, false, false).toString());
    assertEquals("Dropout(keep 0.75)", new Dropout(0.75f).toString());
    assertEquals("conv2d", new Conv2d(1, 1).kind());
    assertEquals("globalaveragepool", new GlobalAveragePool().kind());
  }

  @Test
  void namesBadHyperParameters() {
    assertMessage("Dense: units must be at least 1, got 0", () -> new Dense(0));
    assertMessage("Conv2d: filters must be at least 1, got -1", () -> new Conv2d(-1, 3));
    assertMessage("Conv2d: kernel height must be at least 1, got 0", () -> new Conv2d(1, 0));
    assertMessage(
        "Conv2d: vertical stride must be at least 1, got 0", () -> new Conv2d(1, 1).stride(0));
    assertMessage(
        "Conv2d: groups must divide the filters 6, got 4", () -> new Conv2d(6, 1).groups(4));
    assertMessage(
        "MaxPool2d: the window must have at most 255 elements, got 16x16", () -> new MaxPool2d(16));
    assertMessage("Dropout: keep must be above 0 and at most 1, got 0.0", () -> new Dropout(0));
    assertMessage(
        "Dropout: keep must be above 0 and at most 1, got NaN", () -> new Dropout(Float.NaN));
    assertMessage(
        "LeakyReLU: slope must be finite and at least 0, got -0.1", () -> new LeakyReLU(-0.1f));
    assertMessage(
        "DepthwiseConv2d: multiplier must be at least 1, got 0",
        () -> new DepthwiseConv2d(3).multiplier(0));
    assertMessage(
        "DepthwiseConv2d: stride must be at least 1, got 0",
        () -> new DepthwiseConv2d(3).stride(0));
    assertMessage(
        "DepthwiseConv2d: kernel height must be at least 1, got 0", () -> new DepthwiseConv2d(0));
    assertMessage(
        "PadChannels: before and after must be at least 0, got 1 and -2",
        () -> new PadChannels(1, -2));
    assertMessage("ELU: alpha must be finite and at least 0, got -1.0", () -> new ELU(-1));
    assertMessage(
        "BatchNorm: momentum must be from 0 to 1, got 1.5", () -> new BatchNorm().momentum(1.5f));
    assertMessage(
        "BatchNorm: epsilon must be positive and finite, got 0.0",
        () -> new BatchNorm(0.9f, 0, Initializer.ONES, Initializer.ZEROS));
    assertMessage(
        "Normal: deviation must be finite and at least 0, got NaN",
        () -> new Initializer.Normal(Double.NaN));
  }

  @Test
  void namesBadInputs() {
    assertMessage(
        "Conv2d: input must be [height, width, channels], got [10]",
        () -> new Conv2d(1, 1).outputShape(Shape.of(10)));
    assertMessage(
        "DepthwiseConv2d: input must be [height, width, channels], got [10]",
        () -> new DepthwiseConv2d(1).outputShape(Shape.of(10)));
    assertMessage(
        "Conv2d: groups must divide the input channels, got groups 3 for input [7, 9, 4]",
        () -> new Conv2d(6, 1).groups(3).outputShape(IMAGE));
    assertMessage(
        "Dense: input must be [features], got [7, 9, 4]; put Flatten before it",
        () -> new Dense(1).outputShape(IMAGE));
    assertMessage(
        "GlobalAveragePool: input must be [height, width, channels], got [7, 9]",
        () -> new GlobalAveragePool().outputShape(Shape.of(7, 9)));
    assertMessage(
        "Pooling: the window must fit into the padded input [7, 9], got [8, 8]",
        () -> new MaxPool2d(8).outputShape(IMAGE));
  }

  private static void assertMessage(String message, Executable run) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, run).getMessage());
  }
}
