package lanewise.optimizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ScheduleTest {
  /** The factors of the first steps, in epochs of four. */
  private static List<Double> factors(Schedule schedule, int steps, long total) {
    return LongStream.range(0, steps).mapToObj(step -> schedule.factor(step, 4, total)).toList();
  }

  @Test
  void constantIsOne() {
    assertEquals(List.of(1.0, 1.0, 1.0), factors(new Constant(), 3, 2));
  }

  @Test
  void stepDecayFallsAtItsMilestones() {
    Schedule schedule = new StepDecay(0.5, 1, 3);
    assertEquals(
        List.of(1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25),
        factors(schedule, 14, 16));
    assertEquals(new StepDecay(0.5, List.of(1, 3)), schedule);
    assertEquals(1, new StepDecay(0.5).factor(99, 1, 100));
  }

  @Test
  void exponentialDecayFallsStepByStep() {
    Schedule schedule = new ExponentialDecay(0.0625);
    assertEquals(List.of(1.0, 0.5, 0.25, 0.125, 0.0625, 0.03125), factors(schedule, 6, 8));
  }

  @Test
  void cosineDecayIsHalfACosine() {
    double slope = Math.sqrt(0.5) / 2;
    assertClose(
        List.of(1.0, 0.5 + slope, 0.5, 0.5 - slope, 0.0, 0.0), factors(new CosineDecay(), 6, 4));
    assertClose(List.of(1.0, 0.625, 0.25), factors(new CosineDecay(0.25), 3, 2));
  }

  /** A hundred factors to the last bit: what one machine gave every other gives. */
  @Test
  void cosinesAreTheSameBitsEverywhere() {
    long digest = 0;
    for (int step = 0; step < 100; step++) {
      digest = 31 * digest + Double.doubleToLongBits(new CosineDecay(0.01).factor(step, 10, 100));
    }
    assertEquals(-100205170503441549L, digest);
  }

  @Test
  void warmupRisesToAnother() {
    assertEquals(
        List.of(0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0, 1.0, 1.0),
        factors(new Warmup(2, new Constant()), 10, 20));
    assertEquals(
        List.of(0.5, 1.0, 1.0, 1.0, 0.5), factors(new Warmup(0.5, new StepDecay(0.5, 1)), 5, 20));
    assertEquals(
        List.of(0.125, 0.5, 0.75, 1.0),
        factors(new Warmup(1, new Warmup(0.5, new Constant())), 4, 20));
  }

  /** By the formula of PyTorch's OneCycleLR. */
  @Test
  void oneCycleRisesAndFalls() {
    List<Double> factors = factors(new OneCycle(0.3, 25, 1e4), 11, 10);
    assertClose(List.of(0.04, 0.52, 1.0), factors.subList(0, 3));
    for (int step = 3; step < 10; step++) {
      double end = 0.04 / 1e4;
      double expected = end + (1 - end) / 2 * (1 + Math.cos(Math.PI * (step - 2) / 7));
      assertEquals(expected, factors.get(step), 1e-15);
    }
    assertEquals(4e-6, factors.get(9), 1e-18);
    assertEquals(factors.get(9), factors.get(10));
    assertEquals(new OneCycle(0.3, 25, 1e4), new OneCycle());
    assertEquals(4e-6, new OneCycle().factor(0, 1, 1), 1e-18);
  }

  private static void assertClose(List<Double> expected, List<Double> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i), actual.get(i), 2e-16, "step " + i);
    }
  }

  @Test
  void namesBadNumbers() {
    assertMessage(
        "StepDecay: decay must be positive and finite, got 0.0", () -> new StepDecay(0, 1));
    assertMessage(
        "StepDecay: milestones must be at least 1 and ascend, got [3, 3]",
        () -> new StepDecay(1, 3, 3));
    assertMessage(
        "StepDecay: milestones must be at least 1 and ascend, got [0]", () -> new StepDecay(1, 0));
    assertMessage(
        "ExponentialDecay: decay must be positive and finite, got NaN",
        () -> new ExponentialDecay(Double.NaN));
    assertMessage(
        "CosineDecay: floor must be at least 0 and at most 1, got 1.5", () -> new CosineDecay(1.5));
    assertMessage(
        "Warmup: epochs must be positive and finite, got Infinity",
        () -> new Warmup(Double.POSITIVE_INFINITY, new Constant()));
    assertMessage(
        "OneCycle: rise must be above 0 and below 1, got 1.0", () -> new OneCycle(1, 25, 1e4));
    assertMessage(
        "OneCycle: start divisor must be finite and at least 1, got 0.5",
        () -> new OneCycle(0.5, 0.5, 1e4));
    assertMessage(
        "OneCycle: end divisor must be finite and at least 1, got NaN",
        () -> new OneCycle(0.5, 1, Double.NaN));
  }

  private static void assertMessage(String message, Executable run) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, run).getMessage());
  }
}
