package lanewise.data;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import lanewise.shape.Shape;

/**
 * Samples of one shape, numbered from 0, each with the class it belongs to or with real-valued
 * targets. Immutable, so any number of threads may read at once.
 */
public interface Dataset {
  /** The number of samples, at least 1. */
  int size();

  /** The shape of one sample, such as {@code [28, 28, 1]}: height, width, channels. */
  Shape sampleShape();

  /** The number of classes, or 0 where the targets are real numbers. */
  int classes();

  /** The name of each class, in the order of the labels. */
  List<String> classNames();

  /**
   * Writes sample {@code index} to {@code out[offset …]}, {@code sampleShape().size()} values.
   *
   * @throws IndexOutOfBoundsException if there is no such sample, or {@code out} has no room for it
   */
  void sample(int index, float[] out, int offset);

  /**
   * The class of sample {@code index}: 0 … {@link #classes} − 1.
   *
   * @throws IllegalStateException if the targets are real numbers
   */
  int label(int index);

  /**
   * The number of values {@link #target} writes: {@link #classes}, or the number of real-valued
   * targets.
   */
  default int targetSize() {
    return classes();
  }

  /**
   * Writes what a network should answer for sample {@code index}: its label one-hot (1 at the
   * label, 0 elsewhere), or its real-valued targets.
   */
  default void target(int index, float[] out, int offset) {
    int label = label(index);
    Arrays.fill(out, offset, offset + targetSize(), 0f);
    out[offset + label] = 1f;
  }

  /**
   * The samples of the given numbers, in that order. Nothing is copied but the numbers.
   *
   * @throws IndexOutOfBoundsException if there is no such sample
   */
  default Dataset select(int... indices) {
    return new Selection(this, indices.clone());
  }

  /**
   * The same samples in two classes: 1 for those of class {@code chosen}, 0 for the rest.
   *
   * @throws IndexOutOfBoundsException if there is no such class
   */
  default Dataset oneAgainstRest(int chosen) {
    return new OneAgainstRest(this, chosen);
  }

  /** Samples {@code from} (inclusive) to {@code to} (exclusive). */
  default Dataset subset(int from, int to) {
    Objects.checkFromToIndex(from, to, size());
    return select(IntStream.range(from, to).toArray());
  }

  /** The first {@code count} samples. */
  default Dataset take(int count) {
    return subset(0, count);
  }
}
