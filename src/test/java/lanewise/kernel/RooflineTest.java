package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RooflineTest {
  private static void assertPositive(double value) {
    assertTrue(value > 0 && value < Double.POSITIVE_INFINITY, "got " + value);
  }

  @Test
  void measures() {
    assertPositive(Roofline.fmaGflops());
    assertPositive(Roofline.readGigabytesPerSecond(1024));
    assertPositive(Roofline.readGigabytesPerSecond(100_003));
  }

  @Test
  void measuresEveryLevelOfTheMemory() {
    int bytes = 0;
    for (Roofline.Bandwidth bandwidth : Roofline.readBandwidths()) {
      assertTrue(bandwidth.bytes() > bytes, "got " + bandwidth + " after " + bytes);
      assertPositive(bandwidth.gigabytesPerSecond());
      bytes = bandwidth.bytes();
    }
    assertTrue(bytes > 0);
  }

  @Test
  void doesTheWorkItCounts() {
    // Chain i starts from i.
    float expected = 66 + 12 * 1000 * 1e-7f; // rounded at each step
    assertEquals(expected, Roofline.multiplyAdds(1000), 12 * 1000 * 0x1p-22f);
    float[] ones = new float[8 * Simd.LANES * 5 + 3];
    Arrays.fill(ones, 1);
    assertEquals(8 * 5, Roofline.sum(ones));
  }

  @Test
  void refusesAnArrayTooSmallToMeasure() {
    var e =
        assertThrows(IllegalArgumentException.class, () -> Roofline.readGigabytesPerSecond(1023));
    assertEquals("Roofline: bytes must be at least 1024, got 1023", e.getMessage());
  }
}
