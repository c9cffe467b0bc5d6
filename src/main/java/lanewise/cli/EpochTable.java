package lanewise.cli;

import java.util.Locale;
import lanewise.train.EpochResult;
import lanewise.train.Evaluation;
import lanewise.train.TrainingListener;

/** Prints a line for each epoch, and on a terminal draws a bar while one runs. */
final class EpochTable implements TrainingListener {
  private static final int BAR = 24;
  private static final long REDRAW_NANOS = 100_000_000;

  private final Terminal terminal;
  private int epoch;
  private int epochs;
  private long start;
  private long drawn;

  EpochTable(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void onEpochStart(int newEpoch, int newEpochs, int batches) {
    if (newEpoch == 1) {
      terminal.line("epoch      loss  accuracy  test loss  test accuracy  seconds  samples/s");
    }
    epoch = newEpoch;
    epochs = newEpochs;
    start = System.nanoTime();
  }

  @Override
  public void onBatch(int batch, int batches, int samples, double loss, double meanLoss) {
    long now = System.nanoTime();
    if (terminal.watched() && (now - drawn >= REDRAW_NANOS || batch == batches)) {
      drawn = now;
      double seconds = (now - start) * 1e-9;
      double left = seconds / batch * (batches - batch + (double) (epochs - epoch) * batches);
      int done = BAR * batch / batches;
      terminal.draw(
          String.format(
              Locale.ROOT,
              "%5d  %8.4f  [%s%s] %3d %%  %,.0f samples/s  %s left",
              epoch,
              meanLoss,
              "=".repeat(done),
              " ".repeat(BAR - done),
              100L * batch / batches,
              samples / seconds,
              clock(left)));
    }
  }

  @Override
  public void onEpochEnd(EpochResult result) {
    Evaluation test = result.validation();
    terminal.line(
        String.format(
            Locale.ROOT,
            "%5d  %8.4f  %8s  %9s  %13s  %7.1f  %,9.0f",
            result.epoch(),
            result.loss(),
            Figures.percent(result.accuracy()),
            test == null ? "" : String.format(Locale.ROOT, "%.4f", test.loss()),
            test == null ? "" : Figures.percent(test.accuracy()),
            result.seconds(),
            result.samplesPerSecond()));
  }

  /** Hours, minutes and seconds, as few as there are. */
  private static String clock(double seconds) {
    long whole = Math.round(seconds);
    return whole < 3600
        ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  }
}
