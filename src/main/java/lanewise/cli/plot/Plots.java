package lanewise.cli.plot;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import lanewise.data.Dataset;
import lanewise.network.Network;
import lanewise.shape.Shape;
import lanewise.train.ConfusionMatrix;

/**
 * Pictures of a training, 800 pixels wide, in colours that colour-blind readers tell apart. Each
 * method writes {@code name.png} and {@code name.svg} into a folder, which it makes if missing, and
 * throws an {@link IOException} if that fails.
 */
public final class Plots {
  static {
    System.setProperty("java.awt.headless", "true"); // no window, no icon in a dock
  }

  private Plots() {}

  /**
   * Draws how cost or accuracy went: what has "accuracy" in its name on the right axis, from 0 to
   * 1, all else on the left one, which is named by the last word of the series' names.
   *
   * @param xLabel what x counts, such as "epoch"
   * @param x iterations or epochs, rising
   * @param series {@code [x.length]} values by name, drawn in the map's order; NaN leaves a gap
   * @throws IllegalArgumentException if there is no series, or one has another length than x
   */
  public static void costCurve(
      Path folder,
      String name,
      String title,
      String xLabel,
      double[] x,
      Map<String, double[]> series)
      throws IOException {
    new CostCurve(title, xLabel, x, series).write(folder, name);
  }

  /** As above, for whole x. */
  public static void costCurve(
      Path folder, String name, String title, String xLabel, int[] x, Map<String, double[]> series)
      throws IOException {
    costCurve(folder, name, title, xLabel, Arrays.stream(x).asDoubleStream().toArray(), series);
  }

  /**
   * Draws the probability of class 1 over the plane, the line where it is one half, and the
   * samples.
   *
   * @param network whose only output, or the second of two, is the probability of class 1
   * @throws IllegalArgumentException if there are not 2 features, 2 classes and 1 or 2 outputs
   */
  public static void decisionBoundary(Path folder, String name, Dataset data, Network network)
      throws IOException {
    new DecisionBoundary(data, network).write(folder, name);
  }

  /** Draws a heat map: in each cell the count, as a colour its share of the actual class. */
  public static void confusionMatrix(Path folder, String name, ConfusionMatrix matrix)
      throws IOException {
    new ConfusionPicture(matrix).write(folder, name);
  }

  /**
   * Draws the first 36 of some wrongly classified images, grey or RGB, with their classes and what
   * they were taken for.
   *
   * @param images {@code [height, width, 1 or 3]}
   * @param indices of the wrongly classified images
   * @param predicted {@code [indices.length]}, what each was taken for
   * @throws IllegalArgumentException if the samples are not such images, or the lengths differ
   * @throws IndexOutOfBoundsException if there is no such image or class
   */
  public static void misclassified(
      Path folder, String name, Dataset images, int[] indices, int[] predicted) throws IOException {
    new Misclassified(images, indices, predicted).write(folder, name);
  }

  /**
   * Draws the first layer's filters, at most 36, for a network that reads images.
   *
   * @throws IllegalArgumentException if it does not
   */
  public static void filters(Path folder, String name, Network network) throws IOException {
    filters(folder, name, network, network.inputShape());
  }

  /**
   * Draws the first layer's filters, at most 36; for a dense first layer, each unit's weights in
   * the shape of an image.
   *
   * @param image {@code [height, width, channels]} of the inputs, which the network may read flat
   * @throws IllegalArgumentException if the first layer's weights do not fit
   */
  public static void filters(Path folder, String name, Network network, Shape image)
      throws IOException {
    new Filters(network, image).write(folder, name);
  }
}
