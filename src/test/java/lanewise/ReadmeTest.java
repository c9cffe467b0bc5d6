package lanewise;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiles and runs the Java of the README, and compares with what it says that they print. */
class ReadmeTest {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");

  @TempDir Path folder;

  @Test
  void printsWhatItSays() throws Exception {
    List<String> blocks = new ArrayList<>();
    int java = -1;
    Matcher matcher = BLOCK.matcher(Files.readString(Path.of("README.md")));
    while (matcher.find()) {
      if (matcher.group(1).equals("java")) {
        java = blocks.size();
      }
      blocks.add(matcher.group(2));
    }
    assertTrue(java >= 0, "the README has no block of Java");
    String printed = run(blocks.get(java));
    assertEquals(maskFractions(blocks.get(java + 1)), maskFractions(printed));
    assertTrue(printed.contains("accuracy 0.9"), printed);
  }

  /** Fractions depend on the order in which the kernels of the day sum. */
  private static String maskFractions(String text) {
    return text.strip().replaceAll("\\d\\.\\d+", "x.xx");
  }

  private String run(String program) throws Exception {
    Path source = Files.writeString(folder.resolve("Program.java"), program);
    int status =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(
                System.out,
                System.err,
                "-d",
                folder.toString(),
                "-classpath",
                Path.of("target", "classes").toString(),
                source.toString());
    assertEquals(0, status, "the README's Java does not compile");

    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      Class<?> type = loader.loadClass("Program");
      Constructor<?> constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      Method main = type.getDeclaredMethod("main");
      main.setAccessible(true);
      System.setOut(new PrintStream(printed, true, UTF_8));
      main.invoke(constructor.newInstance());
    } finally {
      System.setOut(before);
    }
    return printed.toString(UTF_8).replace(System.lineSeparator(), "\n");
  }
}
