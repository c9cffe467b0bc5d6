package lanewise.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import lanewise.Lanewise;
import lanewise.io.Json;
import lanewise.io.NetworkFile;
import lanewise.layer.Dense;
import lanewise.layer.Flatten;
import lanewise.network.Network;
import lanewise.recipe.Recipes;
import lanewise.shape.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchTest {
  private static final List<String> NAMES =
      List.of(
          "images_per_second",
          "ms_median",
          "ms_p99",
          "gflops",
          "fraction_of_peak",
          "bytes_allocated_per_step",
          "first_result_ms",
          "threads",
          "batch");

  private final int threads = Lanewise.threads();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path folder;

  @AfterEach
  void restoreThreads() {
    Lanewise.threads(threads);
  }

  private int run(String... args) {
    return Main.run(args, new PrintWriter(out), new PrintWriter(err));
  }

  private Map<String, Json> figures(String... args) throws Exception {
    assertEquals(Main.OK, run(args), err::toString);
    assertEquals("", err.toString());
    assertEquals(1, out.toString().lines().count());
    return ((Json.Members) Json.parse(out.toString().strip().getBytes(UTF_8))).map();
  }

  private static double number(Map<String, Json> figures, String name) {
    return ((Json.Number) figures.get(name)).doubleValue();
  }

  private static void check(Map<String, Json> figures, long multiplyAdds) {
    assertEquals(NAMES, List.copyOf(figures.keySet()));
    double speed = number(figures, "images_per_second");
    double gflops = number(figures, "gflops");
    assertEquals(2e-9 * multiplyAdds * speed, gflops, 1e-9 * gflops);
    assertTrue(number(figures, "ms_median") > 0);
    assertTrue(number(figures, "ms_p99") >= number(figures, "ms_median"));
    // The mean is at least half of the median.
    assertTrue(
        speed <= 2e3 * number(figures, "batch") / number(figures, "ms_median"), figures::toString);
    double fraction = number(figures, "fraction_of_peak");
    // Every machine does more than a billion operations a second on each thread.
    assertTrue(fraction > 0 && fraction < gflops / number(figures, "threads"), figures::toString);
    assertTrue(number(figures, "bytes_allocated_per_step") >= 0);
    assertTrue(number(figures, "first_result_ms") > 0);
  }

  @Test
  void measuresATraining() throws Exception {
    Map<String, Json> figures =
        figures("bench", "train", "digits-lenet5", "--batch=8", "--threads=1", "--seconds=0.5");
    // The first convolution, of 6 filters of 5 x 5 on 28 x 28, needs no gradient of its input.
    long forward = Recipes.find("digits-lenet5").network(1).multiplyAdds();
    check(figures, 3 * forward - 6 * 25 * 28 * 28);
    assertEquals(Json.of(1), figures.get("threads"));
    assertEquals(Json.of(8), figures.get("batch"));
  }

  @Test
  void measuresTheWholeBatchOfARecipeInParts() throws Exception {
    Map<String, Json> figures = figures("bench", "train", "dnn-moons", "--seconds=0.1");
    assertEquals(Json.of(1024), figures.get("batch"));
  }

  @Test
  void measuresThePredictionsOfARecipe() throws Exception {
    check(
        figures("bench", "predict", "mnist-mlp", "--batch=3", "--threads=2", "--seconds=0.2"),
        784 * 512 + 512 * 256 + 256 * 10);
  }

  @Test
  void measuresThePredictionsOfASavedNetwork() throws Exception {
    Path file = folder.resolve("network");
    Network network = Network.sequence(Shape.of(4, 4, 2), 1, new Flatten(), new Dense(3));
    NetworkFile.save(file, network, Map.of());
    Map<String, Json> figures = figures("bench", "predict", file.toString(), "--seconds=0.2");
    check(figures, 32 * 3);
    assertEquals(Json.of(64), figures.get("batch"));
    assertEquals(Json.of(threads), figures.get("threads"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          train                             | Missing required parameter: 'RECIPE'
          train mnist-mlp --batch 0         | --batch must be at least 1, got 0
          train mnist-mlp --threads -1      | --threads must be at least 1, got -1
          train mnist-mlp --seconds 0       | --seconds must be positive and finite, got 0.0
          train mnist-mlp --seconds NaN     | --seconds must be positive and finite, got NaN
          train mnist-mlp --batch 9999999   | --batch must be at most 2739137 for this network, got 9999999
          predict mnist-mlp --batch 9999999 | --batch must be at most 2739137 for this network, got 9999999
          predict mnist-mlp --seconds soon  | Invalid value for option '--seconds': 'soon' is not a double
          """)
  void refusesBadInput(String args, String sentence) {
    assertEquals(Main.BAD_INPUT, run(("bench " + args).split(" ")), out::toString);
    assertEquals("lanewise: " + sentence + System.lineSeparator(), err.toString());
  }

  @Test
  void refusesWhatIsNoNetwork() {
    assertEquals(Main.BAD_INPUT, run("bench", "predict", "mnist-ml"));
    assertTrue(
        err.toString()
            .startsWith("lanewise: there is no recipe 'mnist-ml', did you mean mnist-mlp"),
        err::toString);
    assertEquals(1, err.toString().lines().count());
    assertEquals(Main.BAD_INPUT, run("bench", "predict", folder.toString()));
    assertEquals(Main.BAD_INPUT, run("bench"));
    assertEquals(Main.OK, run("bench", "--help"));
    assertTrue(out.toString().contains("FMA peak of one thread"), out::toString);
  }

  @Test
  void randomSamplesRepeatTheirBatch() {
    Network network = Network.sequence(Shape.of(7), 1, new Dense(3));
    RandomSamples samples = new RandomSamples(network, 5).times(4);
    assertEquals(20, samples.size());
    float[] first = new float[7];
    float[] again = new float[7];
    samples.sample(2, first, 0);
    samples.sample(17, again, 0);
    assertArrayEquals(first, again);
    samples.sample(3, again, 0);
    assertTrue(first[0] != again[0] && first[0] >= 0 && first[0] < 1);
    assertEquals(List.of("0", "1", "2"), samples.classNames());
    assertEquals(1, samples.label(14 + 5 - 3 + 5)); // 21 mod 5 mod 3
  }

  @Test
  void timesGiveMeansAndQuantiles() throws InterruptedException {
    StepTimes times = new StepTimes(3);
    long begin = System.nanoTime();
    times.tick();
    for (int i = 0; i < 3; i++) {
      Thread.sleep(1);
      times.tick();
    }
    double all = 1e-9 * (System.nanoTime() - begin);
    assertTrue(times.mean() > 0 && 3 * times.mean() < all);
    assertTrue(times.quantile(0.1) <= times.quantile(0.5));
    assertTrue(times.quantile(0.5) <= times.quantile(1));
    assertTrue(times.quantile(1) < 3 * times.mean());
  }
}
