package lanewise.kernel;

/** What a routine asks of its operands before it writes anything. */
final class Operands {
  private Operands() {}

  /**
   * Where a row-major matrix ends in its array; an empty one is nowhere.
   *
   * @throws IllegalArgumentException if a row is longer than the leading dimension
   * @throws IndexOutOfBoundsException if the matrix does not lie within its array
   */
  static int matrix(
      String routine, String name, int rows, int columns, float[] x, int offset, int ld) {
    if (rows == 0 || columns == 0) {
      return offset;
    }
    if (ld < columns) {
      throw new IllegalArgumentException(
          routine
              + ": the leading dimension of "
              + name
              + " must be at least its row of "
              + columns
              + ", got "
              + ld);
    }
    long end = offset + (long) (rows - 1) * ld + columns;
    if (offset < 0 || end > x.length) {
      throw new IndexOutOfBoundsException(
          routine
              + ": "
              + name
              + " must lie within its array of "
              + x.length
              + ", got offset "
              + offset
              + " for "
              + rows
              + " rows of "
              + columns
              + ", "
              + ld
              + " apart, which end at "
              + end);
    }
    return (int) end;
  }

  /**
   * Where a vector ends in its array; an empty one is nowhere.
   *
   * @throws IndexOutOfBoundsException if the vector does not lie within its array
   */
  static int vector(String routine, String name, int n, float[] x, int offset) {
    if (n == 0) {
      return offset;
    }
    if (offset < 0 || n > x.length - offset) {
      throw new IndexOutOfBoundsException(
          routine
              + ": "
              + name
              + " must lie within its array of "
              + x.length
              + ", got offset "
              + offset
              + " for "
              + n
              + " elements");
    }
    return offset + n;
  }

  /**
   * That what is written shares nothing with what is read.
   *
   * @throws IllegalArgumentException if it does
   */
  static void apart(
      String routine,
      String name,
      float[] x,
      int from,
      int to,
      String written,
      float[] y,
      int yFrom,
      int yTo) {
    if (x == y && from < yTo && yFrom < to) {
      throw new IllegalArgumentException(
          routine
              + ": "
              + written
              + " must not overlap "
              + name
              + ", got "
              + written
              + " at "
              + yFrom
              + " to "
              + yTo
              + " and "
              + name
              + " at "
              + from
              + " to "
              + to);
    }
  }
}
