package lanewise.cli;

import java.util.List;
import lanewise.optimizer.Constant;
import lanewise.optimizer.CosineDecay;
import lanewise.optimizer.ExponentialDecay;
import lanewise.optimizer.OneCycle;
import lanewise.optimizer.Schedule;
import lanewise.optimizer.StepDecay;
import lanewise.recipe.InputException;
import org.jspecify.annotations.Nullable;

/** Schedules as the command line names them: {@code step:0.1,15,23}. */
final class ScheduleText {
  private ScheduleText() {}

  /**
   * The schedule of a name and its numbers.
   *
   * @throws InputException if there is no such name, or the numbers are not what it takes
   */
  static Schedule parse(String text) throws InputException {
    String[] parts = text.split(":", 2);
    List<String> numbers = parts.length < 2 ? List.of() : List.of(parts[1].split(",", -1));
    try {
      Schedule schedule = of(parts[0], numbers);
      if (schedule != null) {
        return schedule;
      }
    } catch (NumberFormatException e) {
      // The sentence below says what is expected.
    } catch (IllegalArgumentException e) {
      throw new InputException("--schedule " + text + ": " + e.getMessage());
    }
    throw new InputException(
        "--schedule must be constant, step:DECAY,EPOCH,..., exponential:DECAY, cosine,"
            + " cosine:FLOOR or one-cycle, got "
            + text);
  }

  /** Null where the name, or the number of numbers, is not known. */
  private static @Nullable Schedule of(String name, List<String> numbers) {
    return switch (name + " " + Math.min(2, numbers.size())) {
      case "constant 0" -> new Constant();
      case "step 2" ->
          new StepDecay(
              Double.parseDouble(numbers.getFirst()),
              numbers.stream().skip(1).mapToInt(Integer::parseInt).toArray());
      case "exponential 1" -> new ExponentialDecay(Double.parseDouble(numbers.getFirst()));
      case "cosine 0" -> new CosineDecay();
      case "cosine 1" -> new CosineDecay(Double.parseDouble(numbers.getFirst()));
      case "one-cycle 0" -> new OneCycle();
      default -> null;
    };
  }
}
