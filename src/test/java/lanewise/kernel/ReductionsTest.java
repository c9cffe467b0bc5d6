package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class ReductionsTest {
  /** Bit for bit in the documented order, up to the array's last element. */
  @Test
  void columnSums() {
    for (int columns = 1; columns <= 41; columns++) {
      for (int rows : new int[] {1, 3, 4, 7, 255, 256, 257, 515}) {
        for (int gap : new int[] {0, 5}) {
          assertColumnSums(rows, columns, gap, 0);
          assertColumnSums(rows, columns, gap, 20);
        }
      }
    }
    assertColumnSums(515, 65, 0, 0); // read ahead
  }

  private static void assertColumnSums(int rows, int columns, int gap, int behind) {
    GuardedMatrix x = GuardedMatrix.random(rows, columns, gap, 7);
    int end = x.offset + (rows - 1) * x.leadingDimension + columns + behind;
    GuardedMatrix out = GuardedMatrix.poisoned(1, columns, 0);
    Reductions.columnSums(
        rows,
        columns,
        Arrays.copyOf(x.array, end),
        x.offset,
        x.leadingDimension,
        out.array,
        out.offset);
    GuardedMatrix expected = GuardedMatrix.poisoned(1, columns, 0);
    for (int j = 0; j < columns; j++) {
      expected.set(0, j, columnSum(x, j));
    }
    out.assertSameBits(expected, rows + " x " + columns + " and " + gap);
  }

  private static float columnSum(GuardedMatrix x, int j) {
    float sum = 0;
    for (int first = 0; first < x.rows; first += 256) {
      int rows = Math.min(256, x.rows - first);
      float[] partials = new float[4];
      for (int i = 0; i < rows; i++) {
        partials[i < rows - rows % 4 ? i % 4 : 0] += x.get(first + i, j);
      }
      sum += (partials[0] + partials[2]) + (partials[1] + partials[3]);
    }
    return sum;
  }

  @Test
  void noRowsSumToZero() {
    float[] out = {1, 2, 3};
    Reductions.columnSums(0, 2, new float[0], 0, 2, out, 0);
    assertEquals("[0.0, 0.0, 3.0]", Arrays.toString(out));
  }
}
