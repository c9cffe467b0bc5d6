package lanewise.shape;

import java.util.Arrays;

/**
 * The sizes of a row-major array, outermost first. One sample of an image is {@code [height, width,
 * channels]}; a batch of them {@code [batch, height, width, channels]}.
 */
public final class Shape {
  private final int[] sizes;
  private final int size;

  private Shape(int[] sizes, int size) {
    this.sizes = sizes;
    this.size = size;
  }

  /**
   * A shape of the given sizes.
   *
   * @throws IllegalArgumentException if a size is below 1 or their product exceeds 2³¹ − 1
   */
  public static Shape of(int... sizes) {
    long product = 1;
    for (int s : sizes) {
      if (s < 1) {
        throw new IllegalArgumentException(
            "Shape: every size must be at least 1, got " + Arrays.toString(sizes));
      }
      product *= s;
      if (product > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "Shape: the number of elements must be at most 2147483647, got "
                + Arrays.toString(sizes));
      }
    }
    return new Shape(sizes.clone(), (int) product);
  }

  /** The number of dimensions. */
  public int rank() {
    return sizes.length;
  }

  /** The size of dimension {@code i}, counted from 0, outermost first. */
  public int size(int i) {
    return sizes[i];
  }

  /** The number of elements: the product of the sizes. */
  public int size() {
    return size;
  }

  /** A copy of the sizes. */
  public int[] toArray() {
    return sizes.clone();
  }

  /** This shape with one more, outermost dimension, such as the batch. */
  public Shape prepend(int outer) {
    int[] longer = new int[sizes.length + 1];
    longer[0] = outer;
    System.arraycopy(sizes, 0, longer, 1, sizes.length);
    return of(longer);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(sizes, shape.sizes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sizes);
  }

  @Override
  public String toString() {
    return Arrays.toString(sizes);
  }
}
