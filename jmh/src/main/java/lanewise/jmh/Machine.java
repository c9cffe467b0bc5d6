package lanewise.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lanewise.kernel.Simd;

/** What a figure depends on besides the code. */
record Machine(String cpu, int cores, int vectorBits) {
  /** This one, as the JVM sees it. */
  static Machine current() {
    return new Machine(
        cpuModel(), Runtime.getRuntime().availableProcessors(), Float.SIZE * Simd.lanes());
  }

  /** The CPU's name where the system is Linux and tells it, else the architecture's. */
  private static String cpuModel() {
    try {
      List<String> lines = Files.readAllLines(Path.of("/proc/cpuinfo"));
      return lines.stream()
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }

  @Override
  public String toString() {
    return cpu + ", " + cores + " cores, " + vectorBits + "-bit vectors";
  }
}
