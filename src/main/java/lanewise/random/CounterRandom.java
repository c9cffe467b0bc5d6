package lanewise.random;

/**
 * A counter-based generator: number {@code counter} of the stream {@code key} is a pure function of
 * the two, so any thread can compute any number in any order. The mixing function is SplitMix64's
 * (Steele, Lea and Flood, 2014).
 */
public final class CounterRandom {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private CounterRandom() {}

  /** The key of stream {@code stream} under {@code seed}; chain it to make streams of streams. */
  public static long key(long seed, long stream) {
    return mix(mix(seed + GOLDEN) ^ (stream * 0xD1342543DE82EF95L + GOLDEN));
  }

  /** 64 random bits. */
  public static long bits(long key, long counter) {
    return mix(key + counter * GOLDEN);
  }

  /** Uniform in [0, 1), a multiple of 2⁻²⁴. */
  public static float uniform(long key, long counter) {
    return (bits(key, counter) >>> 40) * 0x1p-24f;
  }

  /** Uniform in 0 … bound − 1, to within bound · 2⁻⁶³. */
  public static int below(long key, long counter, int bound) {
    return (int) Math.multiplyHigh(bits(key, counter) >>> 1, (long) bound << 1);
  }

  /**
   * Normal with mean 0 and deviation 1, by Box and Muller; strict mathematics, so the same on every
   * machine.
   */
  public static double normal(long key, long counter) {
    long bits = bits(key, counter);
    double radius = (double) ((bits >>> 32) + 1) * 0x1p-32;
    double angle = (double) (bits & 0xFFFFFFFFL) * 0x1p-32;
    return StrictMath.sqrt(-2 * StrictMath.log(radius)) * StrictMath.cos(2 * Math.PI * angle);
  }

  private static long mix(long z) {
    long x = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
    return x ^ (x >>> 31);
  }
}
