package lanewise.data;

import java.util.List;
import java.util.Objects;
import lanewise.shape.Shape;
import org.jspecify.annotations.Nullable;

/** Samples kept as floats, each with a class or with real-valued targets. */
public final class FloatDataset implements Dataset {
  private final Shape sampleShape;
  private final float[] values; // [size, sampleShape]
  private final int @Nullable [] labels; // [size]
  private final float[] targets; // [size, targetSize]
  private final int targetSize;
  private final List<String> classNames;

  private FloatDataset(
      Shape sampleShape,
      float[] values,
      int size,
      int @Nullable [] labels,
      float[] targets,
      int targetSize,
      List<String> classNames) {
    if (size == 0 || (long) size * sampleShape.size() != values.length) {
      throw new IllegalArgumentException(
          "FloatDataset: expected one label or target for each sample of %s, got %d for %d values"
              .formatted(sampleShape, size, values.length));
    }
    this.sampleShape = sampleShape;
    this.values = values;
    this.labels = labels;
    this.targets = targets;
    this.targetSize = targetSize;
    this.classNames = List.copyOf(classNames);
  }

  /**
   * Samples with a class each. The arrays are kept and not copied.
   *
   * @param values {@code [size, sampleShape]}
   * @param labels {@code [size]}, each from 0 to the number of class names − 1
   * @throws IllegalArgumentException if the lengths do not agree, or a label has no class name
   */
  public static FloatDataset ofClasses(
      Shape sampleShape, float[] values, int[] labels, List<String> classNames) {
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classNames.size()) {
        throw new IllegalArgumentException(
            "FloatDataset: expected labels from 0 to %d, got %d for sample %d"
                .formatted(classNames.size() - 1, labels[i], i));
      }
    }
    return new FloatDataset(
        sampleShape, values, labels.length, labels, new float[0], classNames.size(), classNames);
  }

  /**
   * Samples with {@code targetSize} real-valued targets each. The arrays are kept and not copied.
   *
   * @param values {@code [size, sampleShape]}
   * @param targets {@code [size, targetSize]}
   * @throws IllegalArgumentException if the lengths do not agree
   */
  public static FloatDataset ofTargets(
      Shape sampleShape, float[] values, float[] targets, int targetSize) {
    if (targetSize < 1 || targets.length % targetSize != 0) {
      throw new IllegalArgumentException(
          "FloatDataset: expected a multiple of the target size, got %d targets of size %d"
              .formatted(targets.length, targetSize));
    }
    return new FloatDataset(
        sampleShape, values, targets.length / targetSize, null, targets, targetSize, List.of());
  }

  @Override
  public int size() {
    return values.length / sampleShape.size();
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
    System.arraycopy(values, Objects.checkIndex(index, size()) * size, out, offset, size);
  }

  @Override
  public int label(int index) {
    if (labels == null) {
      throw new IllegalStateException(
          "FloatDataset: the targets are real numbers; there is no label");
    }
    return labels[index];
  }

  @Override
  public int targetSize() {
    return targetSize;
  }

  @Override
  public void target(int index, float[] out, int offset) {
    if (labels == null) {
      System.arraycopy(targets, index * targetSize, out, offset, targetSize);
    } else {
      Dataset.super.target(index, out, offset);
    }
  }
}
