package lanewise.kernel;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Daemon threads that share the tasks of one kernel call with the caller. One caller has the pool at a time; another
 * that comes meanwhile, or a task that calls back, runs its tasks by itself. Running allocates nothing.
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

  private static final AtomicBoolean BUSY = new AtomicBoolean();
  private static volatile int threads = Runtime.getRuntime().availableProcessors();
  private static Worker[] workers = {};

  private static final AtomicInteger NEXT = new AtomicInteger();
  private static final AtomicInteger RUNNING = new AtomicInteger();
  private static @Nullable Task task;
  private static int count;
  private static volatile @Nullable Throwable failure;

  private WorkerPool() {}

  /** The number of threads that a kernel may use, the caller included. */
  public static int threads() {
    return threads;
  }

  /**
   * Sets the number of threads that a kernel may use, the caller included.
   *
   * @throws IllegalArgumentException if {@code number} is below 1
   */
  public static void threads(int number) {
    if (number < 1) {
      throw new IllegalArgumentException("threads must be at least 1, got " + number);
    }
    threads = number;
  }

  /** Runs tasks 0 to {@code tasks − 1} and returns when all are done. */
  public static void run(int tasks, Task work) {
    int helpers = Math.min(threads, tasks) - 1;
    if (helpers < 1 || !BUSY.compareAndSet(false, true)) {
      for (int i = 0; i < tasks; i++) {
        work.run(i);
      }
      return;
    }
    try {
      share(tasks, work, helpers);
    } finally {
      task = null;
      BUSY.set(false);
    }
  }

  private static void share(int tasks, Task work, int helpers) {
    ensure(helpers);
    task = work;
    count = tasks;
    failure = null;
    NEXT.set(0);
    RUNNING.set(helpers);
    for (int i = 0; i < helpers; i++) {
      workers[i].wake();
    }
    drain(work, tasks);
    while (RUNNING.get() != 0) {
      Thread.onSpinWait();
    }
    Throwable thrown = failure;
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
    if (thrown instanceof Error error) {
      throw error;
    }
  }

  private static void drain(Task work, int tasks) {
    try {
      for (int i = NEXT.getAndIncrement(); i < tasks; i = NEXT.getAndIncrement()) {
        work.run(i);
      }
    } catch (RuntimeException | Error e) {
      failure = e;
    }
  }

  private static void ensure(int helpers) {
    if (workers.length >= helpers) {
      return;
    }
    Worker[] more = new Worker[helpers];
    System.arraycopy(workers, 0, more, 0, workers.length);
    for (int i = workers.length; i < helpers; i++) {
      more[i] = new Worker(i + 1);
      more[i].start();
    }
    workers = more;
  }

  private static final class Worker extends Thread {
    private volatile boolean called;
    private volatile boolean parked;

    Worker(int number) {
      super("lanewise-" + number);
      setDaemon(true);
    }

    void wake() {
      called = true;
      if (parked) {
        LockSupport.unpark(this);
      }
    }

    @Override
    public void run() {
      while (true) {
        await();
        called = false;
        Task work = task;
        if (work != null) {
          drain(work, count);
        }
        RUNNING.getAndDecrement();
      }
    }

    private void await() {
      for (int i = 0; i < SPINS; i++) {
        if (called) {
          return;
        }
        Thread.onSpinWait();
      }
      parked = true;
      while (!called) {
        LockSupport.park(this);
      }
      parked = false;
    }
  }
}
