package lanewise.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class BenchmarkNameTest {
  @Test
  void ours() {
    assertEquals(
        new BenchmarkName("", "Roofline", "read"),
        BenchmarkName.of("lanewise.kernel.RooflineBenchmark.read"));
  }

  @Test
  void aPeers() {
    assertEquals(
        new BenchmarkName("PyTorch", "TrainingStep", "step"),
        BenchmarkName.of("lanewise.jmh.PyTorchTrainingStepBenchmark.step"));
  }

  @Test
  void others() {
    assertThrows(IllegalArgumentException.class, () -> BenchmarkName.of("a.SortBenchmark.sort"));
  }
}
