package lanewise.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import lanewise.Dice;
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
import org.junit.jupiter.api.Test;

/**
 * Networks of drawn layers and joins, against the same ones whose layers nothing joins: what is
 * fused, written in place or laid over other buffers changes no result. {@code -Dlanewise.draws}
 * says how many, {@code -Dlanewise.seed} which.
 */
class DrawnNetworksTest {
  private static final int DRAWS = Integer.getInteger("lanewise.draws", 1000);
  private static final long SEED = Long.getLong("lanewise.seed", 1);

  private static final int MOST_BATCH = 5;
  private static final int MOST_PIXELS = 10; // of a side
  private static final int MOST_TERMS = MOST_BATCH * MOST_PIXELS * MOST_PIXELS;

  /** Floats around the samples. */
  private static final int MARGIN = 77;

  /** Keeps everything, to the bit, and yet is an op of its own, which nothing joins. */
  private static final Dropout WALL = new Dropout(1);

  private static final Layer[] ACTIVATIONS = {
    new ReLU(),
    new ReLU(),
    new ReLU6(),
    new LeakyReLU(0.1f),
    new ELU(1),
    new GELU(),
    new SiLU(),
    new Hardswish(),
    new Sigmoid(),
    new Tanh(),
    new Softmax(),
    new Scale()
  };

  @Test
  void layersThatAreJoinedComputeWhatTheyDoApart() {
    for (int draw = 0; draw < DRAWS; draw++) {
      Network joined = network(draw, true);
      Network apart = network(draw, false).withParameters(joined.parameters());
      // Of one or two samples, a batch normalization magnifies roundings.
      int batch =
          joined.state().length == 0
              ? dice(draw).of(1, 2, MOST_BATCH)
              : dice(draw).of(4, MOST_BATCH);
      String what = "draw " + draw + ", batch " + batch + ", " + joined.layers();
      TrainingPlan plan = apart.trainingPlan(batch, 1);
      assertSameTraining(joined.trainingPlan(batch, 1), plan, what);
      assertArrayEquals(apart.state(), joined.state(), "state, " + what);
      assertSamePredictions(joined, apart, batch, what);
      if (joined.state().length == 0) {
        forward(plan, 7);
        float[] input = plan.input().clone();
        assertNear(plan.output(), joined.predict(input, batch), "prediction, " + what);
      }
    }
  }

  private static void assertSameTraining(TrainingPlan joined, TrainingPlan apart, String what) {
    for (int step = 0; step < 2; step++) {
      forward(joined, step);
      forward(apart, step);
      assertArrayEquals(apart.output(), joined.output(), "output, " + what);
      float[] dOutput = FusionTest.normal(joined.dOutput().length, step + 10);
      for (TrainingPlan plan : List.of(joined, apart)) {
        System.arraycopy(dOutput, 0, plan.dOutput(), 0, dOutput.length);
        plan.backward(step);
      }
      assertNear(apart.gradients(), joined.gradients(), "gradients, " + what);
    }
  }

  private static void forward(TrainingPlan plan, int key) {
    int size = plan.input().length;
    System.arraycopy(FusionTest.normal(size, key), 0, plan.input(), 0, size);
    plan.forward(key);
  }

  /** The samples stand between NaNs, which nothing may read or write over. */
  private static void assertSamePredictions(Network joined, Network apart, int batch, String what) {
    float[] input = FusionTest.normal(batch * joined.inputShape().size(), 7);
    float[] expected = apart.predict(input, batch);
    float[] actual = joined.predict(input, batch);
    assertNear(expected, actual, "prediction, " + what);
    float[] frozen = new float[actual.length];
    float[] lent = new float[input.length + 2 * MARGIN];
    Arrays.fill(lent, Float.NaN);
    System.arraycopy(input, 0, lent, MARGIN, input.length);
    float[] before = lent.clone();
    joined.predictor(batch).freeze().predict(lent, MARGIN, batch, frozen, 0);
    assertArrayEquals(actual, frozen, "frozen, " + what);
    assertArrayEquals(before, lent, "samples, " + what);
    Predictor larger = joined.predictor(batch + 3);
    int in = input.length / batch;
    int out = actual.length / batch;
    Arrays.fill(frozen, Float.NaN);
    for (int i = 0; i < batch; i++) {
      larger.predict(input, i * in, 1, frozen, i * out);
    }
    assertArrayEquals(actual, frozen, "one by one, " + what);
  }

  /**
   * But for the roundings of a sum, of the largest: gradients may add theirs in another order, and
   * what an inference folds together rounds anew.
   */
  private static void assertNear(float[] expected, float[] actual, String what) {
    assertEquals(expected.length, actual.length);
    float largest = 0;
    for (float x : expected) {
      assertTrue(Float.isFinite(x), what);
      largest = Math.max(largest, Math.abs(x));
    }
    assertArrayEquals(expected, actual, MOST_TERMS * 0x1p-24f * largest + 1e-30f, what);
  }

  private static Dice dice(int draw) {
    return new Dice(CounterRandom.key(SEED, draw));
  }

  private static Network network(int draw, boolean joined) {
    Dice dice = dice(draw);
    Shape input =
        dice.once(3)
            ? Shape.of(1 + dice.below(40))
            : Shape.of(side(dice), side(dice), dice.of(1, 3, 5, 16, 17, 32));
    return Network.graph(input, 3, x -> layers(dice, x, joined));
  }

  private static int side(Dice dice) {
    return 3 + dice.below(MOST_PIXELS - 2);
  }

  /** Drawn layers on drawn values; those that nothing reads are added up at the end. */
  private static Value layers(Dice dice, Value input, boolean joined) {
    List<Value> values = new ArrayList<>(List.of(input));
    List<Value> unread = new ArrayList<>(values);
    int number = 2 + dice.below(12);
    for (int i = 0; i < number; i++) {
      // Mostly the last one, as in a chain.
      Value x = dice.once(3) ? values.get(dice.below(values.size())) : values.getLast();
      unread.remove(x);
      Value y = dice.once(5) ? join(dice, values, unread, x) : x.then(layer(dice, x.shape()));
      y = joined ? y : y.then(WALL);
      values.add(y);
      unread.add(y);
    }
    List<Value> ends = new ArrayList<>();
    for (Value x : unread) {
      Value flat = x.shape().rank() == 3 ? x.then(new Flatten()) : x;
      ends.add(joined ? flat.then(new Dense(3)) : flat.then(WALL, new Dense(3), WALL));
    }
    return ends.size() == 1 ? ends.getFirst() : Value.join(new Add(), ends);
  }

  private static Value join(Dice dice, List<Value> values, List<Value> unread, Value x) {
    boolean adds = !dice.once(3);
    List<Value> inputs = new ArrayList<>(List.of(x));
    int more = 1 + dice.below(2);
    for (int i = 0; i < more; i++) {
      List<Value> fitting =
          values.stream().filter(v -> adds ? v.shape().equals(x.shape()) : beside(v, x)).toList();
      Value other = fitting.get(dice.below(fitting.size()));
      unread.remove(other);
      inputs.add(other);
    }
    return Value.join(adds ? new Add() : new lanewise.layer.Concat(), inputs);
  }

  /** Whether they are images of the same pixels, or vectors, not too large together. */
  private static boolean beside(Value a, Value b) {
    int rank = a.shape().rank();
    return rank == b.shape().rank()
        && IntStream.range(0, rank - 1).allMatch(i -> a.shape().size(i) == b.shape().size(i))
        && a.shape().size(rank - 1) <= Math.max(64, b.shape().size(rank - 1));
  }

  private static Layer layer(Dice dice, Shape shape) {
    if (dice.once(3)) {
      return ACTIVATIONS[dice.below(ACTIVATIONS.length)];
    }
    if (shape.rank() == 1) {
      return switch (dice.below(4)) {
        case 0 -> new BatchNorm();
        case 1 -> new Dense(Math.min(shape.size(0), 64));
        default -> new Dense(dice.of(1, 3, 10, 16, 33));
      };
    }
    // Often as many as before, so that values can be added.
    int channels = dice.once(2) ? shape.size(2) : dice.of(1, 3, 6, 16, 16, 17, 32);
    int kernel = 1 + dice.below(3);
    return switch (dice.below(12)) {
      case 0, 1, 2 -> new Conv2d(channels, 3).padding(Padding.SAME);
      case 3 -> new Conv2d(channels, kernel).padding(Padding.SAME).withoutBias();
      case 4 -> new Conv2d(channels, kernel).padding(Padding.of(1)).stride(2);
      case 5 -> new Conv2d(channels, 1);
      case 6 -> new DepthwiseConv2d(3).padding(Padding.SAME).stride(1 + dice.below(2));
      case 7, 8 -> new BatchNorm();
      case 9 -> new MaxPool2d(kernel, 1 + dice.below(2), Padding.SAME);
      case 10 ->
          switch (dice.below(3)) {
            case 0 -> new AveragePool2d(kernel, 2, Padding.SAME);
            case 1 -> new PadChannels(dice.below(3), 1);
            default -> new MaxPool2d(2, 2, Padding.SAME).roundingUp();
          };
      default -> dice.once(3) ? new GlobalAveragePool() : new Flatten();
    };
  }
}
