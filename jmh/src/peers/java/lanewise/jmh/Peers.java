package lanewise.jmh;

/** What the peers have in common. */
final class Peers {
  private Peers() {}

  /**
   * Refuses threads that a library does not have: it would be measured against the peak of more.
   *
   * @throws IllegalArgumentException if {@code threads} is not 1
   */
  static void oneThread(String library, int threads) {
    if (threads != 1) {
      throw new IllegalArgumentException(library + " computes on one thread, got " + threads);
    }
  }
}
