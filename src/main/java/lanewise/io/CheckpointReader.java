package lanewise.io;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lanewise.shape.Shape;
import lanewise.train.ConfusionMatrix;
import lanewise.train.EpochProgress;
import lanewise.train.EpochResult;
import lanewise.train.Evaluation;
import lanewise.train.TrainingState;
import org.jspecify.annotations.Nullable;

/** Puts a {@link Checkpoint}'s parts together again; an IllegalArgumentException says what not. */
final class CheckpointReader {
  private final Json description;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  CheckpointReader(Json description, List<Tensor> tensors) {
    this.description = description;
    tensors.forEach(tensor -> this.tensors.put(tensor.name(), tensor));
  }

  TrainingState read() {
    if (!(description instanceof Json.Members(Map<String, Json> members))
        || !(members.get("settings") instanceof Json.Members(Map<String, Json> settings))
        || !(members.get("steps") instanceof Json.Number steps)
        || !(members.get("classes") instanceof Json.Items(List<Json> classes))
        || !(members.get("epochs") instanceof Json.Items(List<Json> epochs))) {
      throw new IllegalArgumentException("expected settings, steps, classes and epochs");
    }
    Map<String, String> texts = new LinkedHashMap<>();
    settings.forEach((name, value) -> texts.put(name, text(value)));
    List<float[]> moments = new ArrayList<>();
    while (tensors.containsKey(Checkpoint.moment(moments.size()))) {
      moments.add(values(Checkpoint.moment(moments.size())));
    }
    return new TrainingState(
        texts,
        epochs(epochs, classes.stream().map(CheckpointReader::text).toList()),
        progress(members.get("progress")),
        steps.longValue(),
        values("parameters"),
        valuesIfAny("state"),
        moments,
        valuesIfAny("best"));
  }

  private static @Nullable EpochProgress progress(@Nullable Json progress) {
    return switch (progress) {
      case null -> null;
      case Json.Members(Map<String, Json> members)
          when members.get("batches") instanceof Json.Number batches
              && members.get("correct") instanceof Json.Number correct ->
          new EpochProgress(
              batches.intValue(),
              correct.intValue(),
              number(members.get("lossSum")),
              number(members.get("seconds")));
      default ->
          throw new IllegalArgumentException(
              "progress must have batches and correct, got " + progress.compact());
    };
  }

  private float[] valuesIfAny(String name) {
    return tensors.containsKey(name) ? values(name) : new float[0];
  }

  private static String text(Json value) {
    if (value instanceof Json.Text(String text)) {
      return text;
    }
    throw new IllegalArgumentException("expected a string, got " + value.compact());
  }

  private float[] values(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("there must be a tensor " + name + ", got none");
    }
    float[] values = new float[tensor.shape().size()];
    tensor.copyTo(values, 0);
    return values;
  }

  private List<EpochResult> epochs(List<Json> epochs, List<String> classes) {
    long validations = epochs.stream().filter(CheckpointReader::isValidated).count();
    Tensor counts = counts((int) validations, classes.size());
    int validated = 0;
    List<EpochResult> results = new ArrayList<>();
    for (Json epoch : epochs) {
      if (!(epoch instanceof Json.Members(Map<String, Json> members))
          || !(members.get("samples") instanceof Json.Number samples)) {
        throw new IllegalArgumentException("an epoch must have samples, got " + epoch.compact());
      }
      Evaluation validation = null;
      if (isValidated(epoch)) {
        ConfusionMatrix confusion = confusion(counts, validated++, classes);
        validation = new Evaluation(number(members.get("validation")), confusion);
      }
      results.add(
          new EpochResult(
              results.size() + 1,
              number(members.get("loss")),
              number(members.get("accuracy")),
              samples.intValue(),
              number(members.get("seconds")),
              validation));
    }
    return results;
  }

  private static boolean isValidated(Json epoch) {
    return epoch instanceof Json.Members(Map<String, Json> members)
        && members.containsKey("validation");
  }

  private static double number(@Nullable Json value) {
    return switch (value) {
      case Json.Number number -> number.doubleValue();
      case Json.Null _ -> Double.NaN;
      case null, default ->
          throw new IllegalArgumentException(
              "expected a number, got " + (value == null ? "none" : value.compact()));
    };
  }

  /** The counts of so many confusion matrices; one number where there is no class. */
  private Tensor counts(int matrices, int classes) {
    if (matrices == 0 || classes == 0) {
      return new Tensor("confusion", Shape.of(1), new float[1], 0);
    }
    Tensor counts = tensors.get("confusion");
    Shape shape = Shape.of(matrices, classes, classes);
    if (counts == null || !counts.shape().equals(shape)) {
      throw new IllegalArgumentException(
          "confusion must be a tensor of shape "
              + shape
              + ", got "
              + (counts == null ? "none" : counts.shape()));
    }
    return counts;
  }

  private static ConfusionMatrix confusion(Tensor counts, int index, List<String> names) {
    int classes = names.size();
    int at = index * classes * classes;
    ConfusionMatrix confusion = new ConfusionMatrix(names);
    for (int actual = 0; actual < classes; actual++) {
      for (int predicted = 0; predicted < classes; predicted++) {
        confusion.add(actual, predicted, (int) counts.get(at++));
      }
    }
    return confusion;
  }
}
