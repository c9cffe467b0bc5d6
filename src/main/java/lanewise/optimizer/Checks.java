package lanewise.optimizer;

/** The checks that update rules and schedules share. */
final class Checks {
  private Checks() {}

  static void rate(String rule, float rate) {
    if (!(rate > 0 && rate < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          rule + ": learning rate must be positive and finite, got " + rate);
    }
  }

  /** Checks the share of the old in a moving average. */
  static void decay(String rule, String what, float decay) {
    if (!(decay >= 0 && decay < 1)) {
      throw new IllegalArgumentException(
          rule + ": " + what + " must be at least 0 and below 1, got " + decay);
    }
  }

  static void epsilon(String rule, float epsilon) {
    if (!(epsilon > 0 && epsilon < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          rule + ": epsilon must be positive and finite, got " + epsilon);
    }
  }

  static void weightDecay(String rule, float decay) {
    if (!(decay >= 0 && decay < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          rule + ": weight decay must be finite and at least 0, got " + decay);
    }
  }

  static void positive(String schedule, String what, double value) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          schedule + ": " + what + " must be positive and finite, got " + value);
    }
  }
}
