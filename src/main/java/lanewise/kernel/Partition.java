package lanewise.kernel;

/**
 * The numbers 0 … {@code size − 1} cut into consecutive pieces of about equal length, for {@link
 * WorkerPool}. The cut depends on the size of the work alone, never on the number of threads, so
 * sums by piece have the same bits everywhere.
 *
 * @param size of what is cut
 * @param unit all pieces but the last hold a multiple of it
 * @param pieces how many
 */
public record Partition(int size, int unit, int pieces) {
  /** About 10 µs of work at least for each piece, against 1 µs for handing it over. */
  private static final int MIN_ELEMENTS = 8192;

  /** Balances up to a dozen threads. */
  private static final int MAX_PIECES = 64;

  /** A cache line of floats, so that two threads do not write to one line. */
  private static final int LINE = 16;

  /** Cuts {@code n} elements at multiples of 16. */
  public static Partition elements(int n) {
    return new Partition(n, LINE, pieces(n, Math.ceilDiv(n, LINE)));
  }

  /** Cuts {@code rows} rows of {@code columns} elements between rows. */
  public static Partition rows(int rows, int columns) {
    return new Partition(rows, 1, pieces((long) rows * columns, rows));
  }

  /** A power of two, if there are units enough: 2, 4 or 8 threads get alike. */
  private static int pieces(long elements, int units) {
    long wanted = Math.clamp(elements / MIN_ELEMENTS, 1, MAX_PIECES);
    return (int) Math.min(Long.highestOneBit(wanted), units);
  }

  /** Where piece {@code piece} begins; for the number of pieces, the end of the last. */
  public int from(int piece) {
    return from(size, unit, pieces, piece);
  }

  /** The same without a partition made. */
  static int from(int size, int unit, int pieces, int piece) {
    long units = Math.ceilDiv(size, unit);
    return (int) Math.min(size, units * piece / pieces * unit);
  }

  /** The smallest multiple of {@code unit} of which {@code pieces} cover {@code size}. */
  static int roundUp(int size, int pieces, int unit) {
    return Math.ceilDiv(Math.ceilDiv(size, pieces), unit) * unit;
  }

  /**
   * The length of shares, whole units, that keep all threads about as busy, in {@code rounds} of
   * them or fewer; 0 if there is none.
   */
  static int share(int size, int threads, int unit, int rounds) {
    for (int r = rounds; r > 0; r--) {
      int share = roundUp(size, r * threads, unit);
      int shares = shares(size, share, unit);
      long longest = Math.max(share, size - (shares - 1) * share);
      if (8L * size >= 7 * longest * threads * Math.ceilDiv(shares, threads)) {
        return share;
      }
    }
    return 0;
  }

  /** How many shares there are, a rest shorter than a unit being part of the last. */
  static int shares(int size, int share, int unit) {
    return Math.max(0, size - unit) / share + 1;
  }

  /** How many numbers piece {@code piece} holds. */
  public int length(int piece) {
    return from(piece + 1) - from(piece);
  }
}
