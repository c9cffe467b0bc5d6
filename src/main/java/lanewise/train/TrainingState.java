package lanewise.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a training stands after a step or an epoch: all that it takes to go on as if it had never
 * stopped. The random numbers are in it too, since they are functions of the seed, which is one of
 * the settings, and of the numbers of epochs and batches; so is the place in the schedule.
 *
 * @param settings of the training by name; who resumes it must have the same
 * @param epochs done so far
 * @param progress of the epoch under way; null between two epochs
 * @param steps updates of the parameters so far
 * @param parameters {@code [parameterCount]}
 * @param networkState as {@link lanewise.network.Network#state}
 * @param moments of the update rule, {@code [parameterCount]} each
 * @param best parameters, then network state, of the best epoch, or empty without {@link
 *     EarlyStopping}
 */
public record TrainingState(
    Map<String, String> settings,
    List<EpochResult> epochs,
    @Nullable EpochProgress progress,
    long steps,
    float[] parameters,
    float[] networkState,
    List<float[]> moments,
    float[] best) {
  /**
   * Copies map and lists, but no numbers.
   *
   * @throws IllegalArgumentException if lengths differ or there is no epoch, not even one begun
   */
  public TrainingState {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    epochs = List.copyOf(epochs);
    moments = List.copyOf(moments);
    int begun = epochs.size() + (progress == null ? 0 : 1);
    if (begun == 0 || steps < begun) {
      throw new IllegalArgumentException(
          "TrainingState: there must be an epoch and a step in each, got "
              + begun
              + " epochs and "
              + steps
              + " steps");
    }
    for (float[] moment : moments) {
      length("moments must be as many as the parameters", moment, parameters.length);
    }
    if (best.length > 0) {
      length(
          "best must be as many as the parameters and the network's state",
          best,
          parameters.length + networkState.length);
    }
  }

  private static void length(String rule, float[] array, int expected) {
    if (array.length != expected) {
      throw new IllegalArgumentException(
          "TrainingState: " + rule + ", " + expected + ", got " + array.length);
    }
  }

  /**
   * Whether the last epoch's loss, on the validation data if there are any, is the lowest of those
   * whose number {@code every} divides.
   */
  public boolean isBest(int every) {
    List<EpochResult> compared =
        epochs.stream()
            .filter(each -> each == epochs.getLast() || each.epoch() % every == 0)
            .toList();
    return new EarlyStopping(1).best(compared) == compared.size() - 1;
  }
}
