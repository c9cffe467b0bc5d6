package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import lanewise.Allocations;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Products of a matrix and a vector, against double and bit for bit in the documented order. */
final class GemvTest {
  private static final int[] SIZES = {0, 1, 3, 4, 15, 16, 17, 33, 207, 1000};
  private static final float[] FACTORS = {0, 1, -0.5f, 2};

  private final int threadsBefore = WorkerPool.threads();

  @AfterEach
  void restoreThreads() {
    WorkerPool.threads(threadsBefore);
  }

  private record Case(
      boolean transpose, float alpha, GuardedMatrix a, GuardedMatrix x, float beta, GuardedMatrix y)
      implements Runnable {
    /** Random operands with a gap between A's rows; y is poison where it must not be read. */
    static Case random(boolean transpose, int m, int n, float alpha, float beta) {
      int outputs = transpose ? n : m;
      return new Case(
          transpose,
          alpha,
          GuardedMatrix.random(m, n, 3, 1),
          GuardedMatrix.random(transpose ? m : n, 2),
          beta,
          beta == 0 ? GuardedMatrix.poisoned(1, outputs, 0) : GuardedMatrix.random(outputs, 3));
    }

    @Override
    public void run() {
      Gemv.multiply(
          transpose,
          a.rows,
          a.columns,
          alpha,
          a.array,
          a.offset,
          a.leadingDimension,
          x.array,
          x.offset,
          beta,
          y.array,
          y.offset);
    }

    void check() {
      GuardedMatrix before = y.copy();
      GuardedMatrix aBefore = a.copy();
      GuardedMatrix xBefore = x.copy();
      run();
      aBefore.assertSameBits(a, this);
      xBefore.assertSameBits(x, this);
      y.assertGuarded(this);
      float[] products = new float[x.columns];
      for (int i = 0; i < y.columns; i++) {
        double expected = 0;
        double magnitude = 0;
        for (int p = 0; p < x.columns; p++) {
          products[p] = transpose ? a.get(p, i) : a.get(i, p);
          expected += (double) products[p] * x.get(p);
          magnitude += Math.abs((double) products[p] * x.get(p));
        }
        double start = beta == 0 ? 0 : (double) beta * before.get(i);
        double bound = RoundingBound.of(x.columns, Math.abs(alpha) * magnitude + Math.abs(start));
        RoundingBound.check(alpha * expected + start, bound, y.get(i), this, i);
        float inOrder = inOrder(products, beta == 0 ? 0 : before.get(i));
        assertEquals(
            Float.floatToRawIntBits(inOrder),
            Float.floatToRawIntBits(y.get(i)),
            () -> this + ", bits of an element");
      }
    }

    private float inOrder(float[] row, float start) {
      if (!transpose) {
        return finish(dotInOrder(row, x), beta, start);
      }
      float result = finish(blockInOrder(row, 0), beta, start);
      for (int p = Gemm.KC; p < row.length; p += Gemm.KC) {
        result = finish(blockInOrder(row, p), 1, result);
      }
      return result;
    }

    private float blockInOrder(float[] column, int first) {
      float sum = 0;
      for (int p = first; p < Math.min(column.length, first + Gemm.KC); p++) {
        sum = Math.fma(x.get(p), column[p], sum);
      }
      return sum;
    }

    private float finish(float sum, float factor, float start) {
      return factor == 0 ? alpha * sum : Math.fma(alpha, sum, factor * start);
    }

    @Override
    public String toString() {
      return "Gemv[%s, %d x %d, alpha %s, beta %s]"
          .formatted(transpose ? "T" : "N", a.rows, a.columns, alpha, beta);
    }
  }

  /** 16 partial sums, halves added first, then the rest one by one. */
  private static float dotInOrder(float[] row, GuardedMatrix x) {
    float[] partials = new float[16];
    int whole = row.length / 16 * 16;
    for (int i = 0; i < whole; i++) {
      partials[i % 16] = Math.fma(row[i], x.get(i), partials[i % 16]);
    }
    for (int half = 8; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        partials[i] += partials[i + half];
      }
    }
    float sum = partials[0];
    for (int i = whole; i < row.length; i++) {
      sum = Math.fma(row[i], x.get(i), sum);
    }
    return sum;
  }

  @Test
  void awkwardSizes() {
    for (int m : SIZES) {
      for (int n : SIZES) {
        Case.random(false, m, n, 1, 0).check();
        Case.random(true, m, n, 1, 0).check();
      }
    }
  }

  @Test
  void alphaAndBeta() {
    for (int[] size : new int[][] {{1, 33}, {7, 0}, {0, 7}, {13, 300}, {600, 17}}) {
      for (float alpha : FACTORS) {
        for (float beta : FACTORS) {
          Case.random(false, size[0], size[1], alpha, beta).check();
          Case.random(true, size[0], size[1], alpha, beta).check();
        }
      }
    }
  }

  @Test
  void sameBitsForAnyNumberOfThreads() {
    for (int[] size : new int[][] {{1000, 1000}, {70_000, 3}, {5, 200_000}}) {
      for (boolean transpose : new boolean[] {false, true}) {
        WorkerPool.threads(1);
        Case alone = Case.random(transpose, size[0], size[1], 2, 1);
        alone.run();
        for (int threads = 2; threads <= 3; threads++) {
          WorkerPool.threads(threads);
          Case shared = Case.random(transpose, size[0], size[1], 2, 1);
          shared.run();
          alone.y().assertSameBits(shared.y(), threads + " threads, " + shared);
        }
      }
    }
  }

  @Test
  void dot() {
    for (int n : SIZES) {
      GuardedMatrix x = GuardedMatrix.random(n, 1);
      GuardedMatrix y = GuardedMatrix.random(n, 2);
      float[] row = Arrays.copyOfRange(x.array, x.offset, x.offset + n);
      assertEquals(dotInOrder(row, y), Dot.product(n, x.array, x.offset, y.array, y.offset));
      assertEquals(
          dotInOrder(row, x), Dot.product(n, x.array, x.offset, x.array, x.offset), "squares");
    }
  }

  @Test
  void axpy() {
    for (int n : SIZES) {
      for (float alpha : FACTORS) {
        GuardedMatrix x = GuardedMatrix.random(n, 1);
        GuardedMatrix y = GuardedMatrix.random(n, 2);
        GuardedMatrix expected = y.copy();
        GuardedMatrix twice = x.copy();
        for (int i = 0; i < n; i++) {
          expected.set(0, i, Math.fma(alpha, x.get(i), y.get(i)));
          twice.set(0, i, Math.fma(alpha, x.get(i), x.get(i)));
        }
        Axpy.add(n, alpha, x.array, x.offset, y.array, y.offset);
        expected.assertSameBits(y, "axpy " + n);
        Axpy.add(n, alpha, x.array, x.offset, x.array, x.offset);
        twice.assertSameBits(x, "axpy to itself " + n);
      }
    }
  }

  @Test
  void nothingIsAllocated() {
    float[] a = new float[70 * 1000];
    float[] x = new float[1000];
    float[] y = new float[1000];
    for (int threads = 1; threads <= 2; threads++) {
      WorkerPool.threads(threads);
      assertSteady(() -> Gemv.multiply(false, 70, 1000, 2, a, 0, 1000, x, 0, 1, y, 0), "gemv");
      assertSteady(() -> Gemv.multiply(true, 70, 1000, 2, a, 0, 1000, x, 0, 1, y, 0), "transposed");
    }
    assertSteady(() -> Axpy.add(1000, 2, x, 0, y, 0), "axpy");
    assertSteady(() -> y[0] = Dot.product(1000, x, 0, a, 0), "dot");
  }

  private static void assertSteady(Runnable work, String what) {
    assertEquals(0, Allocations.steady(work), "bytes, " + what);
  }

  @Test
  void wrongSizesAreRefused() {
    float[] a = new float[6]; // [2, 3]
    float[] x = new float[3];
    float[] y = new float[2];
    Gemv.multiply(false, 2, 3, 1, a, 0, 3, x, 0, 0, y, 0);
    refused("Gemv: sizes must be at least 0, got m -1, n 3", y, () -> gemv(-1, 3, a, 0, 3, x, y));
    refused("Gemv: sizes must be at least 0, got m 2, n -3", y, () -> gemv(2, -3, a, 0, 3, x, y));
    refused(
        "Gemv: the leading dimension of A must be at least its row of 3, got 2",
        y,
        () -> gemv(2, 3, a, 0, 2, x, y));
    refused(
        "Gemv: A must lie within its array of 6, got offset 1 for 2 rows of 3, 3 apart, which end"
            + " at 7",
        y,
        () -> gemv(2, 3, a, 1, 3, x, y));
    refused(
        "Gemv: x must lie within its array of 2, got offset 0 for 3 elements",
        y,
        () -> gemv(2, 3, a, 0, 3, new float[2], y));
    refused(
        "Gemv: y must lie within its array of 2, got offset 0 for 3 elements",
        y,
        () -> gemv(3, 2, a, 0, 2, x, y));
    refused(
        "Gemv: y must lie within its array of 2, got offset 2147483647 for 2 elements",
        y,
        () -> Gemv.multiply(false, 2, 3, 1, a, 0, 3, x, 0, 0, y, Integer.MAX_VALUE));
    refused(
        "Gemv: y must lie within its array of 2, got offset 0 for 3 elements",
        y,
        () -> Gemv.multiply(true, 2, 3, 1, a, 0, 3, x, 0, 0, y, 0));
    refused("Dot: n must be at least 0, got -1", y, () -> Dot.product(-1, x, 0, y, 0));
    refused(
        "Dot: y must lie within its array of 2, got offset -1 for 1 elements",
        y,
        () -> Dot.product(1, x, 0, y, -1));
    refused("Axpy: n must be at least 0, got -1", y, () -> Axpy.add(-1, 1, x, 0, y, 0));
    refused(
        "Axpy: x must lie within its array of 3, got offset 2 for 2 elements",
        y,
        () -> Axpy.add(2, 1, x, 2, y, 0));
  }

  @Test
  void overlappingResultIsRefused() {
    float[] s = new float[11]; // A [2, 3], x [3] and y [2] in one array
    Gemv.multiply(false, 2, 3, 1, s, 0, 3, s, 6, 0, s, 9);
    refused(
        "Gemv: y must not overlap A, got y at 5 to 7 and A at 0 to 6",
        s,
        () -> Gemv.multiply(false, 2, 3, 1, s, 0, 3, s, 8, 0, s, 5));
    refused(
        "Gemv: y must not overlap x, got y at 8 to 10 and x at 6 to 9",
        s,
        () -> Gemv.multiply(false, 2, 3, 1, s, 0, 3, s, 6, 0, s, 8));
    refused(
        "Axpy: y must not overlap x, got y at 3 to 7 and x at 0 to 4",
        s,
        () -> Axpy.add(4, 1, s, 0, s, 3));
  }

  private static void gemv(int m, int n, float[] a, int aOffset, int lda, float[] x, float[] y) {
    Gemv.multiply(false, m, n, 1, a, aOffset, lda, x, 0, 0, y, 0);
  }

  /** Fails unless {@code call} throws with the message and leaves {@code y} as it was. */
  private static void refused(String message, float[] y, Runnable call) {
    Arrays.fill(y, 7);
    RuntimeException thrown = assertThrows(RuntimeException.class, call::run);
    assertTrue(
        thrown instanceof IllegalArgumentException || thrown instanceof IndexOutOfBoundsException,
        thrown.toString());
    assertEquals(message, thrown.getMessage());
    for (float v : y) {
      assertEquals(7, v, "written before it was refused");
    }
  }
}
