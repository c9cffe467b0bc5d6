package lanewise.train;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Counts which class was taken for which. */
public final class ConfusionMatrix {
  private final List<String> classNames;
  private final int classes;
  private final int[] counts; // [actual, predicted]

  /** All zero. */
  public ConfusionMatrix(List<String> classNames) {
    this.classNames = List.copyOf(classNames);
    this.classes = classNames.size();
    this.counts = new int[classes * classes];
  }

  /** Counts one sample of class {@code actual} that was taken for {@code predicted}. */
  public void add(int actual, int predicted) {
    add(actual, predicted, 1);
  }

  /** Counts so many samples of class {@code actual} that were taken for {@code predicted}. */
  public void add(int actual, int predicted, int samples) {
    counts[index(actual, predicted)] += samples;
  }

  private int index(int actual, int predicted) {
    if (actual < 0 || actual >= classes || predicted < 0 || predicted >= classes) {
      throw new IndexOutOfBoundsException(
          "ConfusionMatrix: classes must be below "
              + classes
              + ", got "
              + actual
              + " and "
              + predicted);
    }
    return actual * classes + predicted;
  }

  /** The names of the classes. */
  public List<String> classNames() {
    return classNames;
  }

  /** How many samples of class {@code actual} were taken for {@code predicted}. */
  public int count(int actual, int predicted) {
    return counts[index(actual, predicted)];
  }

  /** How many samples were counted. */
  public int total() {
    return IntStream.of(counts).sum();
  }

  /** The share of samples on the diagonal; NaN if there are none. */
  public double accuracy() {
    int correct = IntStream.range(0, classes).map(c -> count(c, c)).sum();
    return (double) correct / total();
  }

  /** The share of samples taken for class {@code c} that are of it; 0 if none was. */
  public double precision(int c) {
    return share(count(c, c), IntStream.range(0, classes).map(a -> count(a, c)).sum());
  }

  /** The share of samples of class {@code c} that were taken for it; 0 if there is none. */
  public double recall(int c) {
    return share(count(c, c), actual(c));
  }

  /** The harmonic mean of precision and recall; 0 if both are 0. */
  public double f1(int c) {
    double sum = precision(c) + recall(c);
    return sum == 0 ? 0 : 2 * precision(c) * recall(c) / sum;
  }

  /** The mean recall of the classes that occur: what guessing the commonest class cannot raise. */
  public double balancedAccuracy() {
    return IntStream.range(0, classes)
        .filter(c -> actual(c) > 0)
        .mapToDouble(this::recall)
        .average()
        .orElse(Double.NaN);
  }

  private int actual(int c) {
    return IntStream.range(0, classes).map(p -> count(c, p)).sum();
  }

  private static double share(int part, int whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  /** A table: a row for each class with its counts by predicted class, precision, recall and F1. */
  @Override
  public String toString() {
    int name = classNames.stream().mapToInt(String::length).max().orElse(0);
    int number = Math.max(4, Integer.toString(total()).length());
    StringBuilder text = new StringBuilder(" ".repeat(name));
    for (int p = 0; p < classes; p++) {
      text.append(String.format(" %" + number + "." + number + "s", classNames.get(p)));
    }
    text.append("  precision  recall     F1\n");
    for (int a = 0; a < classes; a++) {
      text.append(String.format("%-" + name + "s", classNames.get(a)));
      for (int p = 0; p < classes; p++) {
        text.append(String.format(" %" + number + "d", count(a, p)));
      }
      text.append(
          String.format(Locale.ROOT, "  %9.4f  %6.4f %6.4f\n", precision(a), recall(a), f1(a)));
    }
    return text.toString();
  }
}
