package lanewise.data;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import lanewise.shape.Shape;

/** Some samples of another data set. */
final class Selection implements Dataset {
  private final Dataset base;
  private final int[] indices;

  Selection(Dataset base, int[] indices) {
    if (indices.length == 0) {
      throw new IllegalArgumentException("Dataset: a selection must have at least 1 sample, got 0");
    }
    for (int index : indices) {
      Objects.checkIndex(index, base.size());
    }
    this.base = base;
    this.indices = indices;
  }

  @Override
  public int size() {
    return indices.length;
  }

  @Override
  public Shape sampleShape() {
    return base.sampleShape();
  }

  @Override
  public int classes() {
    return base.classes();
  }

  @Override
  public List<String> classNames() {
    return base.classNames();
  }

  @Override
  public void sample(int index, float[] out, int offset) {
    base.sample(indices[index], out, offset);
  }

  @Override
  public int label(int index) {
    return base.label(indices[index]);
  }

  @Override
  public int targetSize() {
    return base.targetSize();
  }

  @Override
  public void target(int index, float[] out, int offset) {
    base.target(indices[index], out, offset);
  }

  @Override
  public Dataset select(int... chosen) {
    return new Selection(base, Arrays.stream(chosen).map(i -> indices[i]).toArray());
  }
}
