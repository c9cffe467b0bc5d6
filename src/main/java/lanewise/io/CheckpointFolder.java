package lanewise.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;
import lanewise.train.TrainingListener;
import lanewise.train.TrainingState;

/**
 * Keeps {@linkplain Checkpoint checkpoints} in a folder: the last ones as {@code
 * epoch-0001.safetensors} and so on, and that of the epoch with the lowest loss as {@code
 * best.safetensors}. As a listener it throws {@link UncheckedIOException} if a file cannot be
 * written.
 */
public final class CheckpointFolder implements TrainingListener {
  private final Path folder;
  private final int last;

  /**
   * Keeps the last {@code last} checkpoints.
   *
   * @throws IllegalArgumentException if {@code last} is below 1
   */
  public CheckpointFolder(Path folder, int last) {
    if (last < 1) {
      throw new IllegalArgumentException("CheckpointFolder: last must be at least 1, got " + last);
    }
    this.folder = folder;
    this.last = last;
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
  public void onState(Supplier<TrainingState> supplier) {
    TrainingState state = supplier.get();
    try {
      Files.createDirectories(folder);
      int done = state.epochs().size();
      Checkpoint.save(epoch(done), state);
      if (state.isBest()) {
        Checkpoint.save(best(), state);
      }
      Files.deleteIfExists(epoch(done - last));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
