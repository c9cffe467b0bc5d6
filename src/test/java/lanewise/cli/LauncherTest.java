package lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher among JDKs and a Maven that only tell how they were called. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  /** What the launcher calls, on a path that holds nothing else. */
  private static final List<String> TOOLS =
      List.of("sh", "cat", "dirname", "find", "head", "mkdir", "readlink", "sed", "tail", "touch");

  private static final String INSTALL_FOLDERS = "/usr/lib/jvm/* /usr/java/* /opt/* /opt/java/*";

  private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");

  @TempDir private Path temporary;
  private Path folder;
  private Path project;
  private Path tools;
  private Path installed;
  private final Map<String, String> environment = new TreeMap<>();

  private record Outcome(int status, String out, String err) {}

  @BeforeEach
  void project() throws IOException {
    folder = temporary.toRealPath();
    project = Files.createDirectories(folder.resolve("a project"));
    tools = Files.createDirectories(folder.resolve("tools"));
    installed = Files.createDirectories(folder.resolve("installed"));
    String launcher = Files.readString(Path.of("lanewise"));
    assertTrue(launcher.contains(INSTALL_FOLDERS), "the launcher's install folders");
    script(project.resolve("lanewise"), launcher.replace(INSTALL_FOLDERS, installed + "/*"));
    for (String tool : TOOLS) {
      Files.createSymbolicLink(tools.resolve(tool), find(tool));
    }
    Files.createDirectories(project.resolve("target/lib"));
    Files.createFile(project.resolve("target/lanewise.jar"));
    environment.put("PATH", tools.toString());
    environment.put("HOME", folder.resolve("home").toString());
  }

  @Test
  void takesJavaHomeAndLeavesArgumentsAndFolderAlone() throws Exception {
    environment.put("JAVA_HOME", jdk(folder, "25.0.3").toString());
    Outcome outcome = launch("train", "a b", "");
    assertTrue(outcome.out.startsWith("JDK 25.0.3 in " + folder + "\n"), outcome.out);
    assertTrue(outcome.out.contains("\n-Dlanewise.home=" + project + "\n"), outcome.out);
    assertTrue(
        outcome.out.endsWith("\n--module\nlanewise/lanewise.cli.Main\ntrain\na b\n\n"),
        outcome.out);
    assertEquals("", outcome.err);
  }

  @Test
  void passesOverWhatIsOlderOrHasNoCompiler() throws Exception {
    environment.put("JAVA_HOME", jdk(folder, "17.0.15").toString());
    Files.createSymbolicLink(tools.resolve("java"), jdk(folder, "21.0.1").resolve("bin/java"));
    Files.delete(jdk(installed, "0-runtime-26").resolve("bin/javac"));
    jdk(installed, "25.0.1");
    assertTrue(launch().out.startsWith("JDK 25.0.1 "));
  }

  @Test
  void takesTheJavaOnThePathBeforeInstalledOnes() throws Exception {
    jdk(installed, "25.0.1");
    Files.createSymbolicLink(tools.resolve("java"), jdk(folder, "26").resolve("bin/java"));
    assertTrue(launch().out.startsWith("JDK 26 "));
  }

  @Test
  void saysThatThereIsNoJdk() throws Exception {
    jdk(installed, "17.0.15");
    assertEquals(
        new Outcome(
            2,
            "",
            "lanewise: a JDK 25 or later is needed and none was found;"
                + " install one or set JAVA_HOME to it.\n"),
        launch("info"));
  }

  @Test
  void passesStatusAndOptionsOn() throws Exception {
    jdk(installed, "25");
    environment.put("LANEWISE_JAVA_OPTS", "-Xmx1g -XX:UseAVX=2");
    environment.put("STATUS", "7");
    Outcome outcome = launch();
    assertEquals(7, outcome.status);
    assertTrue(outcome.out.contains("\n-Xmx1g\n-XX:UseAVX=2\n"), outcome.out);
  }

  @Test
  void worksThroughLinks() throws Exception {
    jdk(installed, "25");
    Path links = Files.createDirectories(folder.resolve("links"));
    Files.createSymbolicLink(links.resolve("absolute"), project.resolve("lanewise"));
    Files.createSymbolicLink(links.resolve("relative"), Path.of("absolute"));
    Outcome outcome = run(links.resolve("relative"));
    assertTrue(outcome.out.contains("\n-Dlanewise.home=" + project + "\n"), outcome.out);
  }

  @Test
  void buildsWhatIsMissingOrOlderThanItsSources() throws Exception {
    Path jdk = jdk(installed, "25");
    Path source = sources();
    maven("echo \"$JAVA_HOME\" >>calls; touch target/lanewise.jar");
    Files.delete(project.resolve("target/lanewise.jar"));
    Outcome first = launch();
    assertTrue(first.err.startsWith("Building lanewise "), first.err);
    assertTrue(first.out.startsWith("JDK 25 "), first.out);
    assertEquals("", launch().err);
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
    assertTrue(launch().err.startsWith("Building lanewise "));
    assertEquals(List.of(jdk.toString(), jdk.toString()), calls());
  }

  @Test
  void buildsAfterASourceWasDeleted() throws Exception {
    jdk(installed, "25");
    Path source = sources();
    maven("echo build >>calls");
    Files.setLastModifiedTime(
        project.resolve("target/lanewise.jar"), FileTime.from(LONG_AGO.plusSeconds(2)));
    assertEquals("", launch().err);
    Files.delete(source);
    launch();
    assertEquals(1, calls().size());
  }

  @Test
  void aBuildThatFoundNothingToDoIsNotRepeated() throws Exception {
    jdk(installed, "25");
    sources();
    maven("echo build >>calls");
    Files.setLastModifiedTime(project.resolve("target/lanewise.jar"), FileTime.from(LONG_AGO));
    launch();
    launch();
    assertEquals(1, calls().size());
  }

  @Test
  void saysWhereAFailedBuildIsLogged() throws Exception {
    jdk(installed, "25");
    sources();
    maven("echo no such symbol; exit 1");
    Files.delete(project.resolve("target/lanewise.jar"));
    Outcome outcome = launch();
    assertEquals(1, outcome.status);
    assertEquals("", outcome.out);
    assertTrue(
        outcome.err.endsWith(
            "no such symbol\nlanewise: the build failed; all it said is in "
                + project.resolve("target/build.log.\n")),
        outcome.err);
  }

  @Test
  void saysThatThereIsNoMaven() throws Exception {
    jdk(installed, "25");
    sources();
    Files.delete(project.resolve("target/lanewise.jar"));
    Outcome outcome = launch();
    assertEquals(2, outcome.status);
    assertTrue(outcome.err.startsWith("lanewise: Apache Maven (mvn) is needed"), outcome.err);
    assertFalse(outcome.err.strip().contains("\n"), outcome.err);
  }

  private static Path find(String tool) {
    return Stream.of("/bin", "/usr/bin")
        .map(bin -> Path.of(bin, tool))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + tool));
  }

  /** A JDK whose {@code java} prints its folder and its arguments, and ends with $STATUS. */
  private static Path jdk(Path parent, String version) throws IOException {
    Path home = parent.resolve("jdk-" + version);
    Files.createDirectories(home.resolve("bin"));
    script(home.resolve("bin/javac"), "#!/bin/sh\n");
    script(
        home.resolve("bin/java"),
        """
        #!/bin/sh
        echo "JDK %s in $(pwd -P)"
        for argument; do echo "$argument"; done
        exit "${STATUS:-0}"
        """
            .formatted(version));
    String number = version.replaceFirst(".*-", "");
    Files.writeString(home.resolve("release"), "A=\"1\"\nJAVA_VERSION=\"" + number + "\"\n");
    return home;
  }

  /** One source and a pom.xml, a second younger than LONG_AGO, as are their folders. */
  private Path sources() throws IOException {
    Path java = Files.createDirectories(project.resolve("src/main/java"));
    Path source = Files.createFile(java.resolve("A.java"));
    Path pom = Files.createFile(project.resolve("pom.xml"));
    for (Path path : List.of(source, pom, java, java.getParent())) {
      Files.setLastModifiedTime(path, FileTime.from(LONG_AGO.plusSeconds(1)));
    }
    return source;
  }

  private void maven(String commands) throws IOException {
    script(tools.resolve("mvn"), "#!/bin/sh\n" + commands + "\n");
  }

  private List<String> calls() throws IOException {
    return Files.readAllLines(project.resolve("calls"));
  }

  private static void script(Path file, String text) throws IOException {
    Files.writeString(file, text);
    assertTrue(file.toFile().setExecutable(true));
  }

  private Outcome launch(String... arguments) throws IOException, InterruptedException {
    return run(project.resolve("lanewise"), arguments);
  }

  private Outcome run(Path launcher, String... arguments) throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(
                Stream.concat(Stream.of(launcher.toString()), Stream.of(arguments)).toList())
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the launcher hangs");
    return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
  }
}
