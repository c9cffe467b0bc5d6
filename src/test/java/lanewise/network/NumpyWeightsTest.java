package lanewise.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import lanewise.data.TestData;
import lanewise.layer.Conv2d;
import lanewise.layer.Dense;
import lanewise.layer.ReLU;
import lanewise.layer.Sigmoid;
import lanewise.random.NumpyRandom;
import lanewise.shape.Shape;
import org.junit.jupiter.api.Test;

class NumpyWeightsTest {
  /** What the first article prints for {@code initialize_parameters_deep([5, 4, 3])}, seed 3. */
  private static final double[][][] PRINTED = {
    {
      {0.01788628, 0.0043651, 0.00096497, -0.01863493, -0.00277388},
      {-0.00354759, -0.00082741, -0.00627001, -0.00043818, -0.00477218},
      {-0.01313865, 0.00884622, 0.00881318, 0.01709573, 0.00050034},
      {-0.00404677, -0.0054536, -0.01546477, 0.00982367, -0.01101068}
    },
    {
      {-0.01185047, -0.0020565, 0.01486148, 0.00236716},
      {-0.01023785, -0.00712993, 0.00625245, -0.00160513},
      {-0.00768836, -0.00230031, 0.00745056, 0.01976111}
    }
  };

  @Test
  void drawsTheFirstArticlesMatrices() {
    Network network =
        Network.sequence(Shape.of(5), 1, new Dense(4), new ReLU(), new Dense(3), new Sigmoid());
    NumpyWeights.draw(network, 3, features -> 0.01);
    for (int layer = 0; layer < 2; layer++) {
      int weights = network.parameterList().get(2 * layer).offset();
      int units = PRINTED[layer].length;
      for (int unit = 0; unit < units; unit++) {
        for (int feature = 0; feature < PRINTED[layer][unit].length; feature++) {
          double printed = PRINTED[layer][unit][feature];
          double drawn = network.parameters()[weights + feature * units + unit];
          assertEquals(printed, Math.rint(drawn * 1e8) / 1e8, layer + ", " + unit + ", " + feature);
        }
      }
      int bias = network.parameterList().get(2 * layer + 1).offset();
      assertEquals(0, network.parameters()[bias]);
    }
  }

  /** The weights that the cats' published costs start from, as NumPy saved them. */
  @Test
  void drawsTheCatsWeights() throws IOException {
    byte[] bytes =
        Files.readAllBytes(TestData.external("catvnoncat/init_seed1_12288_20_7_5_1.f64le.bin"));
    ByteBuffer saved = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    Network network =
        Network.sequence(
            Shape.of(12_288), 1, new Dense(20), new Dense(7), new Dense(5), new Dense(1));
    NumpyWeights.draw(network, 1, features -> 1 / Math.sqrt(features));
    for (int layer = 0; layer < 4; layer++) {
      Parameter weights = network.parameterList().get(2 * layer);
      int features = weights.shape().size(0);
      int units = weights.shape().size(1);
      for (int unit = 0; unit < units; unit++) {
        for (int feature = 0; feature < features; feature++) {
          assertEquals(
              (float) saved.getDouble(),
              network.parameters()[weights.offset() + feature * units + unit]);
        }
      }
    }
    assertEquals(0, saved.remaining());
  }

  @Test
  void drawsBiasesAfterTheirWeights() {
    Network network = Network.sequence(Shape.of(2), 1, new Dense(1), new ReLU(), new Dense(1));
    NumpyWeights.drawWithBiases(network, 2, features -> 0.1);
    NumpyRandom random = new NumpyRandom(2);
    for (float parameter : network.parameters()) {
      assertEquals((float) (random.randn() * 0.1), parameter);
    }
  }

  @Test
  void refusesConvolutions() {
    Network network = Network.sequence(Shape.of(3, 3, 1), 1, new Conv2d(1, 3));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> NumpyWeights.draw(network, 1, f -> 1));
    assertEquals(
        "NumpyWeights: layers with parameters must be dense, got Conv2d(1, 3x3, valid)",
        e.getMessage());
  }
}
