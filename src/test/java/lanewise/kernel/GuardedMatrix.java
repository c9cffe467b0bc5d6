package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;
import lanewise.random.CounterRandom;

/**
 * A row-major matrix inside a larger array: an offset before it, a gap after every row, a margin
 * behind it, all NaN. A kernel that reads the surroundings into a result shows NaN there; one that
 * writes them is caught by their bits.
 */
final class GuardedMatrix {
  /** A quiet NaN that no arithmetic makes by itself. */
  static final int POISON = 0x7FC0_1A9E;

  private static final int MARGIN = 37;

  final int rows;
  final int columns;
  final int offset;
  final int leadingDimension;
  final float[] array;

  private GuardedMatrix(int rows, int columns, int offset, int leadingDimension, float[] array) {
    this.rows = rows;
    this.columns = columns;
    this.offset = offset;
    this.leadingDimension = leadingDimension;
    this.array = array;
  }

  /** Rows of {@code columns} floats, {@code gap} more between them; every float is poison. */
  static GuardedMatrix poisoned(int rows, int columns, int gap) {
    int leadingDimension = Math.max(1, columns + gap);
    float[] array = new float[MARGIN + rows * leadingDimension + MARGIN];
    Arrays.fill(array, Float.intBitsToFloat(POISON));
    return new GuardedMatrix(rows, columns, MARGIN, leadingDimension, array);
  }

  /**
   * As {@link #poisoned}, the matrix itself uniform in [−1, 1) but for a few zeros of either sign.
   */
  static GuardedMatrix random(int rows, int columns, int gap, long key) {
    GuardedMatrix matrix = poisoned(rows, columns, gap);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        long counter = (long) i * columns + j;
        float x = CounterRandom.uniform(key, counter) * 2 - 1;
        matrix.set(i, j, Math.abs(x) < 1 / 32f ? Math.copySign(0, x) : x);
      }
    }
    return matrix;
  }

  /** One row of random floats without gaps. */
  static GuardedMatrix random(int size, long key) {
    return random(1, size, 0, key);
  }

  GuardedMatrix copy() {
    return new GuardedMatrix(rows, columns, offset, leadingDimension, array.clone());
  }

  float get(int i, int j) {
    return array[offset + i * leadingDimension + j];
  }

  void set(int i, int j, float x) {
    array[offset + i * leadingDimension + j] = x;
  }

  /** Element {@code i} of a matrix without gaps. */
  float get(int i) {
    return array[offset + i];
  }

  /** Fails unless everything around the matrix is still poison. */
  void assertGuarded(Object what) {
    for (int at = 0; at < array.length; at++) {
      if (!inside(at) && Float.floatToRawIntBits(array[at]) != POISON) {
        fail(what + ": wrote " + array[at] + " outside the matrix, at " + (at - offset));
      }
    }
  }

  /** Fails unless {@code other} holds the same bits, surroundings included. */
  void assertSameBits(GuardedMatrix other, Object what) {
    for (int at = 0; at < array.length; at++) {
      int expected = Float.floatToRawIntBits(array[at]);
      if (expected != Float.floatToRawIntBits(other.array[at])) {
        int row = (at - offset) / leadingDimension;
        int column = (at - offset) % leadingDimension;
        fail(
            what
                + ": at ["
                + row
                + ", "
                + column
                + "] expected "
                + array[at]
                + ", got "
                + other.array[at]);
      }
    }
  }

  private boolean inside(int at) {
    int row = Math.floorDiv(at - offset, leadingDimension);
    return row >= 0 && row < rows && Math.floorMod(at - offset, leadingDimension) < columns;
  }
}
