package lanewise.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import lanewise.data.Digits;
import lanewise.data.FashionMnist;
import lanewise.data.Mnist;
import lanewise.layer.Conv2d;
import lanewise.layer.Dense;
import lanewise.layer.Dropout;
import lanewise.layer.Flatten;
import lanewise.layer.Layer;
import lanewise.layer.MaxPool2d;
import lanewise.layer.ReLU;
import lanewise.layer.Softmax;
import lanewise.loss.SoftmaxCrossEntropy;
import lanewise.optimizer.Adam;
import lanewise.shape.Padding;
import lanewise.shape.Shape;
import org.jspecify.annotations.Nullable;

/** All recipes. */
final class Recipes {
  private static final Shape IMAGE = Shape.of(28, 28, 1);

  static final List<Recipe> ALL =
      List.of(
          new Recipe(
              "fashion-cnn",
              "a CNN of four convolutions on Fashion-MNIST",
              folder -> FashionMnist.load(folderOr(folder, "fashion-mnist")),
              IMAGE,
              fourConvolutions(),
              new SoftmaxCrossEntropy(),
              new Adam(0.001f),
              64,
              3),
          new Recipe(
              "mnist-cnn",
              "the same CNN on MNIST",
              folder -> Mnist.load(Mnist.find(folder)),
              IMAGE,
              fourConvolutions(),
              new SoftmaxCrossEntropy(),
              new Adam(0.001f),
              64,
              3),
          new Recipe(
              "mnist-lenet5",
              "LeNet-5 with ReLU and max-pooling on MNIST",
              folder -> Mnist.load(Mnist.find(folder)),
              IMAGE,
              lenet5(),
              new SoftmaxCrossEntropy(),
              new Adam(0.001f),
              64,
              3),
          new Recipe(
              "mnist-mlp",
              "a dense network, 784-512-256-10, on MNIST",
              folder -> Mnist.load(Mnist.find(folder)),
              IMAGE,
              dense(512, 256, 10),
              new SoftmaxCrossEntropy(),
              new Adam(0.001f),
              64,
              3),
          new Recipe(
              "digits-lenet5",
              "LeNet-5 on 4,000 handwritten digits, tested on 1,000 others",
              folder -> Digits.load(folderOr(folder, "digits")),
              IMAGE,
              lenet5(),
              new SoftmaxCrossEntropy(),
              new Adam(0.001f),
              16,
              20));

  /** The names, for the help. */
  static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return ALL.stream().map(Recipe::name).iterator();
    }
  }

  private Recipes() {}

  /** The folder that the user names, else that of the data in the repository. */
  private static Path folderOr(@Nullable Path folder, String name) {
    return folder != null ? folder : Path.of(System.getProperty("lanewise.home", ""), "data", name);
  }

  /** The network of 'Let's code a convolutional neural network in plain NumPy' (Skalski, 2020). */
  private static List<Layer> fourConvolutions() {
    return List.of(
        new Conv2d(32, 3).padding(Padding.SAME),
        new ReLU(),
        new Conv2d(32, 3).padding(Padding.SAME),
        new ReLU(),
        new MaxPool2d(2),
        new Dropout(0.75f),
        new Conv2d(64, 3).padding(Padding.SAME),
        new ReLU(),
        new Conv2d(64, 3).padding(Padding.SAME),
        new ReLU(),
        new MaxPool2d(2),
        new Dropout(0.75f),
        new Flatten(),
        new Dense(256),
        new ReLU(),
        new Dense(32),
        new ReLU(),
        new Dense(10),
        new Softmax());
  }

  /** LeCun, Bottou, Bengio and Haffner, 1998, with today's activations and pooling. */
  private static List<Layer> lenet5() {
    return List.of(
        new Conv2d(6, 5).padding(Padding.of(2)),
        new ReLU(),
        new MaxPool2d(2),
        new Conv2d(16, 5),
        new ReLU(),
        new MaxPool2d(2),
        new Flatten(),
        new Dense(120),
        new ReLU(),
        new Dense(84),
        new ReLU(),
        new Dense(10),
        new Softmax());
  }

  /** Dense layers of the given sizes with ReLU between them and softmax after them. */
  private static List<Layer> dense(int... units) {
    List<Layer> layers = new ArrayList<>();
    layers.add(new Flatten());
    for (int i = 0; i < units.length; i++) {
      layers.add(new Dense(units[i]));
      layers.add(i < units.length - 1 ? new ReLU() : new Softmax());
    }
    return layers;
  }

  /**
   * The recipe of the given name.
   *
   * @throws InputException if there is none; the message names the nearest and lists all
   */
  static Recipe find(String name) throws InputException {
    Recipe nearest =
        ALL.stream()
            .min(Comparator.comparingInt(recipe -> distance(name, recipe.name())))
            .orElseThrow();
    int distance = distance(name, nearest.name());
    if (distance > 0) {
      String hint = distance <= name.length() / 2 ? ", did you mean " + nearest.name() + "?" : "";
      throw new InputException(
          "there is no recipe '"
              + name
              + "'"
              + hint
              + " (recipes: "
              + ALL.stream().map(Recipe::name).collect(Collectors.joining(", "))
              + ")");
    }
    return nearest;
  }

  /** How many characters must be inserted, deleted or replaced (Levenshtein, 1965). */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1]; // [j]: from a's first i characters to b's first j
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
