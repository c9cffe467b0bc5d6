package lanewise.kernel;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Daemon threads that share the tasks of one kernel call with the caller. One caller has the pool
 * at a time; another that comes meanwhile, or a task that calls back, runs its tasks by itself.
 * Running allocates nothing.
 */
public final class WorkerPool {
  /** A piece of work cut into numbered tasks that may run at once and in any order. */
  @FunctionalInterface
  public interface Task {
    /** Runs task number {@code index}. */
    void run(int index);
  }

  /** About 20 µs: kernels of one step follow each other faster than a parked thread wakes. */
  private static final int SPINS = 20_000;

  /**
   * How long, in nanoseconds, the JIT compiler has most kernels before it: it needs a core more
   * than they do, since it alone makes them fast.
   */
  private static final long STARTING = 3_000_000_000L;

  private static final long START = System.nanoTime();

  /** The low half of {@link #STATE} between calls: no task number reaches it. */
  private static final int CLOSED = Integer.MAX_VALUE;

  private static final AtomicBoolean BUSY = new AtomicBoolean();
  private static volatile int threads = Runtime.getRuntime().availableProcessors();
  private static volatile boolean starting = true;
  private static Worker[] workers = {};

  // The call's number in the high half, its next task's in the low one. Who advances it owns that
  // task, and the call cannot end, nor its fields change, before that task is done: so a thread
  // that wakes late does no harm.
  private static final AtomicLong STATE = new AtomicLong(CLOSED);
  private static final AtomicInteger DONE = new AtomicInteger();
  private static @Nullable Task task;
  private static volatile int count;
  private static int helpers;
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
    helpers = wanted;
    count = tasks;
    failure = null;
    DONE.set(0);
    long call = (STATE.get() >>> 32) + 1;
    STATE.set(call << 32);
    for (int i = 0; i < wanted; i++) {
      workers[i].wake();
    }
    drain(0);
    for (int i = 0; DONE.get() != tasks; i++) {
      pause(i);
    }
    STATE.set((call << 32) | CLOSED);
    task = null;
    Throwable thrown = failure;
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
    if (thrown instanceof Error error) {
      throw error;
    }
  }

  private static void drain(int worker) {
    for (long state = STATE.get(); open(state, worker); state = STATE.get()) {
      if (STATE.compareAndSet(state, state + 1)) {
        runOne((int) state);
      }
    }
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

  private static boolean open(long state, int worker) {
    return (int) state < count && worker <= helpers;
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

    private void await() {
      for (int i = 0; i < SPINS; i++) {
        if (open(STATE.get(), number)) {
          return;
        }
        Thread.onSpinWait();
      }
      parked = true;
      while (!open(STATE.get(), number)) {
        LockSupport.park(this);
      }
      parked = false;
    }
  }
}
