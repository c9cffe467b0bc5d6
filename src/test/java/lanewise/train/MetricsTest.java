package lanewise.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private static ConfusionMatrix cats() {
    ConfusionMatrix matrix = new ConfusionMatrix(List.of("cat", "dog", "bird"));
    int[][] counts = {{5, 1, 0}, {2, 3, 0}, {0, 1, 0}};
    for (int a = 0; a < 3; a++) {
      for (int p = 0; p < 3; p++) {
        for (int i = 0; i < counts[a][p]; i++) {
          matrix.add(a, p);
        }
      }
    }
    return matrix;
  }

  @Test
  void derivesFiguresFromCounts() {
    ConfusionMatrix matrix = cats();
    assertEquals(12, matrix.total());
    assertEquals(8.0 / 12, matrix.accuracy());
    assertEquals(5.0 / 7, matrix.precision(0));
    assertEquals(5.0 / 6, matrix.recall(0));
    assertEquals(10.0 / 13, matrix.f1(0), 1e-15);
    assertEquals(0, matrix.precision(2));
    assertEquals(0, matrix.f1(2));
    assertEquals((5.0 / 6 + 3.0 / 5) / 3, matrix.balancedAccuracy(), 1e-15);
    assertTrue(Double.isNaN(new ConfusionMatrix(List.of()).accuracy()));
  }

  @Test
  void printsATable() {
    assertEquals(
        """
              cat  dog bird  precision  recall     F1
        cat     5    1    0     0.7143  0.8333 0.7692
        dog     2    3    0     0.6000  0.6000 0.6000
        bird    0    1    0     0.0000  0.0000 0.0000
        """,
        cats().toString());
  }

  @Test
  void namesClassesOutOfRange() {
    IndexOutOfBoundsException thrown =
        assertThrows(IndexOutOfBoundsException.class, () -> cats().add(1, 3));
    assertEquals("ConfusionMatrix: classes must be below 3, got 1 and 3", thrown.getMessage());
  }

  @Test
  void countsTheKLargest() {
    float[] outputs = {0.1f, 0.7f, 0.2f, 0.5f, 0.5f, 0};
    assertEquals(0.5, Metrics.accuracy(2, 3, outputs, new int[] {1, 1}));
    assertEquals(1.0, Metrics.topK(2, 2, 3, outputs, new int[] {2, 1}));
    assertEquals(0.5, Metrics.topK(2, 2, 3, outputs, new int[] {0, 0}));
  }
}
