package lanewise;

import lanewise.kernel.WorkerPool;

/** Settings of the library as a whole. */
public final class Lanewise {
  private Lanewise() {}

  /**
   * The number of threads that a kernel may use, the caller included. By default the processors
   * that the JVM sees, of which a starting program leaves one to the JIT compiler for 3 seconds.
   */
  public static int threads() {
    return WorkerPool.threads();
  }

  /**
   * Sets the number of threads. It changes no result.
   *
   * @throws IllegalArgumentException if {@code number} is below 1
   */
  public static void threads(int number) {
    WorkerPool.threads(number);
  }
}
