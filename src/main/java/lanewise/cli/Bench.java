package lanewise.cli;

import java.lang.management.ManagementFactory;
import lanewise.Lanewise;
import lanewise.kernel.Roofline;
import lanewise.recipe.InputException;

/** Repeats a step until it is warm, then measures it. */
final class Bench {
  /** Runs steps and ticks after each. */
  @FunctionalInterface
  interface Work {
    void run(int steps, StepTimes times);
  }

  /** Bounds the memory that times and the order of samples take. */
  private static final int MOST_SAMPLES = 100_000_000;

  /** In seconds. */
  private static final double LONGEST_WARM_UP = 60;

  private static final int LEAST_PEAKS = 3;

  private final int batch;
  private final Work work;
  private final int mostSteps;
  private StepTimes times = new StepTimes(0);
  private long firstResultMillis;

  Bench(int batch, Work work) {
    this.batch = batch;
    this.work = work;
    this.mostSteps = Math.max(1, MOST_SAMPLES / batch);
  }

  /**
   * Warms up, and then measures for {@code seconds}.
   *
   * @throws InputException if a batch is too large to compute
   */
  void run(double seconds) throws InputException {
    try {
      times = steps(1);
    } catch (IllegalArgumentException e) {
      throw new InputException("--batch " + batch + ": " + e.getMessage());
    }
    firstResultMillis =
        System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
    warmUp(seconds / 2);
    times = steps((int) Math.clamp(seconds / times.mean(), 1, mostSteps));
  }

  /**
   * Runs more and more steps for {@code seconds}, and on until they get no faster: the compiler may
   * take longer than that where it has to share the processors.
   */
  private void warmUp(double seconds) {
    long start = System.nanoTime();
    double elapsed = 0;
    boolean faster = true;
    for (int steps = 1; elapsed < seconds || (faster && elapsed < LONGEST_WARM_UP); ) {
      double before = times.quantile(0.5);
      steps = Math.min(2 * steps, mostSteps);
      times = steps(steps);
      faster = times.quantile(0.5) < 0.95 * before;
      elapsed = (System.nanoTime() - start) * 1e-9;
    }
  }

  /** Measures so many steps, after one that is not measured. */
  private StepTimes steps(int steps) {
    StepTimes measured = new StepTimes(steps);
    work.run(steps + 1, measured);
    return measured;
  }

  /** Measures again while it rises: here too the compiler may be late. */
  private static double peak() {
    double best = 0;
    double last = Roofline.fmaGflops();
    for (int i = 0; i < LEAST_PEAKS || last > 1.05 * best; i++) {
      best = Math.max(best, last);
      last = Roofline.fmaGflops();
    }
    return Math.max(best, last);
  }

  /** The figures of the steps measured, each sample of so many multiply-adds. */
  Figures figures(long multiplyAdds) {
    int threads = Lanewise.threads();
    double peak = peak();
    double gflops = 2e-9 * multiplyAdds * batch / times.mean();
    return new Figures()
        .put("images_per_second", batch / times.mean())
        .put("ms_median", 1e3 * times.quantile(0.5))
        .put("ms_p99", 1e3 * times.quantile(0.99))
        .put("gflops", gflops)
        .put("fraction_of_peak", gflops / (threads * peak))
        .put("bytes_allocated_per_step", times.bytesPerStep())
        .put("first_result_ms", firstResultMillis)
        .put("threads", threads)
        .put("batch", batch);
  }
}
