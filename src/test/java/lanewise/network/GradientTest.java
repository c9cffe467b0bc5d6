package lanewise.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lanewise.layer.Add;
import lanewise.layer.AveragePool2d;
import lanewise.layer.BatchNorm;
import lanewise.layer.Conv2d;
import lanewise.layer.Dense;
import lanewise.layer.DepthwiseConv2d;
import lanewise.layer.Dropout;
import lanewise.layer.ELU;
import lanewise.layer.Flatten;
import lanewise.layer.GELU;
import lanewise.layer.GlobalAveragePool;
import lanewise.layer.Hardswish;
import lanewise.layer.Initializer;
import lanewise.layer.Layer;
import lanewise.layer.LeakyReLU;
import lanewise.layer.MaxPool2d;
import lanewise.layer.PadChannels;
import lanewise.layer.ReLU;
import lanewise.layer.ReLU6;
import lanewise.layer.SiLU;
import lanewise.layer.Sigmoid;
import lanewise.layer.Softmax;
import lanewise.layer.Tanh;
import lanewise.random.CounterRandom;
import lanewise.shape.Padding;
import lanewise.shape.Shape;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The gradients of every layer within a network, against central differences {@code (f(p + h) − f(p
 * − h)) / 2h} of a slow forward pass in double. With h = 10⁻⁵ the differences' own error, h² from
 * curvature and 2⁻⁵³ / h from rounding, is about 10⁻¹⁰ and thus nothing beside that of float.
 */
class GradientTest {
  private static final double H = 1e-5;
  private static final int BATCH = 3;
  private static final long SEED = 99;
  private static final long STEP = 17;
  private static final double UNIT_ROUNDOFF = 0x1p-24;

  record Case(String name, Shape input, UnaryOperator<Value> layers) {
    Case(Shape input, Layer... layers) {
      this(input + " " + Arrays.toString(layers), input, value -> value.then(layers));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    Shape image = Shape.of(5, 7, 4);
    Conv2d conv = new Conv2d(6, 3);
    Initializer large = new Initializer.Normal(2);
    Dense wide = new Dense(17, large, Initializer.ZEROS);
    DepthwiseConv2d depthwise = new DepthwiseConv2d(3).padding(Padding.SAME);
    Conv2d conv1 = new Conv2d(2, 1);
    Conv2d same = conv.padding(Padding.SAME);
    return Stream.of(
        new Case(Shape.of(13), new Dense(7)),
        new Case(Shape.of(13), new Dense(17), new ReLU(), new Dense(3)),
        new Case(Shape.of(13), new Dense(17), new LeakyReLU(0.1f), new Dense(3), new ReLU()),
        new Case(Shape.of(13), new Dense(17), new Sigmoid(), new Dense(3), new Sigmoid()),
        new Case(Shape.of(13), new Dense(17), new Tanh(), new ReLU(), new Dense(3)),
        new Case(Shape.of(13), new Dense(17), new Softmax(), new Dense(3), new Softmax()),
        new Case(Shape.of(13), new Dense(17), new Sigmoid(), new Tanh(), new LeakyReLU(0.5f)),
        new Case(Shape.of(13), new Dense(17), new Dropout(0.6f), new ReLU(), new Dense(3)),
        new Case(Shape.of(13), new Dense(17), new ReLU(), new Dropout(0.6f), new Dense(3)),
        new Case(Shape.of(13), new Dense(17), new Scale(), new Tanh(), new Scale()),
        new Case(Shape.of(13), new Scale()),
        new Case(Shape.of(13), wide, new ReLU6(), new Dense(3)),
        new Case(image, new Conv2d(6, 3).initializer(large, large), new ReLU6(), new Conv2d(2, 2)),
        new Case(Shape.of(13), wide, new Scale(), new ReLU6(), new Dense(3)),
        new Case(Shape.of(13), wide, new Hardswish(), new Dense(3), new Hardswish()),
        new Case(Shape.of(13), new Dense(17), new ELU(1), new Dense(3), new ELU(0.3f)),
        new Case(Shape.of(13), new Dense(17), new SiLU(), new Dense(3), new SiLU()),
        new Case(Shape.of(13), new Dense(17), new GELU(), new Dense(3), new GELU()),
        new Case(Shape.of(13), new Dense(17), new GELU(), new SiLU(), new Sigmoid(), new ELU(2)),
        new Case(Shape.of(13), new Dropout(0.5f), new Tanh(), new Dense(3)),
        new Case(image, new Flatten(), new ReLU(), new Dense(3), new Flatten()),
        new Case(image, conv),
        new Case(image, same, new ReLU(), new Conv2d(5, 3), new LeakyReLU(0.2f)),
        new Case(image, conv.stride(2).padding(Padding.of(1)), new Conv2d(3, 2)),
        new Case(image, same.dilation(2), new Tanh(), conv.padding(Padding.of(0, 1, 2, 0))),
        new Case(image, new Conv2d(8, 3).groups(4), new Conv2d(8, 1).groups(2), new ReLU()),
        new Case(image, same, new MaxPool2d(2), new ReLU(), new Conv2d(2, 2)),
        new Case(image, same, new ReLU(), new MaxPool2d(3, 2, Padding.SAME), new Softmax()),
        new Case(image, same, new AveragePool2d(2), new Conv2d(2, 2)),
        new Case(image, same, new AveragePool2d(3, 2, Padding.SAME)),
        new Case(image, same, new AveragePool2d(3, 3, 2, 1, Padding.of(1), true, false)),
        new Case(image, same, new ReLU(), new MaxPool2d(2).roundingUp(), new Softmax()),
        new Case(image, same, new AveragePool2d(3, 2, Padding.of(1)).roundingUp()),
        new Case(image, same, new ReLU(), new GlobalAveragePool(), new Dense(3)),
        new Case(image, conv.withoutBias(), new Conv2d(3, 2).withoutBias(), new ReLU(), conv1),
        new Case(image, depthwise, new ReLU(), depthwise.multiplier(3).stride(2), conv1),
        new Case(image, same, depthwise.withoutBias().dilation(2), new Conv2d(6, 1)),
        new Case(image, same, new PadChannels(2, 17), new Conv2d(2, 2)),
        new Case(image, new PadChannels(0, 1), same, new PadChannels(1, 0), new Tanh()),
        new Case(image, new BatchNorm()),
        new Case(image, conv.withoutBias(), new BatchNorm(), new ReLU(), conv1),
        new Case(image, same.withoutBias(), new BatchNorm(), new Tanh(), new BatchNorm(), conv1),
        new Case(image, new Conv2d(1, 3).withoutBias(), new BatchNorm(), new Tanh(), conv1),
        new Case(image, new Conv2d(17, 1), new Tanh(), new BatchNorm(), new GlobalAveragePool()),
        new Case(Shape.of(13), new Dense(17), new Tanh(), new BatchNorm(), new Dense(3)),
        new Case(
            Shape.of(8, 8, 1),
            same,
            new ReLU(),
            new MaxPool2d(2),
            new Dropout(0.75f),
            same,
            new ReLU(),
            new MaxPool2d(2),
            new Dropout(0.75f),
            new Flatten(),
            new Dense(8),
            new ReLU(),
            new Dense(4),
            new Softmax()));
  }

  static Stream<Case> graphs() {
    Shape image = Shape.of(5, 7, 3);
    Shape features = Shape.of(13);
    Conv2d conv = new Conv2d(3, 3).padding(Padding.SAME);
    Dense dense = new Dense(13);
    return Stream.of(
        new Case("residual", image, x -> conv(x.then(conv, new ReLU()), conv)),
        new Case("residual, input", image, x -> x.plus(x.then(conv, new ReLU(), conv))),
        new Case("residual, input last", image, x -> x.then(conv, new Tanh()).plus(x)),
        new Case(
            "chain of residuals",
            image,
            x -> conv(conv(x.then(conv, new ReLU()), conv).then(new ReLU()), conv)),
        new Case(
            "one value many times",
            features,
            x -> {
              Value h = x.then(dense, new Tanh());
              return Value.join(new Add(), List.of(h, h.then(dense), h, h)).then(dense);
            }),
        new Case(
            "three inputs, the last read once",
            features,
            x -> {
              Value h = x.then(dense);
              return Value.join(new Add(), List.of(h, h, h.then(dense)));
            }),
        new Case(
            "three inputs, the second read once",
            features,
            x -> {
              Value h = x.then(dense);
              return Value.join(new Add(), List.of(h, x.then(dense), h.then(dense)));
            }),
        new Case(
            "in place after a fork",
            features,
            x -> {
              Value h = x.then(dense);
              Value relu = h.then(new ReLU());
              return relu.plus(h.then(new Sigmoid())).plus(h).then(new Scale()).plus(relu);
            }),
        new Case(
            "what does not follow is not fused",
            features,
            x -> {
              Value a = x.then(dense);
              Value b = x.then(dense);
              return a.then(new ReLU()).plus(b.then(new LeakyReLU(0.1f)));
            }),
        new Case(
            "fork of what is fused",
            features,
            x -> {
              Value a = x.then(dense, new ReLU());
              return a.then(dense, new ReLU()).plus(a.then(new Scale()));
            }),
        new Case(
            "fork before and after Flatten",
            image,
            x -> {
              Value a = x.then(conv);
              Value flat = a.then(new Flatten());
              Value sum = flat.then(new Dense(3)).plus(flat.then(new ReLU(), new Dense(3)));
              return sum.plus(a.then(new GlobalAveragePool())).plus(sum);
            }),
        new Case(
            "fork before what reads its input backward",
            features,
            x -> {
              Value h = x.then(dense);
              return h.then(new GELU(), new SiLU()).plus(h.then(new Hardswish())).plus(h);
            }),
        new Case(
            "dropout on a fork",
            features,
            x -> {
              Value h = x.then(dense);
              return h.then(new Dropout(0.5f)).plus(h.then(new Dropout(0.5f))).plus(h);
            }),
        new Case(
            "concat",
            image,
            x -> {
              Value h = x.then(conv, new ReLU());
              Value one = h.then(new Conv2d(1, 1));
              Value many = h.then(new Conv2d(17, 3).padding(Padding.SAME), new Tanh());
              return one.concat(many, h, x).then(new Conv2d(2, 2));
            }),
        new Case(
            "concat of a value with itself",
            features,
            x -> {
              Value h = x.then(dense);
              return h.concat(h, x.then(new Dense(1)));
            }),
        new Case(
            "residual with batch normalization",
            image,
            x -> {
              Conv2d bare = conv.withoutBias();
              Value h = x.then(bare, new BatchNorm(), new ReLU());
              Value branch = h.then(bare, new BatchNorm(), new ReLU(), bare, new BatchNorm());
              return branch.plus(h).then(new ReLU(), new GlobalAveragePool(), new Dense(3));
            }),
        new Case(
            "residual that halves the image, as in ResNet",
            image,
            x -> {
              Conv2d bare = new Conv2d(4, 3).padding(Padding.of(1)).withoutBias();
              Value h = x.then(new BatchNorm(), new ReLU());
              Value branch = h.then(bare.stride(2), new BatchNorm(), new ReLU(), bare);
              return branch
                  .then(new BatchNorm())
                  .plus(h.then(new AveragePool2d(1, 2, Padding.VALID), new PadChannels(0, 1)))
                  .then(new ReLU(), new GlobalAveragePool(), new Dense(3));
            }),
        new Case(
            "fork of batch normalization",
            image,
            x -> {
              Value h = x.then(new BatchNorm());
              return h.plus(h.then(new BatchNorm())).plus(h.then(new Tanh()));
            }),
        new Case(
            "dense connections",
            image,
            x -> {
              Value a = x.concat(x.then(conv, new ReLU()));
              Value b = a.concat(a.then(conv, new ReLU()));
              return b.then(new GlobalAveragePool(), new Dense(3), new Softmax());
            }));
  }

  private static Value conv(Value x, Conv2d conv) {
    return x.then(conv, new ReLU(), conv).plus(x);
  }

  @ParameterizedTest
  @MethodSource({"cases", "graphs"})
  void agreesWithCentralDifferences(Case c) {
    Network network = Network.graph(c.input(), 3, c.layers());
    perturbBiases(network);
    TrainingPlan plan = network.trainingPlan(BATCH, SEED);
    float[] input = FusionTest.normal(plan.input().length, 1);
    float[] dOutput = FusionTest.normal(plan.output().length, 2);
    // What a step on NaN leaves in the arena and in the gradients must not show in the next.
    float[] nothing = new float[Math.max(input.length, dOutput.length)];
    Arrays.fill(nothing, Float.NaN);
    step(plan, nothing, nothing);
    step(plan, input, dOutput);

    ReferenceNetwork reference = new ReferenceNetwork(network, BATCH, SEED, STEP);
    double[] parameters = doubles(network.parameters());
    double[] x = doubles(input);
    double depth = network.nodes().size();
    assertClose(reference.output(parameters, x), plan.output(), depth * longestSum(network));
    double[] expected = new double[parameters.length];
    for (int i = 0; i < parameters.length; i++) {
      double p = parameters[i];
      parameters[i] = p + H;
      double up = dot(reference.output(parameters, x), dOutput);
      parameters[i] = p - H;
      double down = dot(reference.output(parameters, x), dOutput);
      parameters[i] = p;
      expected[i] = (up - down) / (2 * H);
    }
    for (Parameter p : network.parameterList()) {
      int to = p.offset() + p.size();
      assertClose(
          Arrays.copyOfRange(expected, p.offset(), to),
          Arrays.copyOfRange(plan.gradients(), p.offset(), to),
          2 * depth * longestSum(network));
    }
  }

  private static void step(TrainingPlan plan, float[] input, float[] dOutput) {
    System.arraycopy(input, 0, plan.input(), 0, plan.input().length);
    plan.forward(STEP);
    System.arraycopy(dOutput, 0, plan.dOutput(), 0, plan.dOutput().length);
    plan.backward(STEP);
  }

  /**
   * Within {@code roundings · u} of the largest: the terms of a sum are as large as the largest
   * sum.
   */
  private static void assertClose(double[] expected, float[] actual, double roundings) {
    assertEquals(expected.length, actual.length);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    double tolerance = roundings * UNIT_ROUNDOFF * largest + 1e-9;
    for (int i = 0; i < expected.length; i++) {
      double error = Math.abs(expected[i] - actual[i]);
      assertTrue(
          error <= tolerance,
          "at " + i + ": expected " + expected[i] + ", got " + actual[i] + " ± " + tolerance);
    }
  }

  /** The most terms that one output or gradient sums. */
  private static int longestSum(Network network) {
    return network.nodes().stream()
        .mapToInt(
            node ->
                Math.max(
                    BATCH
                        * node.outputShape().size()
                        / node.outputShape().size(node.outputShape().rank() - 1),
                    node.inputShape().size()))
        .max()
        .orElseThrow();
  }

  /** Biases start at 0, where an error in one would not show forward. */
  private static void perturbBiases(Network network) {
    for (Parameter p : network.parameterList()) {
      if (List.of("bias", "beta", "gamma").contains(p.name().replaceAll(".*\\.", ""))) {
        for (int i = 0; i < p.size(); i++) {
          network.parameters()[p.offset() + i] +=
              0.1f * (float) CounterRandom.normal(p.offset(), i);
        }
      }
    }
  }

  private static double[] doubles(float[] x) {
    return IntStream.range(0, x.length).mapToDouble(i -> x[i]).toArray();
  }

  private static double dot(double[] x, float[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }
}
