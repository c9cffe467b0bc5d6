package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same bits for any width of the vectors, compiled or interpreted, by running {@link
 * DigestMain} in JVMs of its own.
 */
final class VectorWidthTest {
  @TempDir private static Path folder;

  private static List<String> whole;
  private static List<String> tiny;

  @BeforeAll
  static void runWithoutOptions() throws IOException, InterruptedException {
    whole = run("whole");
    tiny = run("tiny");
    assertTrue(whole.size() > 300, "lines: " + whole.size());
    assertTrue(tiny.size() > 30, "lines: " + tiny.size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-XX:UseAVX=2", "-XX:UseAVX=3", "-XX:MaxVectorSize=16"})
  void instructionSets(String option) throws IOException, InterruptedException {
    List<String> lines = run("whole", option);
    if (option.equals("-XX:MaxVectorSize=16")) {
      assertEquals("bits 128", lines.getFirst());
    }
    assertSameDigests(whole, lines);
  }

  /** A width beyond the machine's works too, if slowly. */
  @ParameterizedTest
  @ValueSource(ints = {128, 256, 512})
  void widths(int bits) throws IOException, InterruptedException {
    boolean fast = bits <= Simd.lanes() * Float.SIZE;
    List<String> lines = run(fast ? "whole" : "tiny", "-Dlanewise.vectorBits=" + bits);
    assertEquals("bits " + bits, lines.getFirst());
    assertSameDigests(fast ? whole : tiny, lines);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-XX:TieredStopAtLevel=1", "-Xint"})
  void compilers(String option) throws IOException, InterruptedException {
    assertSameDigests(tiny, run("tiny", option));
  }

  @Test
  void unknownWidthIsRefused() throws IOException, InterruptedException {
    Path output = folder.resolve("refused");
    assertEquals(1, start(output, "tiny", "-Dlanewise.vectorBits=384"));
    String text = Files.readString(output);
    assertTrue(text.contains("lanewise.vectorBits must be 128, 256 or 512, got 384"), text);
  }

  private static void assertSameDigests(List<String> expected, List<String> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 1; i < expected.size(); i++) { // the first is the width
      assertEquals(expected.get(i), actual.get(i));
    }
  }

  /** What {@link DigestMain} prints in a JVM with the given options. */
  private static List<String> run(String size, String... options)
      throws IOException, InterruptedException {
    Path output = folder.resolve("output");
    int status = start(output, size, options);
    String text = Files.readString(output);
    assertEquals(0, status, text);
    return text.lines().filter(line -> line.matches("bits \\d+|.*: [0-9a-f]{64}")).toList();
  }

  private static int start(Path output, String size, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-modules=jdk.incubator.vector");
    command.add("-XX:+IgnoreUnrecognizedVMOptions");
    command.addAll(List.of(options));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(DigestMain.class.getName());
    command.add(size);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(command + " did not end");
    }
    return process.exitValue();
  }
}
