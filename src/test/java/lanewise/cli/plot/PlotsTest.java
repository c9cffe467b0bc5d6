package lanewise.cli.plot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import lanewise.data.Dataset;
import lanewise.data.FloatDataset;
import lanewise.layer.Conv2d;
import lanewise.layer.Dense;
import lanewise.layer.Flatten;
import lanewise.layer.Initializer;
import lanewise.layer.Layer;
import lanewise.layer.Sigmoid;
import lanewise.layer.Softmax;
import lanewise.network.Network;
import lanewise.random.CounterRandom;
import lanewise.shape.Shape;
import lanewise.train.ConfusionMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class PlotsTest {
  private static final List<String> CLASSES = List.of("cat & dog", "horse", "<frog>");

  @TempDir Path folder;

  @Test
  void costsAndAccuraciesBecomeACurve() throws Exception {
    Map<String, double[]> series = new LinkedHashMap<>();
    series.put("training loss", new double[] {1, 0.5, 0.25});
    series.put("validation loss", new double[] {1.1, Double.NaN, 0.5});
    series.put("training accuracy", new double[] {0.5, 0.75, 0.8});
    Plots.costCurve(folder, "curve", "Loss", "epoch", new int[] {1, 2, 3}, series);
    BufferedImage image = image("curve");
    for (int i = 0; i < series.size(); i++) {
      assertTrue(shows(image, ColorScale.CATEGORIES.get(i).getRGB()), "series " + i);
    }
    svg("curve");
  }

  @Test
  void onePointIsEnoughForACurve() throws Exception {
    Map<String, double[]> accuracy = Map.of("accuracy", new double[] {0.5});
    Plots.costCurve(folder, "curve", "Accuracy", "epoch", new double[] {1}, accuracy);
    assertTrue(shows(image("curve"), ColorScale.CATEGORIES.getFirst().getRGB()));
  }

  @Test
  void aCurveNeedsAsManyValuesAsPoints() {
    assertMessage(
        "Plots: 'cost' must have one value for each of the 3 points, got 2",
        () -> costs(new double[3], Map.of("cost", new double[2])));
    assertMessage(
        "Plots: a cost curve needs at least one series", () -> costs(new double[3], Map.of()));
    assertFalse(Files.exists(folder.resolve("c.png")));
  }

  private void costs(double[] x, Map<String, double[]> series) throws IOException {
    Plots.costCurve(folder, "c", "Cost", "iteration", x, series);
  }

  @Test
  void theDecisionBoundaryStandsWhereTheProbabilityIsOneHalf() throws Exception {
    Dataset data = points(100);
    Plots.decisionBoundary(folder, "boundary", data, firstFeature(new Dense(1), new Sigmoid()));
    BufferedImage image = image("boundary");
    int row = 300;
    int line = IntStream.range(300, 500).filter(x -> dark(image, x, row)).findFirst().orElse(0);
    assertTrue(line > 0, "a line near the middle");
    assertTrue(blueness(image, line - 60, row) > 0, "class 0 on the left is blue");
    assertTrue(blueness(image, line + 60, row) < 0, "class 1 on the right is red");
    assertTrue(svg("boundary").contains("probability of class 'right'"));
  }

  @Test
  void oneOutputAndTwoAreDrawnAlike() throws Exception {
    Dataset data = points(100);
    Network one = firstFeature(new Dense(1), new Sigmoid());
    Network two = firstFeature(new Dense(2), new Softmax());
    Plots.decisionBoundary(folder, "one", data, one);
    Plots.decisionBoundary(folder, "two", data, two);
    BufferedImage of1 = image("one");
    BufferedImage of2 = image("two");
    for (int y = 0; y < of1.getHeight(); y += 7) {
      for (int x = 0; x < of1.getWidth(); x += 7) {
        assertEquals(of1.getRGB(x, y) & 0xF0, of2.getRGB(x, y) & 0xF0, 0x10, x + ", " + y);
      }
    }
  }

  /** The probability is {@code σ(10 x1)}. */
  private static Network firstFeature(Dense dense, Layer last) {
    Network network = Network.sequence(Shape.of(2), 1, dense, last);
    int units = dense.units();
    float[] parameters = new float[network.parameterCount()];
    parameters[units - 1] = 10;
    return network.withParameters(parameters);
  }

  private static Dataset points(int size) {
    float[] values = new float[2 * size];
    int[] labels = new int[size];
    for (int i = 0; i < size; i++) {
      values[2 * i] = 2 * CounterRandom.uniform(1, i) - 1;
      values[2 * i + 1] = i % 2 == 0 ? -0.7f : 0.7f; // none in the middle, where the test looks
      labels[i] = values[2 * i] > 0 ? 1 : 0;
    }
    return FloatDataset.ofClasses(Shape.of(2), values, labels, List.of("left", "right"));
  }

  @Test
  void aDecisionBoundaryNeedsAPlane() {
    Network network = Network.sequence(Shape.of(12), 1, new Dense(3));
    assertMessage(
        "Plots: a decision boundary needs 2 features, 2 classes and 1 or 2 outputs, got samples of"
            + " [2, 2, 3], 3 classes and 3 outputs",
        () -> Plots.decisionBoundary(folder, "boundary", images(3), network));
  }

  @Test
  void theConfusionMatrixShowsItsCountsAndClasses() throws Exception {
    ConfusionMatrix matrix = new ConfusionMatrix(CLASSES);
    for (int i = 0; i < 1234; i++) {
      matrix.add(0, 0);
    }
    matrix.add(1, 2);
    Plots.confusionMatrix(folder, "confusion", matrix);
    image("confusion");
    String text = svg("confusion");
    for (String label : List.of("actual", "predicted", "1234", "1235 samples, 99.92 % right")) {
      assertTrue(text.contains(label), label);
    }
    CLASSES.forEach(name -> assertTrue(text.contains(name), name));
  }

  @Test
  void wronglyClassifiedImagesAreCaptioned() throws Exception {
    Plots.misclassified(folder, "wrong", images(50), new int[] {4, 49}, new int[] {0, 2});
    assertTrue(shows(image("wrong"), 0xFFFF0000), "images are red on the left");
    String text = svg("wrong");
    assertTrue(text.contains("(2 of 2)") && text.contains("→ <frog>"), text);
  }

  @Test
  void atMost36WronglyClassifiedImagesAreShown() throws Exception {
    int[] all = IntStream.range(0, 50).toArray();
    Plots.misclassified(folder, "wrong", images(50), all, new int[50]);
    assertTrue(svg("wrong").contains("(36 of 50)"));
  }

  @Test
  void noneWronglyClassifiedIsAPictureToo() throws Exception {
    Plots.misclassified(folder, "wrong", images(3), new int[0], new int[0]);
    assertTrue(svg("wrong").contains("(0 of 0)"));
    image("wrong");
  }

  @Test
  void wronglyClassifiedMustBeImages() {
    assertMessage(
        "Plots: images must be [height, width, 1 or 3 channels], got [2]",
        () -> Plots.misclassified(folder, "wrong", points(5), new int[1], new int[1]));
    assertMessage(
        "Plots: there must be one predicted class for each of the 1 images, got 2",
        () -> Plots.misclassified(folder, "wrong", images(5), new int[1], new int[2]));
  }

  /** Images of 2 × 2 pixels, standardized so that they leave [0, 1]: red left, black right. */
  private static Dataset images(int size) {
    float[] values = new float[12 * size];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 6 == 0 ? 2 : -1;
    }
    int[] labels = IntStream.range(0, size).map(i -> i % 3).toArray();
    return FloatDataset.ofClasses(Shape.of(2, 2, 3), values, labels, CLASSES);
  }

  @Test
  void filtersOfAConvolutionAndOfUnitsAreTiles() throws Exception {
    Initializer ones = new Initializer.Constant(1);
    Shape image = Shape.of(6, 5, 1);
    Network convolution =
        Network.sequence(image, 1, new Conv2d(4, 3).initializer(ones, ones), new Flatten());
    Network dense =
        Network.sequence(image, 1, new Flatten(), new Dense(40, ones, ones), new Softmax());
    Plots.filters(folder, "convolution", convolution);
    Plots.filters(folder, "dense", dense);
    Plots.filters(
        folder, "flat", Network.sequence(Shape.of(30), 1, new Dense(2, ones, ones)), image);
    for (String name : List.of("convolution", "dense", "flat")) {
      assertTrue(shows(image(name), ColorScale.BLUE_RED.at(1).getRGB()), name);
    }
    assertTrue(svg("convolution").contains("conv2d_1.filter (4 of 4)"));
    assertTrue(svg("dense").contains("dense_1.weights (36 of 40)"));
  }

  @Test
  void filtersNeedImages() {
    assertMessage(
        "Plots: the first layer must read images [height, width, channels], got [2] for weights"
            + " [2, 3]",
        () -> Plots.filters(folder, "f", Network.sequence(Shape.of(2), 1, new Dense(3))));
  }

  @Test
  void theSameIsDrawnTwice() throws Exception {
    Dataset data = points(20);
    Network network = firstFeature(new Dense(1), new Sigmoid());
    Plots.decisionBoundary(folder, "first", data, network);
    Plots.decisionBoundary(folder, "second", data, network);
    for (String kind : List.of(".png", ".svg")) {
      assertArrayEquals(
          Files.readAllBytes(folder.resolve("first" + kind)),
          Files.readAllBytes(folder.resolve("second" + kind)),
          kind);
    }
  }

  @Test
  void missingFoldersAreMade() throws Exception {
    Path deep = folder.resolve("a").resolve("b");
    Plots.confusionMatrix(deep, "confusion", new ConfusionMatrix(CLASSES));
    assertTrue(Files.exists(deep.resolve("confusion.svg")));
  }

  @Test
  void aFileInTheWayIsAnError() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    ConfusionMatrix matrix = new ConfusionMatrix(CLASSES);
    IOException asFolder =
        assertThrows(IOException.class, () -> Plots.confusionMatrix(file, "c", matrix));
    assertEquals(file + " is a file, expected a folder for the pictures", asFolder.getMessage());
    Path below = file.resolve("below");
    IOException above =
        assertThrows(IOException.class, () -> Plots.confusionMatrix(below, "c", matrix));
    assertEquals(below + ": the folder for the pictures cannot be made", above.getMessage());
  }

  private static void assertMessage(String message, Executable code) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, code).getMessage());
  }

  private BufferedImage image(String name) throws IOException {
    BufferedImage image = ImageIO.read(folder.resolve(name + ".png").toFile());
    assertEquals(800, image.getWidth());
    return image;
  }

  /** The texts of an SVG file, which is as large as the PNG file. */
  private String svg(String name) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
    Document document = factory.newDocumentBuilder().parse(folder.resolve(name + ".svg").toFile());
    Element root = document.getDocumentElement();
    assertEquals("svg", root.getTagName());
    assertEquals("0 0 800 " + image(name).getHeight(), root.getAttribute("viewBox"));
    return root.getTextContent();
  }

  private static boolean shows(BufferedImage image, int rgb) {
    return IntStream.range(0, image.getWidth() * image.getHeight())
        .anyMatch(i -> image.getRGB(i % image.getWidth(), i / image.getWidth()) == rgb);
  }

  private static boolean dark(BufferedImage image, int x, int y) {
    return (image.getRGB(x, y) & 0xFF) < 64;
  }

  private static int blueness(BufferedImage image, int x, int y) {
    int rgb = image.getRGB(x, y);
    return (rgb & 0xFF) - (rgb >> 16 & 0xFF);
  }
}
