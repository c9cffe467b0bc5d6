package lanewise.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import lanewise.layer.BatchNorm;
import lanewise.layer.Conv2d;
import lanewise.layer.Dense;
import lanewise.layer.DepthwiseConv2d;
import lanewise.layer.Dropout;
import lanewise.layer.GlobalAveragePool;
import lanewise.layer.Initializer;
import lanewise.layer.Layer;
import lanewise.layer.LeakyReLU;
import lanewise.layer.MaxPool2d;
import lanewise.layer.ReLU;
import lanewise.layer.ReLU6;
import lanewise.layer.Tanh;
import lanewise.random.CounterRandom;
import lanewise.shape.Padding;
import lanewise.shape.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a plan fuses, against the same layers apart. */
class FusionTest {
  private static final int BATCH = 5;
  private static final BatchNorm NORM =
      new BatchNorm().momentum(0.5f); // so that a step moves the state by much
  private static final BatchNorm WIDE =
      new BatchNorm(0.5f, 1e-3f, new Initializer.Normal(6), new Initializer.Normal(2));
  private static final Conv2d CONV =
      new Conv2d(17, 3)
          .padding(Padding.SAME)
          .initializer(new Initializer.Normal(0.3f), Initializer.ZEROS);

  /** Keeps everything, to the bit, and yet is an op of its own in training, which nothing joins. */
  private static final Dropout WALL = new Dropout(1);

  /** A network of layers that fuse, or, with walls between them, do not. */
  record Case(String name, Function<Layer[], Function<Value, Value>> layers) {
    Network network(boolean fused) {
      Layer[] walls = fused ? new Layer[0] : new Layer[] {WALL};
      return Network.graph(Shape.of(5, 7, 3), 3, layers.apply(walls)::apply);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case("ReLU", wall -> x -> x.then(CONV, NORM).then(wall).then(new ReLU(), CONV)),
        new Case("ReLU6", wall -> x -> x.then(CONV, WIDE).then(wall).then(new ReLU6(), CONV)),
        new Case("of the input", wall -> x -> x.then(NORM).then(wall).then(new ReLU(), CONV)),
        new Case("last", wall -> x -> x.then(CONV, NORM).then(wall).then(new ReLU())),
        new Case(
            "sum, then ReLU",
            wall ->
                x -> {
                  Value h = x.then(CONV, new Tanh());
                  return h.then(CONV).plus(h).then(wall).then(new ReLU(), CONV);
                }),
        new Case(
            "sum of three, then ReLU6",
            wall ->
                x -> {
                  Value h = x.then(CONV);
                  Value i = x.then(CONV);
                  return Value.join(new lanewise.layer.Add(), List.of(h, i.then(CONV), i))
                      .then(wall)
                      .then(new ReLU6(), CONV);
                }),
        new Case(
            "maxima of ReLU, without a bias",
            wall ->
                x ->
                    x.then(CONV, CONV.withoutBias(), new ReLU())
                        .then(wall)
                        .then(new MaxPool2d(2), CONV)),
        new Case(
            "overlapping maxima of ReLU6, without a bias",
            wall ->
                x ->
                    x.then(CONV, CONV.withoutBias(), new ReLU6())
                        .then(wall)
                        .then(new MaxPool2d(3, 2, Padding.SAME), CONV)),
        new Case(
            "maxima of leaky ReLU, without a bias",
            wall ->
                x ->
                    x.then(CONV, CONV.withoutBias(), new LeakyReLU(0.1f))
                        .then(wall)
                        .then(new MaxPool2d(2), CONV)),
        new Case("sum", residual(new Layer[0])),
        new Case("sum and ReLU", residual(new ReLU(), CONV)),
        new Case("sum and ReLU6, last", residual(new ReLU6())),
        new Case("sum and tanh", residual(new Tanh(), CONV)),
        new Case(
            "sum with the input and ReLU",
            wall ->
                x ->
                    x.then(new Conv2d(3, 3).padding(Padding.SAME), NORM)
                        .then(wall)
                        .plus(x)
                        .then(wall)
                        .then(new ReLU(), CONV)),
        new Case(
            "two batch normalizations and their sum",
            wall ->
                x -> {
                  Value h = x.then(CONV, new ReLU());
                  Value shortcut = h.then(CONV, NORM).then(wall);
                  Value sum = h.then(CONV, NORM).then(wall).plus(shortcut);
                  return sum.then(wall).then(new ReLU(), new GlobalAveragePool(), new Dense(3));
                }));
  }

  /** Residual blocks as in ResNet, one after the other, so that sums fork too. */
  private static Function<Layer[], Function<Value, Value>> residual(Layer... after) {
    return wall ->
        x -> {
          Value h = x.then(CONV, NORM).then(wall).then(new ReLU());
          Value i = block(h, wall).then(wall).then(new ReLU());
          return block(i, wall).then(wall).then(after);
        };
  }

  private static Value block(Value x, Layer[] wall) {
    Value inner = x.then(CONV, NORM).then(wall).then(new ReLU(), CONV, NORM).then(wall);
    return inner.plus(x);
  }

  /** Biases, and filters of few input channels, have a gradient made of the maxima alone. */
  static Stream<Case> maxima() {
    MaxPool2d halves = new MaxPool2d(2);
    MaxPool2d overlapping = new MaxPool2d(3, 2, Padding.SAME);
    return Stream.of(
        new Case(
            "of many channels and ReLU",
            wall -> x -> x.then(CONV, CONV, new ReLU()).then(wall).then(halves, CONV)),
        new Case(
            "overlapping, of many channels and ReLU6",
            wall -> x -> x.then(CONV, CONV, new ReLU6()).then(wall).then(overlapping, CONV)),
        new Case(
            "of many channels by Winograd",
            wall ->
                x ->
                    x.then(new Conv2d(16, 1), new Conv2d(32, 3).padding(Padding.SAME))
                        .then(new LeakyReLU(0.1f))
                        .then(wall)
                        .then(halves, CONV)),
        new Case(
            "of a depthwise convolution",
            wall ->
                x ->
                    x.then(new DepthwiseConv2d(3).padding(Padding.SAME), new ReLU())
                        .then(wall)
                        .then(halves, CONV)),
        new Case("alone", wall -> x -> x.then(CONV).then(wall).then(halves)),
        new Case("of ReLU", wall -> x -> x.then(CONV, new ReLU()).then(wall).then(halves, CONV)),
        new Case(
            "overlapping, of ReLU6",
            wall -> x -> x.then(CONV, new ReLU6()).then(wall).then(overlapping, CONV)),
        new Case(
            "of leaky ReLU",
            wall -> x -> x.then(CONV, new LeakyReLU(0.1f)).then(wall).then(halves, CONV)),
        new Case(
            "whose input has a gradient",
            wall ->
                x ->
                    x.then(new Conv2d(5, 1), new Conv2d(6, 3).padding(Padding.SAME), new ReLU())
                        .then(wall)
                        .then(halves, CONV)),
        new Case(
            "read twice",
            wall ->
                x -> {
                  Value h = x.then(new Conv2d(5, 1), CONV);
                  Value few = h.then(new Conv2d(5, 1), CONV, new ReLU());
                  Value maxima = few.then(wall).then(halves);
                  return maxima.then(CONV).plus(maxima);
                }));
  }

  @ParameterizedTest
  @MethodSource("maxima")
  void gradientsOfMaxima(Case c) {
    Network fused = c.network(true);
    Network apart = c.network(false).withParameters(fused.parameters());
    assertTrue(
        Planner.training(fused, BATCH, 1, new float[fused.parameterCount()]).forward().stream()
            .anyMatch(PooledConv2dOp.class::isInstance));
    TrainingPlan plan = fused.trainingPlan(BATCH, 1);
    TrainingPlan expected = apart.trainingPlan(BATCH, 1);
    for (int step = 0; step < 2; step++) {
      step(plan, step);
      step(expected, step);
      assertArrayEquals(expected.output(), plan.output(), "output");
      float largest = 0;
      for (float g : expected.gradients()) {
        largest = Math.max(largest, Math.abs(g));
      }
      assertTrue(largest > 0, "no gradient");
      assertArrayEquals(expected.gradients(), plan.gradients(), 1e-6f * largest, "gradients");
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void trainsToTheSameBits(Case c) {
    Network fused = c.network(true);
    Network apart = c.network(false).withParameters(fused.parameters());
    TrainingPlan plan = fused.trainingPlan(BATCH, 1);
    TrainingPlan expected = apart.trainingPlan(BATCH, 1);
    assertTrue(
        Planner.training(fused, BATCH, 1, new float[fused.parameterCount()]).forward().size()
            < fused.nodes().size(),
        "nothing is fused");
    for (int step = 0; step < 2; step++) {
      step(plan, step);
      step(expected, step);
      assertArrayEquals(expected.output(), plan.output(), "output");
      assertArrayEquals(expected.gradients(), plan.gradients(), "gradients");
      assertArrayEquals(apart.state(), fused.state(), "state");
    }
    float largest = 0;
    for (float g : plan.gradients()) {
      largest = Math.max(largest, Math.abs(g));
    }
    assertTrue(largest > 0, "no gradient");
  }

  private static void step(TrainingPlan plan, long step) {
    System.arraycopy(normal(plan.input().length, step), 0, plan.input(), 0, plan.input().length);
    plan.forward(step);
    float[] dOutput = normal(plan.dOutput().length, step + 10);
    System.arraycopy(dOutput, 0, plan.dOutput(), 0, dOutput.length);
    plan.backward(step);
  }

  static float[] normal(int n, long key) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) CounterRandom.normal(key, i);
    }
    return x;
  }

  static Stream<Network> normalizedConvolutions() {
    Shape image = Shape.of(9, 7, 6);
    Initializer large = new Initializer.Normal(1);
    Conv2d conv = new Conv2d(10, 3).initializer(large, large);
    DepthwiseConv2d depthwise = new DepthwiseConv2d(3).padding(Padding.SAME);
    return Stream.of(
        convolution(image, conv),
        convolution(image, conv.withoutBias(), new ReLU()),
        convolution(image, conv.stride(2).padding(Padding.of(1)), new ReLU6()),
        convolution(image, new Conv2d(33, 1), new LeakyReLU(0.1f)),
        convolution(image, conv.groups(2), new ReLU()),
        convolution(image, depthwise, new ReLU6()),
        convolution(image, depthwise.withoutBias().multiplier(2)),
        convolution(
            Shape.of(12, 12, 32), // Winograd's
            new Conv2d(32, 3).padding(Padding.SAME).withoutBias(),
            new LeakyReLU(0.2f)));
  }

  private static Network convolution(Shape input, Layer conv, Layer... after) {
    Network network = Network.graph(input, 3, x -> x.then(conv, WIDE).then(after));
    int channels = network.state().length / 2;
    float[] state = normal(2 * channels, 4);
    for (int c = 0; c < 2 * channels; c++) {
      network.state()[c] = c < channels ? 3 * state[c] : Math.abs(state[c]);
    }
    return network;
  }

  /**
   * Within {@code γ} of the sums that the convolution adds, times the scale; {@code γ} has a
   * rounding each for the scaled filter, the scaled mean and beta more.
   */
  @ParameterizedTest
  @MethodSource("normalizedConvolutions")
  void normalizesWithinTheConvolution(Network network) {
    assertEquals(1, Planner.inference(network, BATCH).forward().size());
    Predictor predictor = network.predictor(BATCH);
    float[] input = normal(BATCH * network.inputShape().size(), 7);
    assertPredicts(network, predictor, input);
    // A predictor sees weights and statistics that change.
    for (int i = 0; i < network.parameterCount(); i++) {
      network.parameters()[i] += 0.25f;
    }
    for (int i = 0; i < network.state().length; i++) {
      network.state()[i] += 0.5f;
    }
    assertPredicts(network, predictor, input);
  }

  private static void assertPredicts(Network network, Predictor predictor, float[] input) {
    float[] output = new float[BATCH * network.outputShape().size()];
    predictor.predict(input, 0, BATCH, output, 0);
    Node conv = network.nodes().getFirst();
    Network alone = Network.sequence(network.inputShape(), 1, conv.layer());
    ReferenceNetwork reference = new ReferenceNetwork(alone, BATCH, 0, 0);
    double[] p = new double[alone.parameterCount()];
    Arrays.setAll(p, i -> network.parameters()[i]);
    double[] x = new double[input.length];
    Arrays.setAll(x, i -> input[i]);
    double[] sums = reference.output(p, x);
    double[] magnitudes = reference.output(absolute(p), absolute(x));
    int channels = network.state().length / 2;
    float[] norm = Arrays.copyOfRange(network.parameters(), p.length, network.parameterCount());
    double[] expected = new double[output.length];
    double largest = 0;
    for (int i = 0; i < output.length; i++) {
      int c = i % channels;
      double mean = network.state()[c];
      double scale = norm[c] / Math.sqrt((double) network.state()[channels + c] + WIDE.epsilon());
      double y = (sums[i] - mean) * scale + norm[channels + c];
      expected[i] = activate(network.layers().getLast(), y);
      double magnitude = (magnitudes[i] + Math.abs(mean)) * Math.abs(scale);
      largest = Math.max(largest, magnitude + Math.abs(norm[channels + c]));
    }
    double bound = (p.length / channels + 11) * 0x1p-24 * largest;
    for (int i = 0; i < output.length; i++) {
      assertEquals(expected[i], output[i], bound, "at " + i);
    }
  }

  private static double activate(Layer layer, double y) {
    return switch (layer) {
      case ReLU _ -> Math.max(y, 0);
      case ReLU6 _ -> Math.min(Math.max(y, 0), 6);
      case LeakyReLU(float slope) -> y < 0 ? slope * y : y;
      default -> y;
    };
  }

  private static double[] absolute(double[] x) {
    return Arrays.stream(x).map(Math::abs).toArray();
  }

  /** After a dense layer, the normalization stays a pass of its own, which ReLU joins. */
  @Test
  void predictsToTheSameBits() {
    Shape features = Shape.of(13);
    Network apart = Network.sequence(features, 1, new Dense(33), WIDE);
    Network fused = Network.sequence(features, 1, new Dense(33), WIDE, new ReLU6());
    Network sum =
        Network.graph(
            features,
            1,
            x -> {
              Value h = x.then(new Dense(33), WIDE);
              return h.plus(h).then(new ReLU6());
            });
    float[] input = normal(BATCH * 13, 1);
    float[] expected = apart.predict(input, BATCH);
    float[] doubled = expected.clone();
    for (int i = 0; i < expected.length; i++) {
      expected[i] = Math.min(Math.max(expected[i], 0), 6);
      doubled[i] = Math.min(Math.max(2 * doubled[i], 0), 6);
    }
    assertEquals(2, Planner.inference(fused, BATCH).forward().size());
    assertEquals(3, Planner.inference(sum, BATCH).forward().size());
    assertArrayEquals(expected, fused.predict(input, BATCH));
    assertArrayEquals(doubled, sum.predict(input, BATCH));
  }

  /**
   * A residual block, and how many ops fusing saves in inference. Biases are zero and sums of
   * products one block, so that the order of the sum changes no bit.
   */
  record Shortcut(String name, int saved, Function<Layer[], Function<Value, Value>> layers) {
    Network network(Layer... walls) {
      return Network.graph(Shape.of(8, 9, 16), 3, layers.apply(walls)::apply);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Shortcut> shortcuts() {
    Conv2d winograd = new Conv2d(16, 3).padding(Padding.SAME);
    Conv2d pointwise = new Conv2d(16, 1);
    Conv2d patches = new Conv2d(16, 4).padding(Padding.SAME).withoutBias();
    DepthwiseConv2d depthwise = new DepthwiseConv2d(3).padding(Padding.SAME);
    return Stream.of(
        new Shortcut("Winograd", 1, block(winograd, new ReLU())),
        new Shortcut("normalized", 1, block(winograd.withoutBias(), NORM, new ReLU6())),
        new Shortcut("pointwise", 1, block(pointwise, NORM)),
        new Shortcut("patches", 2, block(patches, new LeakyReLU(0.1f))),
        new Shortcut("depthwise", 1, block(depthwise, NORM, new ReLU())),
        new Shortcut(
            "of what the convolution reads",
            0,
            wall ->
                x -> {
                  Value h = x.then(pointwise);
                  return h.then(winograd).then(wall).plus(h);
                }),
        new Shortcut("of the input", 0, wall -> x -> x.then(winograd).then(wall).plus(x)),
        new Shortcut(
            "read again later",
            0,
            wall ->
                x -> {
                  Value h = x.then(pointwise);
                  Value sum = h.then(pointwise, winograd).then(wall).plus(h);
                  return Value.join(new lanewise.layer.Concat(), List.of(sum, h));
                }),
        new Shortcut(
            "read again by another name",
            0,
            wall ->
                x -> {
                  Value h = x.then(pointwise);
                  Value same = h.then(WALL);
                  Value sum = h.then(pointwise, winograd).then(wall).plus(h);
                  return Value.join(new lanewise.layer.Concat(), List.of(sum, same));
                }));
  }

  /**
   * {@code x → h → conv → conv, after[0], + h, after[1 …]}, a batch normalization before the sum.
   */
  private static Function<Layer[], Function<Value, Value>> block(Layer conv, Layer... after) {
    boolean norm = after.length > 0 && after[0] instanceof BatchNorm;
    Layer[] before = norm ? new Layer[] {conv, after[0]} : new Layer[] {conv};
    Layer[] rest = Arrays.copyOfRange(after, norm ? 1 : 0, after.length);
    return wall ->
        x -> {
          Value h = x.then(new Conv2d(16, 1), new ReLU());
          return h.then(conv, new Tanh()).then(before).then(wall).plus(h).then(rest).then(conv);
        };
  }

  @ParameterizedTest
  @MethodSource("shortcuts")
  void addsOntoTheShortcut(Shortcut shortcut) {
    Network fused = shortcut.network();
    Network apart = shortcut.network(WALL);
    assertEquals(
        Planner.inference(apart, BATCH).forward().size() - shortcut.saved(),
        Planner.inference(fused, BATCH).forward().size());
    float[] input = normal(BATCH * 8 * 9 * 16, 7);
    float[] expected = apart.predict(input, BATCH);
    float[] frozen = new float[expected.length];
    fused.predictor(BATCH).freeze().predict(input, 0, BATCH, frozen, 0);
    assertArrayEquals(expected, fused.predict(input, BATCH));
    assertArrayEquals(expected, frozen);
  }
}
