package lanewise.kernel;

import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/**
 * What one thread of this machine can do at most, measured: fused multiply-adds per second and
 * bytes read per second (Williams, Waterman and Patterson, 2009). A machine shared with others, or
 * a hot one, wanders: compare only figures taken in one run.
 */
public final class Roofline {
  /**
   * How fast one thread reads an array again and again.
   *
   * @param bytes size of the array
   * @param gigabytesPerSecond in 10⁹ bytes
   */
  public record Bandwidth(int bytes, double gigabytesPerSecond) {}

  /** Accumulators of {@link #multiplyAdds}: 2 FMA ports × up to 5 cycles' latency need 10. */
  static final int FMA_ACCUMULATORS = 12;

  /**
   * Vectors that {@link #sum} reads at a time: 2 load ports × up to 4 cycles' latency of an add.
   */
  private static final int READS = 8;

  /** Sizes that lie in a first-, second- and third-level cache, and one beyond them. */
  private static final int[] SIZES = {16 << 10, 256 << 10, 4 << 20, 128 << 20};

  private static final int FMA_STEPS = 1024;

  /** In an array, since the compiler would load a constant again for each multiply-add. */
  private static final float[] FACTORS = {1e-3f, 1e-4f};

  /** Enough short calls that a method is compiled before it is measured. */
  private static final int WARMUP_CALLS = 10_000;

  private static final int WARMUP_STEPS = 2;
  private static final int SAMPLES = 40;
  private static final long ENOUGH_NANOS = 100_000_000;
  private static final long TOO_MANY_NANOS = 2_000_000_000;

  private static volatile float sink;

  private Roofline() {}

  /**
   * The FMA peak of one thread in 10⁹ floating-point operations a second; takes less than a second
   * unless they are emulated.
   */
  public static double fmaGflops() {
    warmUp(() -> sink = multiplyAdds(WARMUP_STEPS));
    double flops = 2.0 * Simd.LANES * FMA_ACCUMULATORS * FMA_STEPS;
    return flops / bestNanos(2, () -> sink = multiplyAdds(FMA_STEPS));
  }

  /**
   * How fast one thread reads an array of {@code bytes}, in 10⁹ bytes a second; takes a fraction of
   * a second.
   *
   * @throws IllegalArgumentException if {@code bytes} is below 1024
   */
  public static double readGigabytesPerSecond(int bytes) {
    if (bytes < 1024) {
      throw new IllegalArgumentException("Roofline: bytes must be at least 1024, got " + bytes);
    }
    float[] few = new float[WARMUP_STEPS * READS * Simd.LANES];
    warmUp(() -> sink = sum(few));
    float[] x = new float[bytes / Float.BYTES];
    long read = (long) Float.BYTES * (x.length - x.length % (READS * Simd.LANES));
    int calls = Math.max(1, (1 << 20) / bytes);
    return read / bestNanos(calls, () -> sink = sum(x));
  }

  /**
   * The read bandwidths of arrays of 16 KB, 256 KB, 4 MB and 128 MB: on most machines those of the
   * three caches and of the memory.
   */
  public static List<Bandwidth> readBandwidths() {
    return Arrays.stream(SIZES)
        .mapToObj(bytes -> new Bandwidth(bytes, readGigabytesPerSecond(bytes)))
        .toList();
  }

  private static void warmUp(Runnable work) {
    long begin = System.nanoTime();
    for (int i = 0; i < WARMUP_CALLS && System.nanoTime() - begin < TOO_MANY_NANOS; i++) {
      work.run();
    }
  }

  /**
   * The shortest time of one call, over samples of {@code calls}: enough of them to see a method
   * compiled, but none begins after {@value #TOO_MANY_NANOS} ns.
   */
  private static double bestNanos(int calls, Runnable work) {
    long begin = System.nanoTime();
    long elapsed;
    long best = Long.MAX_VALUE;
    int samples = 0;
    do {
      long start = System.nanoTime();
      for (int i = 0; i < calls; i++) {
        work.run();
      }
      long end = System.nanoTime();
      best = Math.min(best, end - start);
      elapsed = end - begin;
      samples++;
    } while (elapsed < TOO_MANY_NANOS && (samples < SAMPLES || elapsed < ENOUGH_NANOS));
    return (double) Math.max(1, best) / calls;
  }

  /** {@value #FMA_ACCUMULATORS} independent chains of {@code steps} fused multiply-adds. */
  static float multiplyAdds(int steps) {
    FloatVector x = Simd.broadcast(FACTORS[0]);
    FloatVector y = Simd.broadcast(FACTORS[1]);
    FloatVector s0 = Simd.zero();
    FloatVector s1 = Simd.broadcast(1f);
    FloatVector s2 = Simd.broadcast(2f);
    FloatVector s3 = Simd.broadcast(3f);
    FloatVector s4 = Simd.broadcast(4f);
    FloatVector s5 = Simd.broadcast(5f);
    FloatVector s6 = Simd.broadcast(6f);
    FloatVector s7 = Simd.broadcast(7f);
    FloatVector s8 = Simd.broadcast(8f);
    FloatVector s9 = Simd.broadcast(9f);
    FloatVector s10 = Simd.broadcast(10f);
    FloatVector s11 = Simd.broadcast(11f);
    for (int i = 0; i < steps; i++) {
      s0 = x.fma(y, s0);
      s1 = x.fma(y, s1);
      s2 = x.fma(y, s2);
      s3 = x.fma(y, s3);
      s4 = x.fma(y, s4);
      s5 = x.fma(y, s5);
      s6 = x.fma(y, s6);
      s7 = x.fma(y, s7);
      s8 = x.fma(y, s8);
      s9 = x.fma(y, s9);
      s10 = x.fma(y, s10);
      s11 = x.fma(y, s11);
    }
    FloatVector low = s0.add(s1).add(s2.add(s3)).add(s4.add(s5));
    FloatVector high = s6.add(s7).add(s8.add(s9)).add(s10.add(s11));
    return low.add(high).lane(0);
  }

  /** Reads all of {@code x} but a remainder below {@value #READS} vectors. */
  static float sum(float[] x) {
    int lanes = Simd.LANES;
    int end = x.length - x.length % (READS * lanes);
    FloatVector s0 = Simd.zero();
    FloatVector s1 = Simd.zero();
    FloatVector s2 = Simd.zero();
    FloatVector s3 = Simd.zero();
    FloatVector s4 = Simd.zero();
    FloatVector s5 = Simd.zero();
    FloatVector s6 = Simd.zero();
    FloatVector s7 = Simd.zero();
    for (int i = 0; i < end; i += READS * lanes) {
      s0 = s0.add(Simd.load(x, i));
      s1 = s1.add(Simd.load(x, i + lanes));
      s2 = s2.add(Simd.load(x, i + 2 * lanes));
      s3 = s3.add(Simd.load(x, i + 3 * lanes));
      s4 = s4.add(Simd.load(x, i + 4 * lanes));
      s5 = s5.add(Simd.load(x, i + 5 * lanes));
      s6 = s6.add(Simd.load(x, i + 6 * lanes));
      s7 = s7.add(Simd.load(x, i + 7 * lanes));
    }
    return s0.add(s1).add(s2.add(s3)).add(s4.add(s5).add(s6.add(s7))).lane(0);
  }
}
