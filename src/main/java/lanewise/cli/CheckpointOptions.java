package lanewise.cli;

import java.io.IOException;
import java.nio.file.Path;
import lanewise.io.AtomicFile;
import lanewise.io.Checkpoint;
import lanewise.io.CheckpointFolder;
import lanewise.recipe.InputException;
import lanewise.train.Trainer;
import lanewise.train.TrainingState;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What of a training is kept on the way, and where it goes on from. */
final class CheckpointOptions {
  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      description = "Write after each epoch that is shown what --resume needs.")
  private @Nullable Path file;

  @Option(
      names = "--checkpoint-steps",
      paramLabel = "N",
      description = "Write it after every N steps too, in the middle of an epoch.")
  private @Nullable Integer steps;

  @Option(
      names = "--checkpoint-dir",
      paramLabel = "DIR",
      description = "Keep what --resume needs of the last epochs and of that with the lowest loss.")
  private @Nullable Path folder;

  @Option(
      names = "--checkpoint-last",
      paramLabel = "N",
      description = "How many of the last epochs --checkpoint-dir keeps. Default: 3.")
  private @Nullable Integer last;

  @Option(
      names = "--resume",
      paramLabel = "FILE",
      description = "Go on where a training with the same options, but for --epochs, was stopped.")
  private @Nullable Path resume;

  /** Checks, before hours of work, what the options name. */
  void check() throws IOException, InputException {
    Options.atLeastOne("--checkpoint-steps", steps, 1);
    Options.atLeastOne("--checkpoint-last", last, 1);
    if (steps != null && file == null) {
      throw new InputException("--checkpoint-steps needs --checkpoint");
    }
    if (last != null && folder == null) {
      throw new InputException("--checkpoint-last needs --checkpoint-dir");
    }
    if (file != null) {
      AtomicFile.checkWritable(file);
    }
    if (folder != null) {
      Options.makeFolder(folder);
    }
  }

  /** Where the training goes on from; null for the start. */
  @Nullable TrainingState state() throws IOException {
    return resume == null ? null : Checkpoint.load(resume);
  }

  /** What is wrong with the state, with the name of its file. */
  InputException refusal(IllegalArgumentException e) {
    return new InputException(resume + ": " + e.getMessage());
  }

  /** The trainer with listeners that write what is to be kept, of epochs after {@code every}. */
  Trainer listened(Trainer trainer, int every) {
    Trainer listened = trainer;
    if (file != null) {
      listened = listened.listener(Checkpoint.writer(file, every));
      if (steps != null) {
        listened = listened.listener(Checkpoint.stepWriter(file, steps));
      }
    }
    return folder == null
        ? listened
        : listened.listener(new CheckpointFolder(folder, last == null ? 3 : last, every));
  }
}
