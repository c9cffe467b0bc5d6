package lanewise.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import lanewise.layer.Dense;
import lanewise.network.Network;
import lanewise.shape.Shape;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a program on the class path is told that forgot the flag. */
class VectorModuleTest {
  /** The program: its first use of the library. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) {
      switch (args[0]) {
        case "network" -> Network.sequence(Shape.of(1), 1, new Dense(1));
        case "product" -> {
          float[] x = new float[64 * 64];
          Gemm.multiply(false, false, 64, 64, 64, 1, x, 0, 64, x, 0, 64, 0, x.clone(), 0, 64);
        }
        case "lanes" -> System.out.println(Simd.lanes());
        default -> throw new IllegalArgumentException(args[0]);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"network", "product", "lanes"})
  void namesTheFlag(String use) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(
                java,
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName(),
                use)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(1, process.waitFor(), output);
    assertEquals(
        "Exception in thread \"main\" java.lang.NoClassDefFoundError: Lanewise needs the module"
            + " jdk.incubator.vector: start java with --add-modules jdk.incubator.vector, or put"
            + " Lanewise on the module path, where no flag is needed",
        output.lines().findFirst().orElse(""));
  }
}
