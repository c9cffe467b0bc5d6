package lanewise.kernel;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Daemon threads that share the tasks of one kernel call with the caller. One caller has the pool
 * at a time; another that comes meanwhile, or a task that calls back, runs its tasks by itself.
 * Running allocates nothing.
 *
 * <p>Each thread begins with its own share of consecutive tasks, the same in each call. So where
 * tasks are rows of a batch, a thread finds in its core's caches what it wrote in the layer before.
 */
public final class WorkerPool {
  /** A piece of work cut into numbered tasks that may run at once and in any order. */
  @FunctionalInterface
  public interface Task {
    /** Runs task number {@code index}. */
    void run(int index);
  }

  /** 20 to 500 µs, by the core: kernels of one step follow sooner than a parked thread wakes. */
  private static final int SPINS = 20_000;

  /**
   * How long, in nanoseconds, the JIT compiler has most kernels before it: it needs a core more
   * than they do, since it alone makes them fast.
   */
  private static final long STARTING = 3_000_000_000L;

  private static final long START = System.nanoTime();

  /** Elements between two threads' {@link #ranges}: no cache line, nor a pair, holds two. */
  private static final int LINES = 16;

  private static final AtomicBoolean BUSY = new AtomicBoolean();
  private static volatile int threads = Runtime.getRuntime().availableProcessors();
  private static volatile boolean starting = true;
  private static Worker[] workers = {};

  // Of each thread's tasks, the next one's number in the low half and the end in the high one. Who
  // advances it owns that task, and the call cannot end, nor its fields change, before that task is
  // done: so a thread that wakes late does no harm.
  private static volatile AtomicLongArray ranges = new AtomicLongArray(LINES);
  private static final AtomicInteger DONE = new AtomicInteger();
  private static @Nullable Task task;
  private static volatile int helpers; // 0 while the ranges change
  private static volatile @Nullable Throwable failure;

  private WorkerPool() {}

  /**
   * The number of threads that a kernel may use, the caller included. Unless it was set, there is
   * one for each core, of which a starting program leaves one to the JIT compiler for 3 seconds.
   */
  public static int threads() {
    return threads;
  }

  /**
   * Sets the number of threads that a kernel may use from now on, the caller included.
   *
   * @throws IllegalArgumentException if {@code number} is below 1
   */
  public static void threads(int number) {
    if (number < 1) {
      throw new IllegalArgumentException("threads must be at least 1, got " + number);
    }
    threads = number;
    starting = false;
  }

  /** Runs tasks 0 to {@code tasks − 1} and returns when all are done. */
  public static void run(int tasks, Task work) {
    int wanted = Math.min(starting ? startingThreads() : threads, tasks) - 1;
    if (wanted < 1 || !BUSY.compareAndSet(false, true)) {
      for (int i = 0; i < tasks; i++) {
        work.run(i);
      }
      return;
    }
    try {
      share(tasks, work, wanted);
    } finally {
      BUSY.set(false);
    }
  }

  private static int startingThreads() {
    if (System.nanoTime() - START < STARTING) {
      return threads - 1;
    }
    starting = false;
    return threads;
  }

  private static void share(int tasks, Task work, int wanted) {
    ensure(wanted);
    task = work;
    failure = null;
    DONE.set(0);
    long end = 0;
    for (int i = 0; i <= wanted; i++) {
      long from = end;
      end = (long) tasks * (i + 1) / (wanted + 1);
      ranges.set(i * LINES, end << 32 | from);
    }
    helpers = wanted;
    for (int i = 0; i < wanted; i++) {
      workers[i].wake();
    }
    drain(0);
    for (int i = 0; DONE.get() != tasks; i++) {
      pause(i);
    }
    helpers = 0;
    task = null;
    Throwable thrown = failure;
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
    if (thrown instanceof Error error) {
      throw error;
    }
  }

  /** Runs a thread's own tasks, then what others have not begun. */
  private static void drain(int thread) {
    AtomicLongArray all = ranges;
    for (int at = next(all, thread); at >= 0; at = next(all, thread)) {
      long range = all.get(at);
      if (open(range) && thread <= helpers && all.compareAndSet(at, range, range + 1)) {
        runOne((int) range);
      }
    }
  }

  /** Where a range with tasks stands, a thread's own first; −1 if there is none. */
  private static int next(AtomicLongArray all, int thread) {
    for (int i = 0; i < all.length() && thread <= helpers; i += LINES) {
      int at = (thread * LINES + i) % all.length();
      if (open(all.get(at))) {
        return at;
      }
    }
    return -1;
  }

  private static void runOne(int index) {
    try {
      Task work = task;
      if (work != null) {
        work.run(index);
      }
    } catch (RuntimeException | Error e) {
      failure = e;
    } finally {
      DONE.getAndIncrement();
    }
  }

  private static boolean open(long range) {
    return (int) range < (int) (range >>> 32);
  }

  // Others may need the core that a long wait would hold.
  private static void pause(int turn) {
    if (turn < SPINS) {
      Thread.onSpinWait();
    } else {
      Thread.yield();
    }
  }

  private static void ensure(int wanted) {
    if (workers.length >= wanted) {
      return;
    }
    ranges = new AtomicLongArray((wanted + 1) * LINES);
    Worker[] more = new Worker[wanted];
    System.arraycopy(workers, 0, more, 0, workers.length);
    for (int i = workers.length; i < wanted; i++) {
      more[i] = new Worker(i + 1);
      more[i].start();
    }
    workers = more;
  }

  private static final class Worker extends Thread {
    private final int number;
    private volatile boolean parked;

    Worker(int number) {
      super("lanewise-" + number);
      this.number = number;
      setDaemon(true);
    }

    void wake() {
      if (parked) {
        LockSupport.unpark(this);
      }
    }

    @Override
    public void run() {
      while (true) {
        await();
        drain(number);
      }
    }

    private boolean hasTasks() {
      return open(ranges.get(number * LINES));
    }

    private void await() {
      for (int i = 0; i < SPINS; i++) {
        if (hasTasks()) {
          return;
        }
        Thread.onSpinWait();
      }
      parked = true;
      while (!hasTasks()) {
        LockSupport.park(this);
      }
      parked = false;
    }
  }
}
