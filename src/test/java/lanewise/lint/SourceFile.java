package lanewise.lint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Java file of this project and its text. */
record SourceFile(Path path, String text) {
  /** A text block, string, character or comment, whichever begins first. */
  private static final Pattern LITERAL_OR_COMMENT =
      Pattern.compile(
          "\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\n])*\"|'(?:\\\\.|[^'\\\\\n])*'|//[^\n]*|/\\*.*?\\*/",
          Pattern.DOTALL);

  private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");

  /**
   * The Java files below the folders, in order of their names; a folder that is not there has none.
   */
  static List<SourceFile> below(String... folders) {
    return Stream.of(folders)
        .map(Path::of)
        .filter(Files::isDirectory)
        .flatMap(folder -> walk(folder).stream())
        .toList();
  }

  private static List<SourceFile> walk(Path folder) {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths
          .filter(path -> path.toString().endsWith(".java"))
          .sorted()
          .map(SourceFile::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SourceFile read(Path path) {
    try {
      return new SourceFile(path, Files.readString(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text with every literal and comment blank, and the lines where they were. */
  String code() {
    return LITERAL_OR_COMMENT
        .matcher(text)
        .replaceAll(found -> found.group().replaceAll("[^\n]", " "));
  }

  /** The name of the file's package; empty for a module's declaration. */
  String packageName() {
    var declaration = PACKAGE.matcher(code());
    return declaration.find() ? declaration.group(1) : "";
  }

  /** Where {@code pattern} occurs in {@code searched}, this file's text or code: "path:line". */
  List<String> places(Pattern pattern, String searched) {
    return pattern
        .matcher(searched)
        .results()
        .map(found -> path + ":" + (searched.substring(0, found.start()).lines().count() + 1))
        .toList();
  }
}
