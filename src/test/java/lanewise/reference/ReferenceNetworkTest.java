package lanewise.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Locale;
import lanewise.data.TestData;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The reference itself is held to the first article's published figures, and to finite differences.
 */
final class ReferenceNetworkTest {
  /** At iterations 0, 100, … 2400. */
  private static final String[] PUBLISHED_COSTS = {
    "0.771749", "0.672053", "0.648263", "0.611507", "0.567047", "0.540138", "0.527930", "0.465477",
    "0.369126", "0.391747", "0.315187", "0.272700", "0.237419", "0.199601", "0.189263", "0.161189",
    "0.148214", "0.137775", "0.129740", "0.121225", "0.113821", "0.107839", "0.102855", "0.100897",
    "0.092878"
  };

  private static final double RATE = 0.0075;

  @Test
  void firstPublishedCosts() throws IOException {
    CatVNonCat data = CatVNonCat.read(TestData.external("catvnoncat"));
    ReferenceNetwork network = new ReferenceNetwork(data.weights(), data.biases());
    assertPublished(network.train(data.trainX(), data.trainY(), RATE, 201));
  }

  /** Two minutes. */
  @Test
  @Tag("long")
  void allPublishedCostsAndAccuracies() throws IOException {
    CatVNonCat data = CatVNonCat.read(TestData.external("catvnoncat"));
    ReferenceNetwork network = new ReferenceNetwork(data.weights(), data.biases());
    double[] costs = network.train(data.trainX(), data.trainY(), RATE, 2500);
    assertPublished(costs);
    assertEquals("0.985646", sixDigits(network.accuracy(data.trainX(), data.trainY())));
    assertEquals("0.800000", sixDigits(network.accuracy(data.testX(), data.testY())));
  }

  /**
   * One step of rate 1 moves a weight by its gradient, which the cost's central difference gives
   * too.
   */
  @Test
  void updateFollowsTheGradient() {
    RealMatrix x =
        MatrixUtils.createRealMatrix(
            new double[][] {{0.3, -1.2, 0.7, 1.1}, {0.9, 0.4, -0.8, 0.2}, {-0.5, 0.6, 1.3, -0.1}});
    double[] y = {1, 0, 1, 0};
    RealMatrix[] weights = {
      MatrixUtils.createRealMatrix(new double[][] {{0.5, -0.4, 0.8}, {-0.3, 0.9, 0.2}}),
      MatrixUtils.createRealMatrix(new double[][] {{0.7, -0.6}})
    };
    double[][] biases = {{0.1, -0.2}, {0.05}};
    ReferenceNetwork stepped = new ReferenceNetwork(weights, biases);
    stepped.train(x, y, 1, 1);
    double h = 1e-5;
    for (int l = 0; l < weights.length; l++) {
      for (int i = 0; i < weights[l].getRowDimension(); i++) {
        for (int j = 0; j < weights[l].getColumnDimension(); j++) {
          double before = weights[l].getEntry(i, j);
          weights[l].setEntry(i, j, before + h);
          double above = cost(weights, biases, x, y);
          weights[l].setEntry(i, j, before - h);
          double below = cost(weights, biases, x, y);
          weights[l].setEntry(i, j, before);
          double gradient = before - stepped.weights(l).getEntry(i, j);
          assertEquals((above - below) / (2 * h), gradient, 1e-9, l + ", " + i + ", " + j);
        }
        double before = biases[l][i];
        biases[l][i] = before + h;
        double above = cost(weights, biases, x, y);
        biases[l][i] = before - h;
        double below = cost(weights, biases, x, y);
        biases[l][i] = before;
        double gradient = before - stepped.biases(l)[i];
        assertEquals((above - below) / (2 * h), gradient, 1e-9, "bias " + l + ", " + i);
      }
    }
  }

  private static double cost(RealMatrix[] weights, double[][] biases, RealMatrix x, double[] y) {
    return ReferenceNetwork.cost(new ReferenceNetwork(weights, biases).predict(x), y);
  }

  private static void assertPublished(double[] costs) {
    for (int i = 0; i < costs.length; i += 100) {
      assertEquals(PUBLISHED_COSTS[i / 100], sixDigits(costs[i]), "cost of iteration " + i);
    }
  }

  private static String sixDigits(double x) {
    return String.format(Locale.ROOT, "%.6f", x);
  }
}
