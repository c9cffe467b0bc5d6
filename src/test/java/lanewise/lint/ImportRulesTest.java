package lanewise.lint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Holds the sources to the table of packages in docs/architecture.md, which this test reads. */
class ImportRulesTest {
  private static final Path TABLE = Path.of("docs", "architecture.md");

  /** The packages, what is in them, which they may import. */
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (`lanewise.*?) \\|.*\\| (.*) \\|$");

  private static final Pattern QUOTED = Pattern.compile("`lanewise\\.?(\\w*)`");

  /** A class by its full name, in an import or in the code. */
  private static final Pattern USE = Pattern.compile("\\blanewise\\.(?:(\\w+)\\.)?[\\w.]*?[A-Z]");

  @Test
  void packagesImportWhatTheTableAllows() throws IOException {
    Map<String, Set<String>> allowed = table();
    List<String> violations = new ArrayList<>();
    uses()
        .forEach(
            (from, used) -> {
              assertTrue(allowed.containsKey(from), () -> TABLE + " has no row for " + name(from));
              used.forEach(
                  (to, file) -> {
                    if (!allowed.get(from).contains(to)) {
                      violations.add(
                          "%s imports %s in %s; it may import %s (%s)"
                              .formatted(name(from), name(to), file, allowed.get(from), TABLE));
                    }
                  });
            });
    assertEquals(List.of(), violations);
  }

  @Test
  void packagesHaveNoCycles() {
    Map<String, Map<String, Path>> uses = uses();
    uses.keySet().forEach(start -> follow(start, List.of(start), uses));
  }

  private static void follow(String start, List<String> path, Map<String, Map<String, Path>> uses) {
    for (String next : uses.getOrDefault(path.getLast(), Map.of()).keySet()) {
      List<String> longer = new ArrayList<>(path);
      longer.add(next);
      if (next.equals(start)) {
        fail(
            "packages import each other: "
                + longer.stream().map(ImportRulesTest::name).collect(Collectors.joining(" -> ")));
      }
      if (!path.contains(next)) {
        follow(start, longer, uses);
      }
    }
  }

  /**
   * By package, the packages that it uses, each with a file that does; parts count as their whole.
   */
  private static Map<String, Map<String, Path>> uses() {
    Map<String, Map<String, Path>> uses = new TreeMap<>();
    for (SourceFile file : SourceFile.below("src/main/java/lanewise")) {
      String from = file.packageName().replaceAll("^lanewise\\.?(\\w*).*", "$1");
      Map<String, Path> used = uses.computeIfAbsent(from, _ -> new TreeMap<>());
      USE.matcher(file.code())
          .results()
          .map(use -> use.group(1) == null ? "" : use.group(1))
          .filter(to -> !to.equals(from))
          .forEach(to -> used.put(to, file.path()));
    }
    assertTrue(uses.size() > 10, () -> "too few packages: " + uses.keySet());
    return uses;
  }

  private static Map<String, Set<String>> table() throws IOException {
    List<MatchResult> rows = ROW.matcher(Files.readString(TABLE)).results().toList();
    Set<String> every = new TreeSet<>();
    rows.forEach(row -> every.addAll(packages(row)));
    Map<String, Set<String>> table = new TreeMap<>();
    for (MatchResult row : rows) {
      Set<String> allowed = allowed(row.group(2), every);
      packages(row).forEach(from -> table.put(from, allowed));
    }
    return table;
  }

  private static List<String> packages(MatchResult row) {
    return QUOTED.matcher(row.group(1)).results().map(name -> name.group(1)).toList();
  }

  private static Set<String> allowed(String cell, Set<String> every) {
    return switch (cell) {
      case "all" -> every;
      case "nothing" -> Set.of("random");
      default -> {
        Set<String> names = new TreeSet<>(Set.of(cell.split(", ")));
        assertTrue(every.containsAll(names), () -> TABLE + " allows an unknown package: " + cell);
        names.add("random");
        yield names;
      }
    };
  }

  private static String name(String part) {
    return part.isEmpty() ? "lanewise" : "lanewise." + part;
  }
}
