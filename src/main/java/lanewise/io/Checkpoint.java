package lanewise.io;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import lanewise.shape.Shape;
import lanewise.train.ConfusionMatrix;
import lanewise.train.EpochProgress;
import lanewise.train.EpochResult;
import lanewise.train.Evaluation;
import lanewise.train.TrainingListener;
import lanewise.train.TrainingState;
import org.jspecify.annotations.Nullable;

/**
 * A {@link TrainingState} in one {@linkplain Safetensors safetensors} file: the tensors {@code
 * parameters}, {@code state}, {@code moments.0} and so on, {@code best} and {@code confusion},
 * which counts by epoch, actual and predicted class, and in the metadata, under {@code
 * lanewise.training},
 *
 * <pre>{@code
 * {"settings": {"batch": "64", …}, "steps": 938, "classes": ["0", …],
 *  "epochs": [{"loss": 0.5, "accuracy": 0.8, "samples": 60000, "seconds": 60, "validation": 0.3}],
 *  "progress": {"batches": 200, "correct": 11000, "lossSum": 3800.5, "seconds": 12}}
 * }</pre>
 *
 * <p>{@code progress} stands only in a state from the middle of an epoch.
 */
public final class Checkpoint {
  private static final String KEY = "lanewise.training";

  private Checkpoint() {}

  /** Saves the state after some epochs. */
  private static final class EpochWriter implements TrainingListener {
    private final Path file;
    private final int every;
    private int epoch;

    EpochWriter(Path file, int every) {
      this.file = file;
      this.every = every;
    }

    @Override
    public void onEpochEnd(EpochResult result) {
      epoch = result.epoch();
    }

    @Override
    public void onState(Supplier<TrainingState> state) {
      if (epoch % every == 0) {
        saveUnchecked(file, state.get());
      }
    }
  }

  /** Saves the state after some steps. */
  private record StepWriter(Path file, int every) implements TrainingListener {
    @Override
    public void onStep(long step, Supplier<TrainingState> state) {
      if (step % every == 0) {
        saveUnchecked(file, state.get());
      }
    }
  }

  /**
   * A listener that saves the state in {@code file} after each epoch. It throws {@link
   * UncheckedIOException} if the file cannot be written.
   */
  public static TrainingListener writer(Path file) {
    return writer(file, 1);
  }

  /**
   * A listener that saves the state in {@code file} after each epoch whose number {@code every}
   * divides. It throws {@link UncheckedIOException} if the file cannot be written.
   *
   * @throws IllegalArgumentException if {@code every} is below 1
   */
  public static TrainingListener writer(Path file, int every) {
    return new EpochWriter(file, atLeastOne(every));
  }

  /**
   * A listener that saves the state in {@code file} after each step whose number {@code every}
   * divides, in the middle of an epoch too. It throws {@link UncheckedIOException} if the file
   * cannot be written.
   *
   * @throws IllegalArgumentException if {@code every} is below 1
   */
  public static TrainingListener stepWriter(Path file, int every) {
    return new StepWriter(file, atLeastOne(every));
  }

  private static int atLeastOne(int every) {
    if (every < 1) {
      throw new IllegalArgumentException("Checkpoint: every must be at least 1, got " + every);
    }
    return every;
  }

  private static void saveUnchecked(Path file, TrainingState state) {
    try {
      save(file, state);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Saves a state. What stood in {@code file} stays until the new content is whole.
   *
   * @throws IOException if the file cannot be written
   */
  public static void save(Path file, TrainingState state) throws IOException {
    List<ConfusionMatrix> confusions = new ArrayList<>();
    List<Json> epochs = new ArrayList<>();
    for (EpochResult epoch : state.epochs()) {
      Evaluation validation = epoch.validation();
      if (validation != null) {
        confusions.add(validation.confusion());
      }
      epochs.add(write(epoch, validation));
    }
    List<String> classes = confusions.isEmpty() ? List.of() : confusions.getFirst().classNames();
    Map<String, Json> settings = new LinkedHashMap<>();
    state.settings().forEach((name, value) -> settings.put(name, Json.of(value)));
    Map<String, Json> members = new LinkedHashMap<>();
    members.put("settings", new Json.Members(settings));
    members.put("steps", Json.of(state.steps()));
    members.put("classes", new Json.Items(classes.stream().map(Json::of).toList()));
    members.put("epochs", new Json.Items(epochs));
    EpochProgress progress = state.progress();
    if (progress != null) {
      members.put("progress", write(progress));
    }
    List<Tensor> tensors = new ArrayList<>();
    tensors.add(tensor("parameters", state.parameters()));
    if (state.networkState().length > 0) {
      tensors.add(tensor("state", state.networkState()));
    }
    for (int i = 0; i < state.moments().size(); i++) {
      tensors.add(tensor(moment(i), state.moments().get(i)));
    }
    if (state.best().length > 0) {
      tensors.add(tensor("best", state.best()));
    }
    if (!classes.isEmpty()) {
      tensors.add(counts(confusions, classes.size()));
    }
    new Safetensors(Map.of(KEY, new Json.Members(members).compact()), tensors).write(file);
  }

  private static Json write(EpochResult epoch, @Nullable Evaluation validation) {
    Map<String, Json> members = new LinkedHashMap<>();
    members.put("loss", Json.of(epoch.loss()));
    members.put("accuracy", Json.of(epoch.accuracy()));
    members.put("samples", Json.of(epoch.samples()));
    members.put("seconds", Json.of(epoch.seconds()));
    if (validation != null) {
      members.put("validation", Json.of(validation.loss()));
    }
    return new Json.Members(members);
  }

  private static Json write(EpochProgress progress) {
    Map<String, Json> members = new LinkedHashMap<>();
    members.put("batches", Json.of(progress.batches()));
    members.put("correct", Json.of(progress.correct()));
    members.put("lossSum", Json.of(progress.lossSum()));
    members.put("seconds", Json.of(progress.seconds()));
    return new Json.Members(members);
  }

  private static Tensor tensor(String name, float[] values) {
    return new Tensor(name, Shape.of(values.length), values, 0);
  }

  private static Tensor counts(List<ConfusionMatrix> confusions, int classes) {
    Shape shape = Shape.of(confusions.size(), classes, classes);
    float[] counts = new float[shape.size()]; // exact up to 2²⁴ samples
    int at = 0;
    for (ConfusionMatrix confusion : confusions) {
      for (int actual = 0; actual < classes; actual++) {
        for (int predicted = 0; predicted < classes; predicted++) {
          counts[at++] = confusion.count(actual, predicted);
        }
      }
    }
    return new Tensor("confusion", shape, counts, 0);
  }

  /**
   * Reads what {@link #save} wrote.
   *
   * @throws IOException if {@code file} is broken or no checkpoint
   */
  public static TrainingState load(Path file) throws IOException {
    Safetensors content = Safetensors.read(file);
    String description = content.metadata().get(KEY);
    if (description == null) {
      throw new IOException(
          file + ": the metadata must describe a training under " + KEY + ", got none");
    }
    try {
      return new CheckpointReader(Json.parse(description.getBytes(UTF_8)), content.tensors())
          .read();
    } catch (Json.SyntaxException | IllegalArgumentException e) {
      throw new IOException(file + ": metadata " + KEY + ": " + e.getMessage(), e);
    }
  }

  static String moment(int index) {
    return "moments." + index;
  }
}
