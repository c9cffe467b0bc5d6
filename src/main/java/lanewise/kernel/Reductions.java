package lanewise.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static lanewise.kernel.Simd.FLOATS;
import static lanewise.kernel.Simd.LANES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/**
 * Sums and searches.
 *
 * <p>A sum has 16 partial sums, element {@code i} in that of number {@code i mod 16}, which are
 * then added as a tree, halves first (0 + 8, 1 + 9, …; 0 + 4, …); the last {@code n mod 16}
 * elements follow one by one. The 16 are one, two or four vectors, so the bits do not depend on the
 * width.
 */
public final class Reductions {
  static final int PARTIALS = 16;

  /** Rows that one partial sum of {@link #columnSums} covers: 64 additions deep. */
  private static final int CHUNK_ROWS = 256;

  private static final VectorShuffle<Float> BY_8 = VectorShuffle.iota(FLOATS, 8, 1, true);
  private static final VectorShuffle<Float> BY_4 = VectorShuffle.iota(FLOATS, 4, 1, true);
  private static final VectorShuffle<Float> BY_2 = VectorShuffle.iota(FLOATS, 2, 1, true);
  private static final VectorShuffle<Float> BY_1 = VectorShuffle.iota(FLOATS, 1, 1, true);

  private static final Blocks BLOCKS = new Blocks();

  private Reductions() {}

  /** {@code Σ x}. */
  public static float sum(int n, float[] x, int xOffset) {
    int whole = n - n % PARTIALS;
    float sum = 0;
    if (whole > 0) {
      float[] partials = partials();
      addElements(whole, x, xOffset, partials);
      sum = tree(partials, 0);
    }
    for (int i = whole; i < n; i++) {
      sum += x[xOffset + i];
    }
    return sum;
  }

  private static void addElements(int n, float[] x, int xOffset, float[] partials) {
    FloatVector a = FloatVector.zero(FLOATS);
    FloatVector b = FloatVector.zero(FLOATS);
    FloatVector c = FloatVector.zero(FLOATS);
    FloatVector d = FloatVector.zero(FLOATS);
    for (int i = 0; i < n; i += PARTIALS) {
      a = a.add(fromArray(FLOATS, x, xOffset + i));
      if (LANES <= 8) {
        b = b.add(fromArray(FLOATS, x, xOffset + i + LANES));
      }
      if (LANES <= 4) {
        c = c.add(fromArray(FLOATS, x, xOffset + i + 2 * LANES));
        d = d.add(fromArray(FLOATS, x, xOffset + i + 3 * LANES));
      }
    }
    a.intoArray(partials, 0);
    if (LANES <= 8) {
      b.intoArray(partials, LANES);
    }
    if (LANES <= 4) {
      c.intoArray(partials, 2 * LANES);
      d.intoArray(partials, 3 * LANES);
    }
  }

  /** A thread's own room for several sums' partial sums. */
  static float[] partials() {
    return BLOCKS.get();
  }

  /**
   * The sum of the 16 partial sums at {@code offset}. They come in an array and not as vectors,
   * which would be allocated if this were not inlined.
   */
  static float tree(float[] partials, int offset) {
    FloatVector a = fromArray(FLOATS, partials, offset);
    if (LANES == 8) {
      a = a.add(fromArray(FLOATS, partials, offset + LANES));
    }
    if (LANES == 4) {
      FloatVector b = fromArray(FLOATS, partials, offset + LANES);
      FloatVector c = fromArray(FLOATS, partials, offset + 2 * LANES);
      FloatVector d = fromArray(FLOATS, partials, offset + 3 * LANES);
      a = a.add(c).add(b.add(d));
    }
    if (LANES == 16) {
      a = a.add(a.rearrange(BY_8));
    }
    if (LANES >= 8) {
      a = a.add(a.rearrange(BY_4));
    }
    a = a.add(a.rearrange(BY_2));
    return a.add(a.rearrange(BY_1)).lane(0);
  }

  /** {@code Σ x²}. */
  public static float sumOfSquares(int n, float[] x, int xOffset) {
    return Dot.product(n, x, xOffset, x, xOffset);
  }

  private static float tree(float a, float b, float c, float d) {
    return (a + c) + (b + d);
  }

  /** The greatest element that is not NaN; −∞ if there is none. */
  public static float max(int n, float[] x, int xOffset) {
    float max = Float.NEGATIVE_INFINITY;
    int i = 0;
    if (n >= LANES) {
      FloatVector best = broadcast(FLOATS, max);
      for (; i < FLOATS.loopBound(n); i += LANES) {
        FloatVector v = fromArray(FLOATS, x, xOffset + i);
        best = best.blend(v, v.compare(VectorOperators.GT, best));
      }
      max = best.reduceLanes(VectorOperators.MAX);
    }
    for (; i < n; i++) {
      max = x[xOffset + i] > max ? x[xOffset + i] : max;
    }
    return max + 0f; // Which of two zeros came first depends on the width: −0 becomes 0.
  }

  /** The index of the first maximum, or of the first NaN if there is one; −1 for {@code n = 0}. */
  public static int argMax(int n, float[] x, int xOffset) {
    int at = -1;
    float best = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n && !Float.isNaN(best); i++) {
      float v = x[xOffset + i];
      if (at < 0 || v > best || Float.isNaN(v)) {
        best = v;
        at = i;
      }
    }
    return at;
  }

  /** The index of the first element that is NaN or infinite, or −1. */
  public static int firstNonFinite(int n, float[] x, int xOffset) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += LANES) {
      FloatVector v = fromArray(FLOATS, x, xOffset + i);
      // ∞ − ∞ and NaN − NaN are NaN.
      if (v.sub(v).compare(VectorOperators.NE, 0).anyTrue()) {
        break;
      }
    }
    for (; i < n; i++) {
      if (!Float.isFinite(x[xOffset + i])) {
        return i;
      }
    }
    return -1;
  }

  /**
   * {@code out[j] = Σ x[i, j]} over the rows of {@code x [rows, columns]}, which lie {@code ldx}
   * apart. Columns may be cut at will among several calls.
   *
   * <p>Chunks of 256 rows are added in order. Within a chunk row {@code i} goes to partial sum
   * {@code i mod 4} of its column, its last {@code rows mod 4} rows to number 0; these are added as
   * (0 + 2) + (1 + 3).
   */
  public static void columnSums(
      int rows, int columns, float[] x, int xOffset, int ldx, float[] out, int outOffset) {
    Arrays.fill(out, outOffset, outOffset + columns, 0);
    boolean far = ldx == columns && ReadAhead.paysForPiece(rows * columns, columns);
    for (int first = 0; first < rows; first += CHUNK_ROWS) {
      int chunk = Math.min(CHUNK_ROWS, rows - first);
      int at = xOffset + first * ldx;
      if (far) {
        ReadAhead.lines(x, at, at + chunk * columns);
      }
      int j = 0;
      for (; j <= columns - 2 * LANES; j += 2 * LANES) {
        addTwoVectors(chunk, x, at + j, ldx, out, outOffset + j);
      }
      for (; j <= columns - LANES; j += LANES) {
        addVector(chunk, x, at + j, ldx, out, outOffset + j);
      }
      if (j < columns && at + j + (chunk - 1) * ldx + LANES <= x.length) {
        addPartOfVector(chunk, columns - j, x, at + j, ldx, out, outOffset + j);
        continue;
      }
      for (; j < columns; j++) {
        addColumn(chunk, x, at + j, ldx, out, outOffset + j);
      }
    }
  }

  /** As a whole vector, whose elements beyond the columns are dropped. */
  private static void addPartOfVector(
      int rows, int columns, float[] x, int xOffset, int ldx, float[] out, int outOffset) {
    float[] sums = BLOCKS.get();
    System.arraycopy(out, outOffset, sums, 0, columns);
    addVector(rows, x, xOffset, ldx, sums, 0);
    System.arraycopy(sums, 0, out, outOffset, columns);
  }

  /** Two vectors wide, so that the 8 sums in flight hide the latency of addition. */
  private static void addTwoVectors(
      int rows, float[] x, int xOffset, int ldx, float[] out, int outOffset) {
    FloatVector a0 = FloatVector.zero(FLOATS);
    FloatVector a1 = FloatVector.zero(FLOATS);
    FloatVector b0 = FloatVector.zero(FLOATS);
    FloatVector b1 = FloatVector.zero(FLOATS);
    FloatVector c0 = FloatVector.zero(FLOATS);
    FloatVector c1 = FloatVector.zero(FLOATS);
    FloatVector d0 = FloatVector.zero(FLOATS);
    FloatVector d1 = FloatVector.zero(FLOATS);
    int at = xOffset;
    int i = 0;
    for (; i <= rows - 4; i += 4, at += 4 * ldx) {
      a0 = a0.add(fromArray(FLOATS, x, at));
      a1 = a1.add(fromArray(FLOATS, x, at + LANES));
      b0 = b0.add(fromArray(FLOATS, x, at + ldx));
      b1 = b1.add(fromArray(FLOATS, x, at + ldx + LANES));
      c0 = c0.add(fromArray(FLOATS, x, at + 2 * ldx));
      c1 = c1.add(fromArray(FLOATS, x, at + 2 * ldx + LANES));
      d0 = d0.add(fromArray(FLOATS, x, at + 3 * ldx));
      d1 = d1.add(fromArray(FLOATS, x, at + 3 * ldx + LANES));
    }
    for (; i < rows; i++, at += ldx) {
      a0 = a0.add(fromArray(FLOATS, x, at));
      a1 = a1.add(fromArray(FLOATS, x, at + LANES));
    }
    int second = outOffset + LANES;
    fromArray(FLOATS, out, outOffset).add(a0.add(c0).add(b0.add(d0))).intoArray(out, outOffset);
    fromArray(FLOATS, out, second).add(a1.add(c1).add(b1.add(d1))).intoArray(out, second);
  }

  private static void addVector(
      int rows, float[] x, int xOffset, int ldx, float[] out, int outOffset) {
    FloatVector a = FloatVector.zero(FLOATS);
    FloatVector b = FloatVector.zero(FLOATS);
    FloatVector c = FloatVector.zero(FLOATS);
    FloatVector d = FloatVector.zero(FLOATS);
    int at = xOffset;
    int i = 0;
    for (; i <= rows - 4; i += 4, at += 4 * ldx) {
      a = a.add(fromArray(FLOATS, x, at));
      b = b.add(fromArray(FLOATS, x, at + ldx));
      c = c.add(fromArray(FLOATS, x, at + 2 * ldx));
      d = d.add(fromArray(FLOATS, x, at + 3 * ldx));
    }
    for (; i < rows; i++, at += ldx) {
      a = a.add(fromArray(FLOATS, x, at));
    }
    fromArray(FLOATS, out, outOffset).add(a.add(c).add(b.add(d))).intoArray(out, outOffset);
  }

  private static void addColumn(
      int rows, float[] x, int xOffset, int ldx, float[] out, int outOffset) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int at = xOffset;
    int i = 0;
    for (; i <= rows - 4; i += 4, at += 4 * ldx) {
      a += x[at];
      b += x[at + ldx];
      c += x[at + 2 * ldx];
      d += x[at + 3 * ldx];
    }
    for (; i < rows; i++, at += ldx) {
      a += x[at];
    }
    out[outOffset] += tree(a, b, c, d);
  }
}
