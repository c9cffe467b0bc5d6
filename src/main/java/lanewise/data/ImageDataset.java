package lanewise.data;

import java.util.List;
import java.util.Objects;
import lanewise.shape.Shape;

/**
 * Images kept as bytes, a quarter of the memory of floats; a pixel x is read as x / 255, in [0, 1].
 */
public final class ImageDataset implements Dataset {
  private final Shape sampleShape;
  private final byte[] pixels; // [size, height, width, channels]
  private final byte[] labels; // [size]
  private final List<String> classNames;

  /**
   * A data set over the given arrays, which are kept and not copied.
   *
   * @param sampleShape {@code [height, width, channels]}
   * @param pixels {@code [size, height, width, channels]}, unsigned
   * @param labels {@code [size]}, unsigned, each below the number of class names
   * @throws IllegalArgumentException if the lengths do not agree, or a label has no class name
   */
  public ImageDataset(Shape sampleShape, byte[] pixels, byte[] labels, List<String> classNames) {
    if (labels.length == 0 || (long) labels.length * sampleShape.size() != pixels.length) {
      throw new IllegalArgumentException(
          "ImageDataset: expected one label for each image of %s, got %d labels and %d pixels"
              .formatted(sampleShape, labels.length, pixels.length));
    }
    this.sampleShape = sampleShape;
    this.pixels = pixels;
    this.labels = labels;
    this.classNames = List.copyOf(classNames);
    int wrong = firstNotBelow(classNames.size(), labels);
    if (wrong >= 0) {
      throw new IllegalArgumentException(
          "ImageDataset: expected labels from 0 to %d, got %d for image %d"
              .formatted(classNames.size() - 1, label(wrong), wrong));
    }
  }

  /** The number of the first label that is not below {@code classes}, or −1. */
  static int firstNotBelow(int classes, byte[] labels) {
    for (int i = 0; i < labels.length; i++) {
      if (Byte.toUnsignedInt(labels[i]) >= classes) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public Shape sampleShape() {
    return sampleShape;
  }

  @Override
  public int classes() {
    return classNames.size();
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public void sample(int index, float[] out, int offset) {
    int size = sampleShape.size();
    int start = Objects.checkIndex(index, labels.length) * size;
    for (int i = 0; i < size; i++) {
      out[offset + i] = Byte.toUnsignedInt(pixels[start + i]) / 255f;
    }
  }

  @Override
  public int label(int index) {
    return Byte.toUnsignedInt(labels[index]);
  }

  /**
   * This data set with {@code border} rows and columns of zeros added on each of the four sides.
   */
  public ImageDataset pad(int border) {
    int height = sampleShape.size(0);
    int row = sampleShape.size(1) * sampleShape.size(2);
    Shape shape =
        Shape.of(height + 2 * border, sampleShape.size(1) + 2 * border, sampleShape.size(2));
    int paddedRow = shape.size(1) * shape.size(2);
    byte[] padded = new byte[shape.prepend(size()).size()];
    for (int y = 0; y < size() * height; y++) {
      int image = y / height;
      int target = image * shape.size() + (y % height + border) * paddedRow;
      System.arraycopy(pixels, y * row, padded, target + border * shape.size(2), row);
    }
    return new ImageDataset(shape, padded, labels, classNames);
  }
}
