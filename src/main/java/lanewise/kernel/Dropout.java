package lanewise.kernel;

import static jdk.incubator.vector.FloatVector.fromArray;
import static lanewise.kernel.Simd.FLOATS;
import static lanewise.kernel.Simd.INTS;
import static lanewise.kernel.Simd.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import lanewise.random.CounterRandom;

/**
 * Inverted dropout. Element {@code i} of a call is kept if a hash of {@code key} and {@code
 * firstCounter + i} falls below {@code keep}; so backward finds the mask of forward again, and a
 * range may be cut at will.
 */
public final class Dropout {
  private static final int FACTOR_1 = 0x7FEB352D;
  private static final int FACTOR_2 = 0x846CA68B;

  private Dropout() {}

  /** {@code y = kept ? x · (1 / keep) : 0}, {@code 0 < keep ≤ 1}. In place is allowed. */
  public static void forward(
      int n,
      float keep,
      long key,
      long firstCounter,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset) {
    // The upper half of the counter goes into the key, the lower runs: cut where it overflows.
    int low = (int) firstCounter;
    long toOverflow = (1L << 32) - Integer.toUnsignedLong(low);
    int head = (int) Math.min(n, toOverflow);
    long bits = CounterRandom.bits(key, firstCounter >>> 32);
    apply(head, keep, (int) bits, (int) (bits >>> 32), low, x, xOffset, y, yOffset);
    if (head < n) {
      forward(n - head, keep, key, firstCounter + head, x, xOffset + head, y, yOffset + head);
    }
  }

  /** {@code dInput = kept ? dOutput · (1 / keep) : 0}. In place is allowed. */
  public static void backward(
      int n,
      float keep,
      long key,
      long firstCounter,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset) {
    forward(n, keep, key, firstCounter, dOutput, dOutputOffset, dInput, dInputOffset);
  }

  private static void apply(
      int n,
      float keep,
      int key1,
      int key2,
      int counter,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset) {
    float scale = 1 / keep;
    int threshold = (int) (keep * 0x1p24f);
    IntVector counters = IntVector.broadcast(INTS, counter).addIndex(1);
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += LANES) {
      IntVector kept = mask(counters.add(i), key1, key2, threshold);
      FloatVector scaled = fromArray(FLOATS, x, xOffset + i).mul(scale);
      scaled.reinterpretAsInts().and(kept).reinterpretAsFloats().intoArray(y, yOffset + i);
    }
    for (; i < n; i++) {
      boolean kept =
          mask(IntVector.broadcast(INTS, counter + i), key1, key2, threshold).lane(0) != 0;
      y[yOffset + i] = kept ? x[xOffset + i] * scale : 0;
    }
  }

  /**
   * All ones where the hash's upper 24 bits are below the threshold, else all zeros. The hash is
   * Wellons's lowbias32 with a key before and a key amid.
   */
  private static IntVector mask(IntVector counter, int key1, int key2, int threshold) {
    IntVector a = counter.add(key1);
    IntVector b = a.lanewise(VectorOperators.XOR, a.lanewise(VectorOperators.LSHR, 16));
    IntVector c = b.mul(FACTOR_1).add(key2);
    IntVector d = c.lanewise(VectorOperators.XOR, c.lanewise(VectorOperators.LSHR, 15));
    IntVector e = d.mul(FACTOR_2);
    IntVector hash = e.lanewise(VectorOperators.XOR, e.lanewise(VectorOperators.LSHR, 16));
    return hash.lanewise(VectorOperators.LSHR, 8).sub(threshold).lanewise(VectorOperators.ASHR, 31);
  }
}
