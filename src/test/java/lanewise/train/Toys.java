package lanewise.train;

import java.util.List;
import lanewise.data.Dataset;
import lanewise.data.FloatDataset;
import lanewise.random.CounterRandom;
import lanewise.shape.Shape;

/** Small data sets that are learned in seconds. */
final class Toys {
  private Toys() {}

  /** Images of 8 × 8: horizontal stripes, vertical stripes, or diagonal ones, shifted, in noise. */
  static Dataset stripes(int size, long seed) {
    float[] values = new float[size * 64];
    int[] labels = new int[size];
    for (int i = 0; i < size; i++) {
      labels[i] = i % 3;
      int shift = CounterRandom.below(CounterRandom.key(seed, 1), i, 4);
      for (int p = 0; p < 64; p++) {
        int[] positions = {p / 8, p % 8, p / 8 + p % 8};
        float stripe = (positions[labels[i]] + shift) / 2 % 2;
        float noise = CounterRandom.uniform(CounterRandom.key(seed, 2), i * 64L + p);
        values[i * 64 + p] = 0.7f * stripe + 0.3f * noise;
      }
    }
    return FloatDataset.ofClasses(
        Shape.of(8, 8, 1), values, labels, List.of("horizontal", "vertical", "diagonal"));
  }

  /** Points in the plane: class 0 about the origin, class 1 on a ring of radius 2. */
  static Dataset rings(int size, long seed) {
    float[] values = new float[size * 2];
    int[] labels = new int[size];
    for (int i = 0; i < size; i++) {
      labels[i] = i % 2;
      double radius = 2 * labels[i] + 0.5 * CounterRandom.uniform(CounterRandom.key(seed, 1), i);
      double angle = 2 * Math.PI * CounterRandom.uniform(CounterRandom.key(seed, 2), i);
      values[2 * i] = (float) (radius * Math.cos(angle));
      values[2 * i + 1] = (float) (radius * Math.sin(angle));
    }
    return FloatDataset.ofClasses(Shape.of(2), values, labels, List.of("inner", "outer"));
  }

  /** Noise with labels that mean nothing. */
  static Dataset noise(int size, int features, int classes, long seed) {
    int[] labels = new int[size];
    for (int i = 0; i < size; i++) {
      labels[i] = i % classes;
    }
    List<String> names = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    return FloatDataset.ofClasses(
        Shape.of(features), normal(size * features, seed), labels, names.subList(0, classes));
  }

  /** Three features x and the targets {@code (x₀ − 2 x₁ + 1, x₂ / 2)}. */
  static Dataset linear(int size, long seed) {
    float[] x = normal(size * 3, seed);
    float[] targets = new float[size * 2];
    for (int i = 0; i < size; i++) {
      targets[2 * i] = x[3 * i] - 2 * x[3 * i + 1] + 1;
      targets[2 * i + 1] = x[3 * i + 2] / 2;
    }
    return FloatDataset.ofTargets(Shape.of(3), x, targets, 2);
  }

  private static float[] normal(int size, long seed) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) CounterRandom.normal(seed, i);
    }
    return values;
  }
}
