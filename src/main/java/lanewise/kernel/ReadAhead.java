package lanewise.kernel;

/**
 * Brings rows into the caches before a kernel needs them. Kernels that go along a row of pixels a
 * vector of channels at a time, or down a few rows at once, do not meet cache lines in order, and
 * the hardware then does not fetch ahead of them from memory. Java has no instruction to prefetch,
 * so an element of each line is read.
 */
final class ReadAhead {
  private static final int LINE = 16;

  /** Elements of all operands beyond which no cache is taken to hold them: 12 MB. */
  static final int FAR = 3 << 20;

  /** And of an operand, of which a kernel gets a piece. */
  private static final int FAR_PIECE = 1 << 14;

  /** Channels of a pixel with which a vector skips lines. */
  private static final int WIDE = 64;

  /** The last sums read: else the compiler drops the reads. */
  static float kept;

  private ReadAhead() {}

  /** Whether it pays for a kernel that goes over {@code elements}. */
  static boolean pays(long elements, int channels) {
    return elements >= FAR && channels >= WIDE;
  }

  /** The same for one of the pieces of a {@link Partition}. */
  static boolean paysForPiece(int elements, int channels) {
    return elements >= FAR_PIECE && channels >= WIDE;
  }

  /** Reads elements {@code from} to {@code to}, as far as there are any. */
  static void lines(float[] x, int from, int to) {
    int end = Math.min(to, x.length);
    float first = 0;
    float second = 0;
    for (int i = from; i < end - LINE; i += 2 * LINE) {
      first += x[i];
      second += x[i + LINE];
    }
    kept = first + second;
  }
}
