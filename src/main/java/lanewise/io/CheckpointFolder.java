package lanewise.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;
import lanewise.train.EpochResult;
import lanewise.train.TrainingListener;
import lanewise.train.TrainingState;

/**
 * Keeps {@linkplain Checkpoint checkpoints} of epochs in a folder: the last ones as {@code
 * epoch-0001.safetensors} and so on, and that with the lowest loss as {@code best.safetensors}. As
 * a listener it throws {@link UncheckedIOException} if a file cannot be written.
 */
public final class CheckpointFolder implements TrainingListener {
  private final Path folder;
  private final int last;
  private final int every;
  private int done;

  /**
   * Keeps the last {@code last} of all epochs' checkpoints.
   *
   * @throws IllegalArgumentException if {@code last} is below 1
   */
  public CheckpointFolder(Path folder, int last) {
    this(folder, last, 1);
  }

  /**
   * Keeps the last {@code last} checkpoints of the epochs whose number {@code every} divides.
   *
   * @throws IllegalArgumentException if {@code last} or {@code every} is below 1
   */
  public CheckpointFolder(Path folder, int last, int every) {
    this.folder = folder;
    this.last = atLeastOne("last", last);
    this.every = atLeastOne("every", every);
  }

  private static int atLeastOne(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          "CheckpointFolder: " + what + " must be at least 1, got " + value);
    }
    return value;
  }

  /** The file of the best epoch. */
  public Path best() {
    return folder.resolve("best.safetensors");
  }

  /** The file of epoch {@code epoch}, from 1. */
  public Path epoch(int epoch) {
    return folder.resolve(String.format(Locale.ROOT, "epoch-%04d.safetensors", epoch));
  }

  @Override
  public void onEpochEnd(EpochResult result) {
    done = result.epoch();
  }

  @Override
  public void onState(Supplier<TrainingState> supplier) {
    if (done % every != 0) {
      return;
    }
    TrainingState state = supplier.get();
    try {
      Files.createDirectories(folder);
      Checkpoint.save(epoch(done), state);
      if (state.isBest(every)) {
        Checkpoint.save(best(), state);
      }
      if (done / every > last) {
        Files.deleteIfExists(epoch((done / every - last) * every));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
