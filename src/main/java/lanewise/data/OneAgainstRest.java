package lanewise.data;

import java.util.List;
import java.util.Objects;
import lanewise.shape.Shape;

/** Another data set's samples in two classes: the rest (0) and the chosen one (1). */
final class OneAgainstRest implements Dataset {
  private final Dataset base;
  private final int chosen;
  private final List<String> classNames;

  OneAgainstRest(Dataset base, int chosen) {
    this.base = base;
    this.chosen = Objects.checkIndex(chosen, base.classes());
    String name = base.classNames().get(chosen);
    this.classNames = List.of("not " + name, name);
  }

  @Override
  public int size() {
    return base.size();
  }

  @Override
  public Shape sampleShape() {
    return base.sampleShape();
  }

  @Override
  public int classes() {
    return 2;
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public void sample(int index, float[] out, int offset) {
    base.sample(index, out, offset);
  }

  @Override
  public int label(int index) {
    return base.label(index) == chosen ? 1 : 0;
  }
}
