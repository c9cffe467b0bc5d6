package lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import lanewise.data.TestData;
import lanewise.io.Json;
import lanewise.layer.Dense;
import lanewise.layer.ReLU;
import lanewise.network.Network;
import lanewise.recipe.Recipe;
import lanewise.recipe.Recipes;
import lanewise.shape.Shape;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/articles.md says of the recipes, through the command line. */
class ArticlesTest {
  @TempDir Path folder;

  private record Figures(Map<String, Json> members) {
    double number(String name) {
      return ((Json.Number) members.get(name)).doubleValue();
    }

    double[] losses() {
      return numbers("losses");
    }

    /** The best of the tests after each epoch. */
    double bestTestAccuracy() {
      return Arrays.stream(numbers("test_accuracies")).max().orElseThrow();
    }

    private double[] numbers(String name) {
      return ((Json.Items) members.get(name))
          .list().stream().mapToDouble(item -> ((Json.Number) item).doubleValue()).toArray();
    }

    void assertAtLeast(double least, String name) {
      assertTrue(number(name) >= least, () -> name + " is " + number(name));
    }
  }

  private Figures train(String recipe, String... options) throws Exception {
    Path json = folder.resolve("figures.json");
    List<String> args = new ArrayList<>(List.of("train", recipe, "--json", json.toString()));
    args.addAll(List.of(options));
    StringWriter err = new StringWriter();
    int status =
        Main.run(
            args.toArray(String[]::new),
            new PrintWriter(Writer.nullWriter()),
            new PrintWriter(err));
    assertEquals(Main.OK, status, err::toString);
    return new Figures(((Json.Members) Json.parse(Files.readAllBytes(json))).map());
  }

  private static String data(String name) {
    return TestData.external(name).toString();
  }

  /**
   * Writes lines {@code from} (inclusive) to {@code to} of a data set as comma-separated values.
   */
  private void writeTable(String file, String source, int from, int to) throws IOException {
    Path samples = TestData.external("synthetic").resolve(source + ".x.f32le.bin");
    byte[] labels = Files.readAllBytes(samples.resolveSibling(source + ".y.u8.bin"));
    FloatBuffer values =
        ByteBuffer.wrap(Files.readAllBytes(samples)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    int features = values.remaining() / labels.length;
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      for (int f = 0; f < features; f++) {
        text.append(values.get(i * features + f)).append(',');
      }
      text.append(labels[i]).append('\n');
    }
    Files.writeString(folder.resolve(file), text);
  }

  @Test
  void firstWeightsOfDnnLlayerAreThoseThatTheArticlePrints() throws Exception {
    Recipe recipe = Recipes.find("dnn-llayer");
    Network network = Network.sequence(Shape.of(5), 0, new Dense(4), new ReLU(), new Dense(3));
    recipe.start().draw(network, recipe.trainer().seed());
    // Columns of W1 as printed: the weights of one feature to the four units.
    double[] first = {0.01788628, -0.00354759, -0.01313865, -0.00404677};
    double[] second = {-0.01185047, -0.01023785, -0.00768836};
    float[] parameters = network.parameters();
    for (int unit = 0; unit < first.length; unit++) {
      assertEquals(first[unit], parameters[unit], 5.1e-9);
    }
    for (int unit = 0; unit < second.length; unit++) {
      assertEquals(second[unit], parameters[24 + unit], 5.1e-9);
    }
  }

  @Test
  void dnnLlayerTellsOneDigitFromTheRest() throws Exception {
    Figures figures = train("dnn-llayer", "--epochs", "800");
    figures.assertAtLeast(0.97, "test_accuracy");
    figures.assertAtLeast(0.90, "test_balanced_accuracy");
    assertEquals(0.693, figures.losses()[0], 1e-3);
  }

  @Test
  void dnnMoonsFollowsTheCostsInDouble() throws Exception {
    writeTable("train.csv", "makemoons_train900_rs42", 0, 900);
    writeTable("test.csv", "makemoons_test100_rs42", 0, 100);
    Figures figures = train("dnn-moons", "--data", folder.toString());
    assertArrayEquals(
        new double[] {
          0.69365, 0.69109, 0.67875, 0.42476, 0.26780, 0.23821, 0.17260, 0.10188, 0.08453, 0.07812,
          0.07429
        },
        figures.losses(),
        5.5e-5);
    figures.assertAtLeast(0.97, "test_accuracy");
  }

  @Test
  void dnn200ReachesTheArticle() throws Exception {
    writeTable("train.csv", "makeclassification_10000x200_rs123", 0, 8_000);
    writeTable("test.csv", "makeclassification_10000x200_rs123", 8_000, 10_000);
    double[] accuracies = new double[5];
    for (int seed = 1; seed <= 5; seed++) {
      accuracies[seed - 1] =
          train("dnn-200", "--data", folder.toString(), "--seed", Integer.toString(seed))
              .number("test_accuracy");
    }
    Arrays.sort(accuracies);
    assertTrue(accuracies[2] >= 0.94, () -> Arrays.toString(accuracies));
  }

  @Test
  @Tag("long")
  void dnnCatvnoncatGivesThePublishedFigures() throws Exception {
    Figures figures = train("dnn-catvnoncat", "--data", data("catvnoncat"));
    double[] losses = figures.losses();
    assertArrayEquals(
        new double[] {0.771749, 0.672053, 0.648263}, Arrays.copyOf(losses, 3), 5.5e-7);
    assertTrue(losses[24] <= 0.100, () -> Arrays.toString(losses));
    figures.assertAtLeast(0.985, "train_accuracy");
    figures.assertAtLeast(0.76, "test_accuracy");
  }

  @Test
  @Tag("long")
  void dnnCifar10TellsAirplanesAndAllTenClasses() throws Exception {
    Figures one = train("dnn-cifar10", "--data", data("cifar10"));
    one.assertAtLeast(0.91, "test_accuracy"); // never would score 0.90
    one.assertAtLeast(0.68, "test_balanced_accuracy");
    Figures all = train("dnn-cifar10", "--class", "all", "--data", data("cifar10"));
    all.assertAtLeast(0.45, "test_accuracy");
  }

  @Test
  @Tag("long")
  void fashionCnnPassesTheArticle() throws Exception {
    train("fashion-cnn", "--epochs", "15").assertAtLeast(0.925, "test_accuracy");
  }

  @Test
  @Tag("long")
  void mnistCnnPassesTheArticle() throws Exception {
    Figures figures = train("mnist-cnn", "--epochs", "10", "--data", data("mnist"));
    assertTrue(figures.bestTestAccuracy() >= 0.993);
    figures.assertAtLeast(0.992, "test_accuracy");
  }
}
