package lanewise.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The table of a network's layers. Where they branch, each has its number and names those that it
 * reads, unless it is the one before.
 */
final class Summary {
  private static final int COLUMNS = 6;

  private Summary() {}

  static String of(Network network) {
    boolean branches = false;
    List<List<String>> rows = new ArrayList<>();
    for (Node node : network.nodes()) {
      boolean follows = node.inputs().equals(List.of(rows.size()));
      branches |= !follows;
      rows.add(
          List.of(
              Integer.toString(rows.size() + 1),
              node.layer().toString(),
              follows ? "" : list(node.inputs()),
              node.outputShape().toString(),
              count(node.parametersSize()),
              count(node.multiplyAdds())));
    }
    rows.addFirst(List.of("0", "Input", "", network.inputShape().toString(), "", ""));
    rows.addFirst(List.of("", "Layer", "Reads", "Output shape", "Parameters", "Multiply-adds"));
    rows.add(
        List.of(
            "", "Total", "", "", count(network.parameterCount()), count(network.multiplyAdds())));
    return table(rows, branches);
  }

  private static String list(List<Integer> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  private static String count(long number) {
    return number == 0 ? "" : String.format(Locale.ROOT, "%,d", number);
  }

  /** Column 0 and the last two are numbers; 0 and 2 are there where layers branch. */
  private static String table(List<List<String>> rows, boolean branches) {
    List<String> formats = new ArrayList<>();
    int length = -2;
    for (int column = 0; column < COLUMNS; column++) {
      int at = column;
      int width = rows.stream().mapToInt(row -> row.get(at).length()).max().orElse(0);
      boolean shown = branches || (column != 0 && column != 2);
      String alignment = column == 0 || column > 3 ? "" : "-";
      formats.add(shown ? "%" + (column + 1) + "$" + alignment + width + "s" : "");
      length += shown ? width + 2 : 0;
    }
    formats.removeIf(String::isEmpty);
    String format = String.join("  ", formats);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows.size(); i++) {
      if (i == 1 || i == rows.size() - 1) {
        text.append("-".repeat(length)).append('\n');
      }
      text.append(String.format(format, rows.get(i).toArray()).stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
