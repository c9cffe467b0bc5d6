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
    void run(int steps, Runnable tick);
  }

  /** Bounds the memory that times and the order of samples take. */
  private static final int MOST_SAMPLES = 100_000_000;

  /** In seconds. */
  private static final double LONGEST_WARM_UP = 60;

  /** Seconds up to which rounds of steps grow. */
  private static final double ROUND = 0.5;

  private static final int LEAST_PEAKS = 3;

  private final int batch;
  private final Work work;
  private final int mostSteps;

  Bench(int batch, Work work) {
    this.batch = batch;
    this.work = work;
    this.mostSteps = Math.max(1, MOST_SAMPLES / batch);
  }

  /**
   * Warms up, and then measures for {@code seconds}.
   *
   * @param multiplyAdds of each sample
   * @throws InputException if a batch is too large to compute
   */
  Figures measure(double seconds, long multiplyAdds) throws InputException {
    long firstResultMillis = firstResultMillis();
    StepTimes warm = warmUp(seconds / 2);
    StepTimes times = steps((int) Math.clamp(seconds / warm.mean(), 1, mostSteps));
    return figures(times, multiplyAdds, firstResultMillis);
  }

  /** Takes a step, and returns how long it ended after the JVM's start. */
  private long firstResultMillis() throws InputException {
    try {
      work.run(1, () -> {});
    } catch (IllegalArgumentException e) {
      throw new InputException("--batch " + batch + ": " + e.getMessage());
    }
    long now = System.currentTimeMillis();
    return now - ManagementFactory.getRuntimeMXBean().getStartTime();
  }

  /**
   * Runs more and more steps for {@code seconds}, and on until they get no faster and allocate
   * nothing, as code on vectors does before it is compiled: the compiler may be late where it has
   * to share the processors, and with what few steps call.
   */
  private StepTimes warmUp(double seconds) {
    long start = System.nanoTime();
    StepTimes times = steps(1);
    double elapsed = 0;
    boolean warms = true;
    for (int steps = 1; elapsed < seconds || (warms && elapsed < LONGEST_WARM_UP); ) {
      double before = times.quantile(0.5);
      steps = steps * times.mean() < ROUND ? Math.min(2 * steps, mostSteps) : steps;
      times = steps(steps);
      warms = times.quantile(0.5) < 0.95 * before || times.bytesPerStep() > 0;
      elapsed = (System.nanoTime() - start) * 1e-9;
    }
    return times;
  }

  /** Measures so many steps, after one that is not measured. */
  private StepTimes steps(int steps) {
    StepTimes times = new StepTimes(steps);
    work.run(steps + 1, times::tick);
    return times;
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

  private Figures figures(StepTimes times, long multiplyAdds, long firstResultMillis) {
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
