package lanewise.recipe;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.function.Supplier;
import lanewise.data.Augmentation;
import lanewise.data.CatVsNonCat;
import lanewise.data.Cifar10;
import lanewise.data.Csv;
import lanewise.data.Dataset;
import lanewise.data.Digits;
import lanewise.data.FashionMnist;
import lanewise.data.Mnist;
import lanewise.data.Standardization;
import lanewise.data.Synthetic;
import lanewise.data.TrainTest;
import lanewise.layer.Conv2d;
import lanewise.layer.Dense;
import lanewise.layer.Dropout;
import lanewise.layer.Flatten;
import lanewise.layer.Layer;
import lanewise.layer.MaxPool2d;
import lanewise.layer.ReLU;
import lanewise.layer.Softmax;
import lanewise.loss.BinaryCrossEntropy;
import lanewise.loss.SoftmaxCrossEntropy;
import lanewise.network.Network;
import lanewise.network.NumpyWeights;
import lanewise.optimizer.Adam;
import lanewise.optimizer.Momentum;
import lanewise.optimizer.Sgd;
import lanewise.optimizer.StepDecay;
import lanewise.recipe.Model.DenseLayers;
import lanewise.shape.Padding;
import lanewise.shape.Shape;
import lanewise.train.Trainer;
import org.jspecify.annotations.Nullable;

/** All recipes. */
public final class Recipes {
  private static final Shape IMAGE = Shape.of(28, 28, 1);

  /** In the order of the help. */
  public static final List<Recipe> ALL =
      List.of(
          new Recipe(
                  "dnn-llayer",
                  "a deep dense network from scratch on handwritten digits, one against the rest",
                  folder -> Digits.load(folderOr(folder, "digits")),
                  IMAGE,
                  new DenseLayers(List.of(20), 10, "8"),
                  gradientDescent(0.3f, 2_000, 3))
              .from(normal(_ -> 0.01), Interval.iterations(100)),
          new Recipe(
                  "dnn-catvnoncat",
                  "a dense network of four layers on images of cats and of other things",
                  folder -> CatVsNonCat.load(CatVsNonCat.find(folder)),
                  Shape.of(64, 64, 3),
                  new DenseLayers(List.of(20, 7, 5), 2, null),
                  gradientDescent(0.0075f, 2_500, 1))
              .from(normal(features -> 1 / Math.sqrt(features)), Interval.iterations(100)),
          new Recipe(
                  "dnn-200",
                  "a dense network, 200-20-10-1, on 10,000 samples of 200 features",
                  folder -> tableOr(folder, () -> parted(classification(), 2_000)),
                  Shape.of(200),
                  new DenseLayers(List.of(20, 10), 2, null),
                  new Trainer(new BinaryCrossEntropy(), new Sgd(0.05f))
                      .batch(200)
                      .epochs(100)
                      .shuffle(false))
              .from(normal(_ -> 0.01), Interval.epochs(10)),
          new Recipe(
                  "dnn-moons",
                  "a dense network, 2-25-50-50-25-1, on two moons",
                  folder -> tableOr(folder, () -> parted(Synthetic.moons(1_000, 0.2, 42), 100)),
                  Shape.of(2),
                  new DenseLayers(List.of(25, 50, 50, 25), 2, null),
                  gradientDescent(0.01f, 10_000, 2))
              .from(
                  (network, seed) -> NumpyWeights.drawWithBiases(network, seed, _ -> 0.1),
                  Interval.iterations(1_000)),
          new Recipe(
                  "dnn-cifar10",
                  "a dense network of four layers on CIFAR-10, one class against the rest",
                  folder -> Cifar10.load(Cifar10.find(folder)),
                  Shape.of(32, 32, 3),
                  new DenseLayers(List.of(256, 128, 64), 10, "airplane"),
                  new Trainer(new BinaryCrossEntropy(), new Sgd(0.01f)).batch(100).epochs(10))
              .standardize(Standardization::fit),
          new Recipe(
              "fashion-cnn",
              "a CNN of four convolutions on Fashion-MNIST",
              folder -> FashionMnist.load(folderOr(folder, "fashion-mnist")),
              IMAGE,
              fourConvolutions(),
              adam(64, 3)),
          new Recipe(
              "mnist-cnn",
              "the same CNN on MNIST",
              folder -> Mnist.load(Mnist.find(folder)),
              IMAGE,
              fourConvolutions(),
              adam(64, 3)),
          new Recipe(
              "mnist-lenet5",
              "LeNet-5 with ReLU and max-pooling on MNIST",
              folder -> Mnist.load(Mnist.find(folder)),
              IMAGE,
              lenet5(),
              adam(64, 3)),
          new Recipe(
              "mnist-mlp",
              "a dense network, 784-512-256-10, on MNIST",
              folder -> Mnist.load(Mnist.find(folder)),
              IMAGE,
              new DenseLayers(List.of(512, 256), 10, null),
              adam(64, 3)),
          new Recipe(
              "digits-lenet5",
              "LeNet-5 on 4,000 handwritten digits, tested on 1,000 others",
              folder -> Digits.load(folderOr(folder, "digits")),
              IMAGE,
              lenet5(),
              adam(16, 20)),
          new Recipe(
                  "cifar10-resnet20",
                  "a residual network of 20 layers on CIFAR-10, images shifted and mirrored",
                  folder -> Cifar10.load(Cifar10.find(folder)),
                  Shape.of(32, 32, 3),
                  (Model.Fixed) (_, seed) -> ResNet20.resnet20(seed),
                  new Trainer(new SoftmaxCrossEntropy(), new Momentum(0.1f, 0.9f, false, 1e-4f))
                      .batch(128)
                      .epochs(30)
                      .augmentation(new Augmentation(4, true))
                      .schedule(new StepDecay(0.1, 15, 23)))
              .standardize(Standardization::fitChannels));

  private Recipes() {}

  /** The names of all. */
  public static List<String> names() {
    return ALL.stream().map(Recipe::name).toList();
  }

  /** The folder that the user names, else that of the data in the repository. */
  private static Path folderOr(@Nullable Path folder, String name) {
    return folder != null ? folder : Path.of(System.getProperty("lanewise.home", ""), "data", name);
  }

  /** The network of 'Let's code a convolutional neural network in plain NumPy' (Skalski, 2020). */
  private static Model.Fixed fourConvolutions() {
    return fixed(
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

  private static Model.Fixed fixed(Layer... layers) {
    return (input, seed) -> Network.sequence(input, seed, layers);
  }

  /** LeCun, Bottou, Bengio and Haffner, 1998, with today's activations and pooling. */
  private static Model.Fixed lenet5() {
    return fixed(
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

  /** Adam at rate 0.001 on shuffled batches. */
  private static Trainer adam(int batch, int epochs) {
    return new Trainer(new SoftmaxCrossEntropy(), new Adam(0.001f)).batch(batch).epochs(epochs);
  }

  /** Each step on all samples. */
  private static Trainer gradientDescent(float rate, int iterations, long seed) {
    return new Trainer(new BinaryCrossEntropy(), new Sgd(rate))
        .batch(Integer.MAX_VALUE)
        .epochs(iterations)
        .shuffle(false)
        .seed(seed);
  }

  /** {@code W = numpy.random.randn(...) * scale(features)}, b = 0. */
  private static Recipe.Start normal(IntToDoubleFunction scale) {
    return (network, seed) -> NumpyWeights.draw(network, seed, scale);
  }

  private static Dataset classification() {
    return Synthetic.classification(10_000, 200, 5, 5, 123);
  }

  private static TrainTest parted(Dataset dataset, int testSize) {
    int trainSize = dataset.size() - testSize;
    return new TrainTest(dataset.take(trainSize), dataset.subset(trainSize, dataset.size()));
  }

  /** What {@code train.csv} and {@code test.csv} of a folder hold, or what is made up. */
  private static TrainTest tableOr(@Nullable Path folder, Supplier<TrainTest> otherwise)
      throws IOException {
    return folder == null
        ? otherwise.get()
        : new TrainTest(
            Csv.classes(folder.resolve("train.csv"), -1),
            Csv.classes(folder.resolve("test.csv"), -1));
  }

  /**
   * The recipe of the given name.
   *
   * @throws InputException if there is none; the message names the nearest and lists all
   */
  public static Recipe find(String name) throws InputException {
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
              + String.join(", ", names())
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
