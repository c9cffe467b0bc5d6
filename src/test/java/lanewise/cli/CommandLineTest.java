package lanewise.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lanewise.Lanewise;
import lanewise.io.Checkpoint;
import lanewise.io.Json;
import lanewise.io.NetworkFile;
import lanewise.layer.Dense;
import lanewise.layer.Flatten;
import lanewise.network.Network;
import lanewise.recipe.Recipes;
import lanewise.shape.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
  private static final int DIGITS = 100;
  private static final int PIXELS = 20 * 20;

  private final int threads = Lanewise.threads();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path folder;

  /** A hundred made-up digits: class c is a bar in row 2c. */
  @BeforeEach
  void writeDigits() throws IOException {
    ByteBuffer images = ByteBuffer.allocate(16 + DIGITS * PIXELS);
    images.putInt(0x803).putInt(DIGITS).putInt(20).putInt(20);
    ByteBuffer labels = ByteBuffer.allocate(8 + DIGITS).putInt(0x801).putInt(DIGITS);
    for (int i = 0; i < DIGITS; i++) {
      int label = i / 10;
      labels.put((byte) label);
      Arrays.fill(
          images.array(),
          16 + i * PIXELS + 40 * label,
          16 + i * PIXELS + 40 * label + 20,
          (byte) (200 + i % 10));
    }
    Files.write(folder.resolve("digits-images-idx3-ubyte"), images.array());
    Files.write(folder.resolve("digits-labels-idx1-ubyte"), labels.array());
  }

  @AfterEach
  void restoreThreads() {
    Lanewise.threads(threads);
  }

  private int run(String... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Main.run(args, new PrintWriter(out), new PrintWriter(err));
  }

  private void assertRuns(String... args) {
    assertEquals(Main.OK, run(args), err::toString);
    assertEquals("", err.toString());
  }

  private void assertRefused(String sentence, String... args) {
    assertEquals(Main.BAD_INPUT, run(args), out::toString);
    assertEquals("lanewise: " + sentence + System.lineSeparator(), err.toString());
  }

  private String[] digits(String... more) {
    return digits(3, more);
  }

  private String[] digits(int epochs, String... more) {
    String data = folder.toString();
    String[] first = {"train", "digits-lenet5", "--epochs=" + epochs, "--data", data};
    String[] all = Arrays.copyOf(first, first.length + more.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return all;
  }

  private static Map<String, Json> figures(Path file) throws Exception {
    return ((Json.Members) Json.parse(Files.readAllBytes(file))).map();
  }

  @Test
  void evaluatingGivesTheFiguresOfTheTraining() throws Exception {
    Path saved = folder.resolve("digits.safetensors");
    Path trained = folder.resolve("trained.json");
    Path evaluated = folder.resolve("evaluated.json");
    assertRuns(digits("--save", saved.toString(), "--json", trained.toString(), "--threads", "1"));
    String printed = out.toString();
    assertTrue(printed.contains("80 training and 20 test samples of [28, 28, 1]; 61,706"), printed);
    String report =
        printed.substring(printed.indexOf("\ntest loss"), printed.indexOf("\ntrained in")).strip();

    assertRuns(
        "evaluate", saved.toString(), "--data", folder.toString(), "--json", evaluated.toString());
    assertTrue(out.toString().contains(report), out::toString);

    Map<String, Json> train = figures(trained);
    assertEquals(
        List.of(
            "recipe",
            "test_loss",
            "test_accuracy",
            "test_balanced_accuracy",
            "train_loss",
            "train_accuracy",
            "train_seconds",
            "images_per_second",
            "parameters",
            "weights_sha256",
            "epochs",
            "batch",
            "learning_rate",
            "seed",
            "threads",
            "losses",
            "test_accuracies"),
        List.copyOf(train.keySet()));
    assertEquals(Json.of("digits-lenet5"), train.get("recipe"));
    assertEquals(Json.of(3), train.get("epochs"));
    assertEquals(Json.of(1), train.get("threads"));
    figures(evaluated).forEach((name, value) -> assertEquals(train.get(name), value, name));
  }

  @Test
  void threadsDoNotChangeTheWeightsAndTheSeedDoes() throws Exception {
    Json one = sha256("--threads", "1");
    assertEquals(one, sha256("--threads", "3"));
    assertNotEquals(one, sha256("--seed", "2"));
  }

  private Json sha256(String... more) {
    assertRuns(digits(more));
    return printedSha256();
  }

  private Json printedSha256() {
    return Json.of(
        out.toString()
            .lines()
            .filter(line -> line.startsWith("weights SHA-256 "))
            .findFirst()
            .orElseThrow());
  }

  @Test
  void figuresGoToStandardOutputForADash() throws Exception {
    assertRuns(digits("--json", "-"));
    String printed = out.toString();
    byte[] json = printed.substring(printed.indexOf("{")).strip().getBytes(UTF_8);
    assertEquals(Json.of("digits-lenet5"), ((Json.Members) Json.parse(json)).map().get("recipe"));
  }

  @Test
  void printsALineForEachEpochWhereNobodyWatches() {
    assertRuns(digits());
    assertEquals(3, out.toString().lines().filter(s -> s.matches(" +[123] +\\d.*")).count());
    assertFalse(out.toString().contains("\r"));
  }

  @Test
  void choosesLayersAndClass() throws Exception {
    String[] options = {
      "dnn-llayer", "--data", folder.toString(), "--epochs", "2", "--hidden", "6,4", "--class", "3"
    };
    Path saved = folder.resolve("dense.safetensors");
    assertRuns(Stream.concat(Stream.of("train"), Stream.of(options)).toArray(String[]::new));
    assertTrue(out.toString().contains("; 4,743 parameters\nfull batch, Sgd"), out::toString);
    assertTrue(out.toString().contains("not 3"), out::toString);

    String[] all = {
      "train",
      "dnn-llayer",
      "--data",
      folder.toString(),
      "--epochs",
      "2",
      "--class",
      "all",
      "--save",
      saved.toString(),
      "--batch",
      "7"
    };
    assertRuns(all);
    String report = out.toString();
    report = report.substring(report.indexOf("test loss"), report.indexOf("\ntrained in")).strip();
    assertRuns("evaluate", saved.toString(), "--data", folder.toString());
    assertTrue(out.toString().contains(report), out::toString);

    assertRefused(
        "--class must be one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 or all, got x",
        "train",
        "dnn-llayer",
        "--data",
        folder.toString(),
        "--class=x");
    assertRefused(
        "--hidden must name at least 1 unit for each layer, got 0",
        "train",
        "dnn-llayer",
        "--hidden=5,0");
    assertRefused("fashion-cnn: the layers cannot be chosen (--hidden)", "train", "--hidden=5");
    assertRefused(
        "dnn-moons: there is no class to choose (--class)", "train", "dnn-moons", "--class=1");
  }

  @Test
  void drawsPictures() throws Exception {
    Path pictures = folder.resolve("a").resolve("b");
    assertRuns(digits("--learning-rate", "1e-6", "--plots", pictures.toString()));
    assertEquals(Set.of("cost", "confusion", "filters", "misclassified"), drawn(pictures));
    assertRuns("train", "dnn-moons", "--epochs", "3", "--plots", folder.resolve("m").toString());
    assertEquals(Set.of("cost", "confusion", "boundary"), drawn(folder.resolve("m")));
    Path file = Files.writeString(folder.resolve("file"), "");
    assertRefused(file + ": expected a folder, found a file", digits("--plots", file.toString()));
  }

  /** The names of the pictures of which there are a PNG and an SVG. */
  private static Set<String> drawn(Path pictures) throws IOException {
    try (Stream<Path> files = Files.list(pictures)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".png"))
          .map(name -> name.replace(".png", ""))
          .filter(name -> Files.exists(pictures.resolve(name + ".svg")))
          .collect(Collectors.toSet());
    }
  }

  @Test
  void summarizesEveryRecipe() {
    Recipes.ALL.forEach(recipe -> assertRuns("summary", recipe.name()));
    assertRuns("summary", "fashion-cnn");
    assertTrue(out.toString().contains("876,618"), out::toString);
    assertRuns("summary", "mnist-cnn");
    assertTrue(out.toString().contains("876,618"), out::toString);
  }

  @Test
  void informsAndHelps() {
    assertRuns("info");
    for (String line : List.of("JDK", "vectors", "FMA", "threads", "FMA peak", "reading")) {
      assertTrue(out.toString().contains("\n" + line) || out.toString().startsWith(line), line);
    }
    assertRuns();
    assertTrue(out.toString().startsWith("Usage: lanewise"), out::toString);
    assertRuns("--version");
    assertTrue(out.toString().matches("lanewise( \\S+)?\\RJava \\S+\\R"), out::toString);
  }

  @Test
  void suggestsWhatIsNear() {
    String all = " (recipes: " + String.join(", ", Recipes.names()) + ")";
    assertRefused("there is no recipe 'xyz'" + all, "train", "xyz");
    assertRefused(
        "there is no recipe 'mnist-cn', did you mean mnist-cnn?" + all, "summary", "mnist-cn");
    assertRefused("Unknown option: '--epoch=3'; did you mean --epochs?", "train", "--epoch=3");
    assertRefused("Unmatched argument at index 0: 'trian'; did you mean train?", "trian");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          --batch=0             | --batch must be at least 1, got 0
          --epochs=-1           | --epochs must be at least 1, got -1
          --threads=0           | --threads must be at least 1, got 0
          --learning-rate=NaN   | --learning-rate must be positive and finite, got NaN
          --learning-rate=0     | --learning-rate must be positive and finite, got 0.0
          --learning-rate=-1    | --learning-rate must be positive and finite, got -1.0
          --learning-rate=1e99  | --learning-rate must be positive and finite, got Infinity
          --accumulate=0        | --accumulate must be at least 1, got 0
          --clip-norm=0         | --clip-norm must be positive and finite, got 0.0
          --clip-value=-0.1     | --clip-value must be positive and finite, got -0.1
          --warm-up=NaN         | --warm-up must be positive and finite, got NaN
          --patience=0          | --patience must be at least 1, got 0
          --label-smoothing=1   | --label-smoothing must be at least 0 and below 1, got 1.0
          --schedule=step:-1,3  | --schedule step:-1,3: StepDecay: decay must be positive and finite, got -1.0
          --schedule=cosine:2   | --schedule cosine:2: CosineDecay: floor must be at least 0 and at most 1, got 2.0
          --checkpoint-steps=0  | --checkpoint-steps must be at least 1, got 0
          --checkpoint-steps=5  | --checkpoint-steps needs --checkpoint
          --checkpoint-last=0   | --checkpoint-last must be at least 1, got 0
          --checkpoint-last=5   | --checkpoint-last needs --checkpoint-dir
          --checkpoint-dir=pom.xml | pom.xml: expected a folder, found a file
          --batch=many          | Invalid value for option '--batch': 'many' is not an int
          --seed=1.5            | Invalid value for option '--seed': '1.5' is not a long
          --batch               | Missing required parameter for option '--batch' (N)
          --data=/no/such       | /no/such: expected a folder with digits-images-idx3-ubyte.gz, found none
          --checkpoint=/no/such | /no/such: there is no folder /no
          --save=/no/such/file  | /no/such/file: there is no folder /no/such
          --json=/no/such/file  | /no/such/file: there is no folder /no/such
          """)
  void refusesBadOptions(String option, String sentence) {
    assertRefused(sentence, "train", "digits-lenet5", option);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "linear",
        "step",
        "step:0.1",
        "step:0.1,",
        "step:0.1,1.5",
        "step:x,1",
        "exponential",
        "exponential:",
        "exponential:0.9,3",
        "constant:1",
        "cosine:0,1",
        "one-cycle:0.3"
      })
  void refusesBadSchedules(String schedule) {
    assertRefused(
        "--schedule must be constant, step:DECAY,EPOCH,..., exponential:DECAY, cosine,"
            + " cosine:FLOOR or one-cycle, got "
            + schedule,
        "train",
        "digits-lenet5",
        "--schedule=" + schedule);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --accumulate=2         | accumulate    | 2
          --schedule=constant    | schedule      | Constant[]
          --schedule=step:0.1,1,2 | schedule     | StepDecay[decay=0.1, milestones=[1, 2]]
          --schedule=exponential:0.9 | schedule  | ExponentialDecay[decay=0.9]
          --schedule=cosine      | schedule      | CosineDecay[floor=0.0]
          --schedule=cosine:0.1  | schedule      | CosineDecay[floor=0.1]
          --schedule=one-cycle   | schedule      | OneCycle[rise=0.3, startDivisor=25.0, endDivisor=10000.0]
          --warm-up=0.5          | schedule      | Warmup[epochs=0.5, then=Constant[]]
          --clip-norm=0.5        | clipping      | Clipping[value=Infinity, norm=0.5]
          --clip-value=0.25      | clipping      | Clipping[value=0.25, norm=Infinity]
          --label-smoothing=0.25 | loss          | SoftmaxCrossEntropy[labelSmoothing=0.25]
          --patience=2           | earlyStopping | EarlyStopping[patience=2, minDelta=0.0]
          """)
  void trainsAsTheOptionsSay(String option, String setting, String value) throws IOException {
    Path checkpoint = folder.resolve("checkpoint");
    assertRuns(digits(1, option, "--checkpoint", checkpoint.toString()));
    assertEquals(value, Checkpoint.load(checkpoint).settings().get(setting));
  }

  @Test
  void warmUpAndScheduleAndBothClippingsGoTogether() throws IOException {
    Path checkpoint = folder.resolve("checkpoint");
    assertRuns(
        digits(
            1,
            "--warm-up=2",
            "--schedule=cosine",
            "--clip-norm=0.5",
            "--clip-value=0.25",
            "--checkpoint",
            checkpoint.toString()));
    Map<String, String> settings = Checkpoint.load(checkpoint).settings();
    assertEquals("Warmup[epochs=2.0, then=CosineDecay[floor=0.0]]", settings.get("schedule"));
    assertEquals("Clipping[value=0.25, norm=0.5]", settings.get("clipping"));
  }

  @Test
  void smoothedLabelsAreSavedWithTheNetwork() throws Exception {
    Path saved = folder.resolve("digits.safetensors");
    Path trained = folder.resolve("trained.json");
    Path evaluated = folder.resolve("evaluated.json");
    assertRuns(
        digits("--label-smoothing=0.25", "--save", saved.toString(), "--json", trained.toString()));
    assertRuns(
        "evaluate", saved.toString(), "--data", folder.toString(), "--json", evaluated.toString());
    assertEquals(figures(trained).get("test_loss"), figures(evaluated).get("test_loss"));
    NetworkFile.save(
        saved,
        NetworkFile.load(saved).network(),
        Map.of("lanewise.recipe", "digits-lenet5", "lanewise.label_smoothing", "x"));
    assertRefused(
        saved + ": lanewise.label_smoothing in the metadata must be at least 0 and below 1, got x",
        "evaluate",
        saved.toString(),
        "--data",
        folder.toString());
    assertRefused(
        "dnn-moons: the labels of two classes cannot be smoothed (--label-smoothing)",
        "train",
        "dnn-moons",
        "--label-smoothing=0.25");
  }

  @Test
  void stopsOnceTheTestLossHasStoppedFalling() throws Exception {
    Path file = folder.resolve("figures.json");
    assertRuns(digits(60, "--learning-rate=0.02", "--patience=2", "--json", file.toString()));
    long epochs = lines();
    assertTrue(epochs < 60, out::toString);
    assertEquals(Json.of(epochs), figures(file).get("epochs"));
    assertTrue(out.toString().contains("\nkept the weights of epoch " + (epochs - 2) + "\n"));
  }

  @Test
  void aFolderKeepsTheLastCheckpointsAndTheBest() throws Exception {
    Path kept = folder.resolve("a").resolve("checkpoints");
    assertRuns(digits(5, "--checkpoint-dir", kept.toString(), "--checkpoint-last=2"));
    Json expected = printedSha256();
    try (Stream<Path> files = Files.list(kept)) {
      assertEquals(
          Set.of("epoch-0004.safetensors", "epoch-0005.safetensors", "best.safetensors"),
          files.map(each -> each.getFileName().toString()).collect(Collectors.toSet()));
    }
    assertRuns(digits(5, "--resume", kept.resolve("epoch-0004.safetensors").toString()));
    assertEquals(expected, printedSha256());
    assertRuns(digits(5, "--resume", kept.resolve("best.safetensors").toString()));
    assertEquals(expected, printedSha256());
  }

  @Test
  void refusesBrokenData() throws IOException {
    Path images = folder.resolve("digits-images-idx3-ubyte");
    Path labels = folder.resolve("digits-labels-idx1-ubyte");
    byte[] goodImages = Files.readAllBytes(images);
    byte[] goodLabels = Files.readAllBytes(labels);

    assertDataRefused(images, Arrays.copyOf(goodImages, goodImages.length - 1));
    assertDataRefused(images, Arrays.copyOf(goodImages, 3));
    assertDataRefused(images, with(goodImages, 0, 0x1F));
    assertDataRefused(images, with(goodImages, 4, 0x7F));
    Files.write(images, goodImages);
    assertDataRefused(labels, with(goodLabels, 8, 10));
    byte[] fewer = Arrays.copyOf(goodLabels, goodLabels.length - 1);
    assertDataRefused(labels, with(fewer, 7, DIGITS - 1));
    Files.write(labels, goodLabels);
    assertRuns(digits());
  }

  /** One sentence, and what {@code --save} had written before is still there. */
  private void assertDataRefused(Path file, byte[] content) throws IOException {
    Files.write(file, content);
    Path saved = Files.writeString(folder.resolve("saved"), "old");
    assertEquals(Main.BAD_INPUT, run(digits("--save", saved.toString())), out::toString);
    assertEquals(1, err.toString().lines().count(), err::toString);
    assertTrue(err.toString().startsWith("lanewise: " + file), err::toString);
    assertEquals("old", Files.readString(saved));
  }

  private static byte[] with(byte[] bytes, int index, int value) {
    byte[] copy = bytes.clone();
    copy[index] = (byte) value;
    return copy;
  }

  @Test
  void saysWhereALossDiverges() throws IOException {
    Path saved = Files.writeString(folder.resolve("saved"), "old");
    assertEquals(Main.FAILED, run(digits("--learning-rate", "1e30", "--save", saved.toString())));
    assertTrue(
        err.toString().matches("lanewise: the loss is \\S+ at step \\d+ .*\\R"), err::toString);
    assertEquals("old", Files.readString(saved));
  }

  /** On Unix the end comes as with kill -9. */
  @ParameterizedTest
  @CsvSource({"60, --batch=16, --threads=1", "10, --batch=1, --checkpoint-steps=7"})
  @Timeout(180)
  void aKilledTrainingIsResumed(int epochs, String option, String killedOption) throws Exception {
    Path checkpoint = folder.resolve("checkpoint");
    String[] killed = digits(epochs, option, killedOption, "--checkpoint", checkpoint.toString());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-modules=jdk.incubator.vector");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(killed));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output").toFile())
            .start();
    while (Files.notExists(checkpoint)) {
      assertTrue(process.isAlive(), () -> "ended before its first checkpoint");
      Thread.sleep(1);
    }
    process.destroyForcibly().waitFor();
    assertTrue(Checkpoint.load(checkpoint).epochs().size() < epochs);

    assertRuns(digits(epochs, option));
    Json expected = printedSha256();
    assertEquals(epochs, lines());
    assertRuns(digits(epochs, option, "--resume", checkpoint.toString()));
    assertEquals(expected, printedSha256());
    assertEquals(epochs - Checkpoint.load(checkpoint).epochs().size(), lines());
    assertTrue(out.toString().contains("\n    epoch      loss"), out::toString);
  }

  /** The lines of epochs. */
  private long lines() {
    return out.toString().lines().filter(s -> s.matches(" +\\d+ +\\d\\.\\d{4} .*")).count();
  }

  @Test
  void refusesToResumeAnotherTraining() throws Exception {
    Path checkpoint = folder.resolve("checkpoint");
    assertRuns(digits("--checkpoint", checkpoint.toString()));
    String[] resumed = digits("--resume", checkpoint.toString(), "--batch", "7");
    assertRefused(checkpoint + ": Trainer: to resume, batch must be 16, got 7", resumed);
    assertRuns(digits("--resume", checkpoint.toString()));
    Path network = folder.resolve("network");
    assertRuns(digits("--save", network.toString()));
    assertRefused(
        network + ": the metadata must describe a training under lanewise.training, got none",
        digits("--resume", network.toString()));
    assertRefused(
        folder.resolve("none") + ": no such file",
        digits("--resume", folder.resolve("none").toString()));
  }

  @Test
  void refusesFilesThatItCannotEvaluate() throws Exception {
    assertRefused("Missing required parameter: 'FILE'", "evaluate");
    Path file = folder.resolve("network");
    assertRefused(file + ": no such file", "evaluate", file.toString());
    assertRefused(folder + " is a folder, expected a file", "evaluate", folder.toString());
    Files.writeString(file, "short");
    assertRefused(
        file + ": byte 5: the file ends, expected 8 bytes from byte 0 on",
        "evaluate",
        file.toString());

    Network small = Network.sequence(Shape.of(2, 2, 1), 1, new Flatten(), new Dense(3));
    NetworkFile.save(file, small, Map.of());
    assertRefused(
        file + ": the metadata must name a recipe under lanewise.recipe",
        "evaluate",
        file.toString());
    NetworkFile.save(file, small, Map.of("lanewise.recipe", "mnist-mlp"));
    assertRefused(
        file + ": a network for mnist-mlp must map [28, 28, 1] to [10], got [2, 2, 1] to [3]",
        "evaluate",
        file.toString());
    Network right = Recipes.find("digits-lenet5").network(1);
    NetworkFile.save(
        file, right, Map.of("lanewise.recipe", "digits-lenet5", "lanewise.batch", "0"));
    assertRefused(
        file + ": lanewise.batch in the metadata must be at least 1, got 0",
        "evaluate",
        file.toString(),
        "--data",
        folder.toString());
  }
}
