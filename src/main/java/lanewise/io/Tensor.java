package lanewise.io;

import java.util.Objects;
import lanewise.shape.Shape;

/** A named, row-major part of an array, as a file holds it. */
public final class Tensor {
  private final String name;
  private final Shape shape;
  private final float[] array;
  private final int offset;

  /**
   * The {@code shape.size()} numbers of {@code array} from {@code offset} on; the array is not
   * copied.
   *
   * @throws IndexOutOfBoundsException if {@code array} is too short
   */
  public Tensor(String name, Shape shape, float[] array, int offset) {
    Objects.checkFromIndexSize(offset, shape.size(), array.length);
    this.name = name;
    this.shape = shape;
    this.array = array;
    this.offset = offset;
  }

  /** The name. */
  public String name() {
    return name;
  }

  /** The shape. */
  public Shape shape() {
    return shape;
  }

  /** The number at {@code index} in row-major order. */
  public float get(int index) {
    return array[offset + Objects.checkIndex(index, shape.size())];
  }

  /** Copies all numbers to {@code out} from {@code outOffset} on. */
  public void copyTo(float[] out, int outOffset) {
    System.arraycopy(array, offset, out, outOffset, shape.size());
  }
}
