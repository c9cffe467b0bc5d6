package lanewise.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import lanewise.shape.Shape;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.junit.jupiter.api.Test;

class InitializerTest {
  private static final int N = 40_000;
  private static final int FAN_IN = 50;
  private static final int FAN_OUT = 30;

  private static SummaryStatistics draw(Initializer initializer) {
    float[] values = new float[N];
    initializer.fill(Shape.of(N), FAN_IN, FAN_OUT, 77, values, 0);
    SummaryStatistics statistics = new SummaryStatistics();
    for (float value : values) {
      statistics.addValue(value);
    }
    return statistics;
  }

  /**
   * Mean and deviation within four standard errors: of the mean σ/√n, of a normal's deviation about
   * σ/√(2n).
   */
  private static void assertMoments(double deviation, Initializer initializer) {
    SummaryStatistics drawn = draw(initializer);
    assertEquals(0, drawn.getMean(), 4 * deviation / Math.sqrt(N));
    assertEquals(deviation, drawn.getStandardDeviation(), 4 * deviation / Math.sqrt(2 * N));
  }

  @Test
  void normalsHaveTheirDeviation() {
    assertMoments(0.01, new Initializer.Normal(0.01));
    assertMoments(Math.sqrt(2.0 / FAN_IN), Initializer.HE);
  }

  @Test
  void glorotIsUniform() {
    double bound = Math.sqrt(6.0 / (FAN_IN + FAN_OUT));
    assertMoments(bound / Math.sqrt(3), Initializer.GLOROT);
    SummaryStatistics drawn = draw(Initializer.GLOROT);
    assertTrue(drawn.getMin() >= -bound && drawn.getMin() < -0.999 * bound);
    assertTrue(drawn.getMax() <= bound && drawn.getMax() > 0.999 * bound);
  }

  @Test
  void writesNothingElse() {
    float[] values = {9, 9, 9, 9, 9};
    new Initializer.Constant(3).fill(Shape.of(2), 1, 1, 5, values, 1);
    assertArrayEquals(new float[] {9, 3, 3, 9, 9}, values);
    float[] normal = {9, 9, 9, 9, 9};
    Initializer.HE.fill(Shape.of(3, 1), 1, 1, 5, normal, 1);
    assertEquals(9, normal[0]);
    assertEquals(9, normal[4]);
  }
}
