package lanewise;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Counts the bytes that a thread allocates. */
public final class Allocations {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Bytes that one count itself may add. */
  private static final long NOISE = 200;

  /** On a busy machine the compiler needs long. */
  private static final long PATIENCE_NANOS = 120_000_000_000L;

  private Allocations() {}

  /** The bytes that {@code thread} has allocated so far. */
  public static long of(Thread thread) {
    return THREADS.getThreadAllocatedBytes(thread.threadId());
  }

  /**
   * Bytes that the calling thread allocates in 100 runs of {@code work} at its best. Before it is
   * compiled, code on vectors boxes them, so the work is repeated until nothing is allocated, or
   * patience ends.
   */
  public static long steady(Runnable work) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    long least = Long.MAX_VALUE;
    while (least > 0 && System.nanoTime() < end) {
      long before = of(Thread.currentThread());
      for (int i = 0; i < 100; i++) {
        work.run();
      }
      long bytes = of(Thread.currentThread()) - before;
      least = Math.min(least, bytes < NOISE ? 0 : bytes);
    }
    return least;
  }
}
