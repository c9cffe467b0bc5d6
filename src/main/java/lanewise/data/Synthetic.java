package lanewise.data;

import java.util.List;
import java.util.stream.IntStream;
import lanewise.random.CounterRandom;
import lanewise.shape.Shape;

/**
 * Data sets made up from a seed: those that scikit-learn's {@code make_moons}, {@code
 * make_circles}, {@code make_blobs} and {@code make_classification} made known, with random numbers
 * of their own. The samples come in random order, the classes equally often (to within one).
 */
public final class Synthetic {
  // Streams of random numbers under the seed.
  private static final int NOISE = 0;
  private static final int CENTERS = 1;
  private static final int MIXING = 2;
  private static final int ORDER = 3;
  private static final int FLIPS = 4;

  private Synthetic() {}

  /**
   * Two interleaving half circles of radius 1: (cos θ, sin θ) and (1 − cos θ, ½ − sin θ), θ evenly
   * from 0 to π.
   *
   * @param noise the deviation of the normal noise on each coordinate
   * @return samples {@code [2]} in two classes
   */
  public static Dataset moons(int samples, double noise, long seed) {
    float[] points = new float[2 * samples];
    for (int i = 0; i < samples; i++) {
      int place = i / 2;
      double angle = Math.PI * place / Math.max(1, classSize(samples, i % 2) - 1);
      double x = StrictMath.cos(angle);
      double y = StrictMath.sin(angle);
      points[2 * i] = (float) (i % 2 == 0 ? x : 1 - x);
      points[2 * i + 1] = (float) (i % 2 == 0 ? y : 0.5 - y);
    }
    return finish(points, 2, 2, noise, seed);
  }

  /**
   * Two circles about the origin, of radius 1 and {@code factor}, their points evenly spaced.
   *
   * @param noise the deviation of the normal noise on each coordinate
   * @return samples {@code [2]} in two classes, 1 being the inner circle
   */
  public static Dataset circles(int samples, double noise, double factor, long seed) {
    float[] points = new float[2 * samples];
    for (int i = 0; i < samples; i++) {
      int place = i / 2;
      double angle = 2 * Math.PI * place / classSize(samples, i % 2);
      double radius = i % 2 == 0 ? 1 : factor;
      points[2 * i] = (float) (radius * StrictMath.cos(angle));
      points[2 * i + 1] = (float) (radius * StrictMath.sin(angle));
    }
    return finish(points, 2, 2, noise, seed);
  }

  /**
   * Round clouds about centres that are uniform in [−10, 10] on each axis, one for each class.
   *
   * @param deviation the deviation of a cloud on each axis
   * @return samples {@code [features]} in {@code classes} classes
   */
  public static Dataset blobs(int samples, int features, int classes, double deviation, long seed) {
    long centers = CounterRandom.key(seed, CENTERS);
    float[] points = new float[Math.multiplyExact(samples, features)];
    for (int i = 0; i < points.length; i++) {
      int center = i / features % classes;
      points[i] = 20 * CounterRandom.uniform(centers, (long) center * features + i % features) - 10;
    }
    return finish(points, features, classes, deviation, seed);
  }

  /**
   * A task with few features that tell and many that do not. Each of two classes is two normal
   * clouds about corners of the cube [−1, 1]ᵈ, d = {@code informative}, drawn out and turned by a
   * random matrix of their own; {@code redundant} features are random mixtures of the informative
   * ones; all others are noise; of a hundred labels one is drawn at random.
   *
   * @param features the number of features in all: informative, redundant, noise, in this order
   * @return samples {@code [features]} in two classes
   * @throws IllegalArgumentException if {@code informative} is not from 2 to 16, or there are too
   *     few features
   */
  public static Dataset classification(
      int samples, int features, int informative, int redundant, long seed) {
    if (informative < 2
        || informative > 16
        || redundant < 0
        || (long) informative + redundant > features) {
      throw new IllegalArgumentException(
          ("Synthetic: expected 2 to 16 informative features and, with the redundant, at most %d,"
                  + " got %d and %d redundant")
              .formatted(features, informative, redundant));
    }
    long noise = CounterRandom.key(seed, NOISE);
    long mixing = CounterRandom.key(seed, MIXING);
    int[] corners = Batches.shuffled(1 << informative, CounterRandom.key(seed, CENTERS));
    float[] points = new float[Math.multiplyExact(samples, features)];
    double[] raw = new double[informative];
    for (int i = 0; i < samples; i++) {
      int row = i * features;
      for (int f = 0; f < features; f++) {
        points[row + f] = (float) CounterRandom.normal(noise, (long) row + f);
      }
      for (int f = 0; f < informative; f++) {
        raw[f] = points[row + f];
      }
      int cloud = i % 4;
      for (int f = 0; f < informative; f++) {
        double sum = (corners[cloud] >> f & 1) == 0 ? -1 : 1;
        for (int g = 0; g < informative; g++) {
          sum += raw[g] * mixed(mixing, (cloud * informative + f) * informative + g);
        }
        points[row + f] = (float) sum;
      }
      for (int f = 0; f < redundant; f++) {
        double sum = 0;
        for (int g = 0; g < informative; g++) {
          sum += points[row + g] * mixed(mixing, (4 * informative + f) * informative + g);
        }
        points[row + informative + f] = (float) sum;
      }
    }
    long flips = CounterRandom.key(seed, FLIPS);
    int[] labels =
        IntStream.range(0, samples)
            .map(
                i ->
                    CounterRandom.below(flips, 2L * i, 100) > 0
                        ? i % 2
                        : CounterRandom.below(flips, 2L * i + 1, 2))
            .toArray();
    return shuffled(points, features, labels, 2, seed);
  }

  /** Uniform in [−1, 1). */
  private static double mixed(long key, int counter) {
    return 2 * CounterRandom.uniform(key, counter) - 1;
  }

  private static int classSize(int samples, int label) {
    return (samples + 1 - label) / 2;
  }

  /** Adds noise to points whose classes take turns, and shuffles them. */
  private static Dataset finish(
      float[] points, int features, int classes, double noise, long seed) {
    long key = CounterRandom.key(seed, NOISE);
    for (int i = 0; i < points.length; i++) {
      points[i] += (float) (noise * CounterRandom.normal(key, i));
    }
    int[] labels = IntStream.range(0, points.length / features).map(i -> i % classes).toArray();
    return shuffled(points, features, labels, classes, seed);
  }

  private static Dataset shuffled(
      float[] points, int features, int[] labels, int classes, long seed) {
    List<String> names = IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    Dataset dataset = FloatDataset.ofClasses(Shape.of(features), points, labels, names);
    return Splits.shuffle(dataset, CounterRandom.key(seed, ORDER));
  }
}
