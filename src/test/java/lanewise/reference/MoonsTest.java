package lanewise.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import lanewise.data.TestData;
import lanewise.layer.Dense;
import lanewise.layer.ReLU;
import lanewise.layer.Sigmoid;
import lanewise.loss.BinaryCrossEntropy;
import lanewise.network.Network;
import lanewise.network.Parameter;
import lanewise.optimizer.Sgd;
import lanewise.random.NumpyRandom;
import lanewise.shape.Shape;
import lanewise.train.Trainer;
import lanewise.train.TrainingResult;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The third article's network 2-25-50-50-25-1, in double and in the library. */
final class MoonsTest {
  private static final int[] UNITS = {2, 25, 50, 50, 25, 1};
  private static final String TRAIN = "makemoons_train900_rs42";
  private static final String TEST = "makemoons_test100_rs42";

  /** At iterations 0, 1000, … 9000 and 9999. */
  private static final String[] KNOWN_COSTS = {
    "0.69365", "0.69109", "0.67875", "0.42476", "0.26780", "0.23821", "0.17260", "0.10188",
    "0.08453", "0.07812", "0.07429"
  };

  /**
   * Weights and biases drawn in the article's order, then cast to float so that both start alike.
   */
  private record Start(RealMatrix[] weights, double[][] biases) {
    /** The deviation of a layer's numbers by how many inputs it has. */
    static Start draw(long seed, IntToDoubleFunction deviation) {
      NumpyRandom random = new NumpyRandom(seed);
      RealMatrix[] weights = new RealMatrix[UNITS.length - 1];
      double[][] biases = new double[UNITS.length - 1][];
      for (int l = 0; l < weights.length; l++) {
        double scale = deviation.applyAsDouble(UNITS[l]);
        weights[l] = MatrixUtils.createRealMatrix(UNITS[l + 1], UNITS[l]);
        for (int i = 0; i < UNITS[l + 1]; i++) {
          weights[l].setRow(i, draw(random, UNITS[l], scale));
        }
        biases[l] = draw(random, UNITS[l + 1], scale);
      }
      return new Start(weights, biases);
    }

    private static double[] draw(NumpyRandom random, int count, double scale) {
      double[] numbers = random.randn(count);
      for (int i = 0; i < count; i++) {
        numbers[i] *= scale;
      }
      return numbers;
    }

    ReferenceNetwork reference() {
      return new ReferenceNetwork(weights, biases);
    }

    /** The library's network, whose weights lie {@code [inputs, units]}. */
    Network network() {
      Network network =
          Network.sequence(
              Shape.of(UNITS[0]),
              1,
              new Dense(UNITS[1]),
              new ReLU(),
              new Dense(UNITS[2]),
              new ReLU(),
              new Dense(UNITS[3]),
              new ReLU(),
              new Dense(UNITS[4]),
              new ReLU(),
              new Dense(UNITS[5]),
              new Sigmoid());
      for (int l = 0; l < weights.length; l++) {
        Parameter w = network.parameterList().get(2 * l);
        Parameter b = network.parameterList().get(2 * l + 1);
        assertEquals(Shape.of(UNITS[l], UNITS[l + 1]), w.shape());
        for (int unit = 0; unit < UNITS[l + 1]; unit++) {
          network.parameters()[b.offset() + unit] = (float) biases[l][unit];
          for (int input = 0; input < UNITS[l]; input++) {
            network.parameters()[w.offset() + input * UNITS[l + 1] + unit] =
                (float) weights[l].getEntry(unit, input);
          }
        }
      }
      return network;
    }
  }

  /** Float32 follows double to four digits while the cost falls from 0.7 to under 0.3. */
  @Test
  void libraryFollowsTheReference() throws IOException {
    Moons moons = Moons.read(TestData.external("synthetic"), TRAIN);
    Start start = Start.draw(2, inputs -> Math.sqrt(2.0 / inputs));
    int iterations = 80;
    float rate = 0.1f;
    double[] expected = start.reference().train(moons.columns(), moons.labels(), rate, iterations);
    TrainingResult result =
        new Trainer(new BinaryCrossEntropy(), new Sgd(rate))
            .batch(moons.y().length)
            .epochs(iterations)
            .shuffle(false)
            .train(start.network(), moons.dataset());
    for (int i = 0; i < iterations; i++) {
      assertEquals(expected[i], result.epochs().get(i).loss(), 0.5e-4, "cost of iteration " + i);
    }
    assertTrue(
        expected[0] > 0.6 && expected[iterations - 1] < 0.3,
        "costs " + expected[0] + " to " + expected[iterations - 1]);
  }

  @Test
  void firstKnownCost() throws IOException {
    Moons moons = Moons.read(TestData.external("synthetic"), TRAIN);
    double[] costs =
        Start.draw(2, inputs -> 0.1).reference().train(moons.columns(), moons.labels(), 0.01, 1);
    assertEquals(KNOWN_COSTS[0], fiveDigits(costs[0]));
  }

  /** Some minutes. */
  @Test
  @Tag("long")
  void allKnownCosts() throws IOException {
    Moons moons = Moons.read(TestData.external("synthetic"), TRAIN);
    Moons test = Moons.read(TestData.external("synthetic"), TEST);
    ReferenceNetwork reference = Start.draw(2, inputs -> 0.1).reference();
    double[] costs = reference.train(moons.columns(), moons.labels(), 0.01, 10_000);
    for (int i = 0; i < KNOWN_COSTS.length; i++) {
      int iteration = Math.min(1000 * i, 9999);
      assertEquals(KNOWN_COSTS[i], fiveDigits(costs[iteration]), "cost of iteration " + iteration);
    }
    assertEquals(0.98, reference.accuracy(test.columns(), test.labels()));
  }

  private static String fiveDigits(double x) {
    return String.format(Locale.ROOT, "%.5f", x);
  }
}
