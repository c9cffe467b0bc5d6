package lanewise.cli;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * How long each of some steps took, and what the calling thread and the library's own allocated
 * meanwhile. Ticking allocates nothing itself.
 */
final class StepTimes {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final long[] nanos; // [steps]
  private long[] library = {}; // thread numbers
  private int ticks;
  private long last;
  private long bytes;

  StepTimes(int steps) {
    nanos = new long[steps];
  }

  /** The first tick begins; each one after it ends a step. */
  void tick() {
    long now = System.nanoTime();
    if (ticks == 0) {
      library = libraryThreads();
      bytes = -libraryBytes() - THREADS.getCurrentThreadAllocatedBytes();
    } else {
      nanos[ticks - 1] = now - last;
    }
    if (ticks == nanos.length) {
      bytes += THREADS.getCurrentThreadAllocatedBytes() + libraryBytes();
    }
    ticks++;
    last = System.nanoTime();
  }

  private static long[] libraryThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("lanewise-"))
        .mapToLong(Thread::threadId)
        .toArray();
  }

  private long libraryBytes() {
    long sum = 0;
    for (long thread : library) {
      sum += THREADS.getThreadAllocatedBytes(thread);
    }
    return sum;
  }

  /** The mean seconds of a step. */
  double mean() {
    return 1e-9 * Arrays.stream(nanos).sum() / nanos.length;
  }

  /** The least seconds that a share {@code q} of all steps did not exceed. */
  double quantile(double q) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return 1e-9 * sorted[(int) Math.ceil(q * sorted.length) - 1];
  }

  /** The mean bytes allocated in a step. */
  double bytesPerStep() {
    return (double) bytes / nanos.length;
  }
}
