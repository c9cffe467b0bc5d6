package lanewise.cli;

import java.util.Locale;
import lanewise.recipe.Interval;
import lanewise.train.EpochResult;
import lanewise.train.Evaluation;
import lanewise.train.TrainingListener;
import org.jspecify.annotations.Nullable;

/** Prints a line for each epoch that is shown, and on a terminal draws a bar while one runs. */
final class EpochTable implements TrainingListener {
  private static final int BAR = 24;
  private static final long REDRAW_NANOS = 100_000_000;

  private final Terminal terminal;
  private final Interval interval;
  private int epoch;
  private int epochs;
  private long start;
  private int batchesBefore; // of the epoch, done before the training was resumed
  private int samplesBefore; // likewise
  private double seconds; // of the epochs since the last line
  private long samples; // likewise
  private long drawn;

  EpochTable(Terminal terminal, Interval interval) {
    this.terminal = terminal;
    this.interval = interval;
  }

  @Override
  public void onEpochStart(int newEpoch, int newEpochs, int batches) {
    if (epoch == 0) {
      terminal.line(
          "%9s      loss  accuracy%s  seconds  samples/s"
              .formatted(interval.unit(), interval.tests() ? "  test loss  test accuracy" : ""));
    }
    epoch = newEpoch;
    epochs = newEpochs;
    start = System.nanoTime();
    batchesBefore = -1;
  }

  @Override
  public void onBatch(int batch, int batches, int seen, double loss, double meanLoss) {
    if (batchesBefore < 0) {
      batchesBefore = batch - 1;
      samplesBefore = (int) ((long) seen * (batch - 1) / batch);
    }
    long now = System.nanoTime();
    if (terminal.watched() && (now - drawn >= REDRAW_NANOS || batch == batches)) {
      drawn = now;
      double elapsed = (now - start) * 1e-9;
      double left =
          elapsed
              / (batch - batchesBefore)
              * (batches - batch + (double) (epochs - epoch) * batches);
      int done = BAR * batch / batches;
      terminal.draw(
          String.format(
              Locale.ROOT,
              "%9d  %8.4f  [%s%s] %3d %%  %,.0f samples/s  %s left",
              interval.number(epoch),
              meanLoss,
              "=".repeat(done),
              " ".repeat(BAR - done),
              100L * batch / batches,
              (seen - samplesBefore) / elapsed,
              clock(left)));
    }
  }

  @Override
  public void onEpochEnd(EpochResult result) {
    seconds += result.seconds();
    samples += result.samples();
    if (!interval.shows(result.epoch(), epochs)) {
      return;
    }
    terminal.line(
        String.format(
            Locale.ROOT,
            "%9d  %8s  %8s%s  %7.1f  %,9.0f",
            interval.number(result.epoch()),
            loss(result.loss()),
            Figures.percent(result.accuracy()),
            test(result.validation()),
            seconds,
            samples / seconds));
    seconds = 0;
    samples = 0;
  }

  /** With as many digits as those that it is compared with have. */
  private String loss(double loss) {
    return String.format(Locale.ROOT, interval.tests() ? "%.4f" : "%.6f", loss);
  }

  private String test(@Nullable Evaluation test) {
    if (!interval.tests()) {
      return "";
    }
    return test == null
        ? " ".repeat(26)
        : String.format(
            Locale.ROOT, "  %9s  %13s", loss(test.loss()), Figures.percent(test.accuracy()));
  }

  /** Hours, minutes and seconds, as few as there are. */
  private static String clock(double seconds) {
    long whole = Math.round(seconds);
    return whole < 3600
        ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  }
}
