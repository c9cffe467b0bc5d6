package lanewise.optimizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import lanewise.Allocations;
import lanewise.Lanewise;
import lanewise.random.CounterRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClippingTest {
  private final int threads = Lanewise.threads();

  @AfterEach
  void restoreThreads() {
    Lanewise.threads(threads);
  }

  private static float[] clipped(Clipping limits, float... gradients) {
    float[] copy = gradients.clone();
    new Clipper(limits, copy.length).clip(copy);
    return copy;
  }

  @Test
  void limitsEachElement() {
    assertArrayEquals(
        new float[] {-2, -2, -1, -0f, 1.5f, 2, 2, Float.NaN},
        clipped(Clipping.byValue(2), -9e9f, -2, -1, -0f, 1.5f, 2, 2.1f, Float.NaN));
  }

  @Test
  void limitsTheNormAndKeepsTheDirection() {
    assertArrayEquals(new float[] {1.5f, -2}, clipped(Clipping.byNorm(2.5f), 3, -4));
    assertArrayEquals(new float[] {3, -4}, clipped(Clipping.byNorm(5), 3, -4));
    assertArrayEquals(new float[] {0, 0}, clipped(Clipping.byNorm(5), 0, 0));
    assertTrue(Float.isNaN(clipped(Clipping.byNorm(5), 1, Float.NaN)[1]));
  }

  @Test
  void limitsElementsBeforeTheNorm() {
    assertArrayEquals(new float[] {1.5f, -2}, clipped(new Clipping(4, 2.5f), 3, -100));
  }

  @Test
  void noneLeavesEverything() {
    float[] gradients = {Float.MAX_VALUE, -Float.MAX_VALUE, Float.POSITIVE_INFINITY};
    assertArrayEquals(gradients, clipped(Clipping.NONE, gradients));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 13, 16, 17, 207, 100_003})
  void sumsLargeGradientsAlikeForAnyNumberOfThreads(int n) {
    float[] gradients = new float[n];
    double sum = 0;
    for (int i = 0; i < n; i++) {
      gradients[i] = (float) CounterRandom.normal(3, i);
      sum += (double) gradients[i] * gradients[i];
    }
    Clipping limits = Clipping.byNorm(0.125f);
    Lanewise.threads(1);
    float[] one = clipped(limits, gradients);
    Lanewise.threads(3);
    assertArrayEquals(one, clipped(limits, gradients));
    // A piece of at most 16,384 has 16 partial sums of 1,024; the root halves the relative error.
    double bound = (1024 / 2 + 4) * 0x1p-24;
    for (int i = 0; i < n; i++) {
      double expected = gradients[i] * 0.125 / Math.sqrt(sum);
      assertEquals(expected, one[i], bound * Math.abs(expected));
    }
  }

  @Test
  void allocatesNothing() {
    float[] gradients = new float[100_003];
    Clipper clipper = new Clipper(new Clipping(1, 1), gradients.length);
    assertEquals(
        0,
        Allocations.steady(
            () -> {
              gradients[7] = 9;
              clipper.clip(gradients);
            }));
  }

  @Test
  void namesBadLimits() {
    IllegalArgumentException value =
        assertThrows(IllegalArgumentException.class, () -> Clipping.byValue(0));
    assertEquals("Clipping: value must be positive, got 0.0", value.getMessage());
    IllegalArgumentException norm =
        assertThrows(IllegalArgumentException.class, () -> Clipping.byNorm(Float.NaN));
    assertEquals("Clipping: norm must be positive, got NaN", norm.getMessage());
  }
}
