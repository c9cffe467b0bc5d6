package lanewise.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFileTest {
  @TempDir Path folder;

  @Test
  void readsWhatItWrote() throws IOException {
    Report report =
        Reports.of(
            100.25,
            Reports.product("", "a", 0.1),
            Reports.product("EJML", "a", 0.3),
            Reports.pooling(1.0 / 3));
    Path file = folder.resolve("report.json");
    ReportFile.write(file, report);
    assertEquals(report, ReportFile.read(file));
  }

  @Test
  void saysHowManyTimesFaster() throws IOException {
    Path file = folder.resolve("report.json");
    ReportFile.write(
        file, Reports.of(100, Reports.product("", "a", 0.1), Reports.product("EJML", "a", 0.25)));
    String json = Files.readString(file);
    assertTrue(json.contains("\"EJML\": 2.5"), json);
    assertTrue(json.contains("\"percentOfPeak\": 5.0"), json);
  }

  @Test
  void refusesOtherFiles() throws IOException {
    Path file = Files.writeString(folder.resolve("other.json"), "{\"machine\": 1}");
    IOException e = assertThrows(IOException.class, () -> ReportFile.read(file));
    assertEquals(file + " is no report of benchmarks: expected an object, got 1", e.getMessage());
  }
}
