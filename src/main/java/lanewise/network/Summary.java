package lanewise.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table of a network's layers. */
final class Summary {
  private Summary() {}

  static String of(Network network) {
    List<String[]> rows = new ArrayList<>();
    rows.add(new String[] {"Layer", "Output shape", "Parameters", "Multiply-adds"});
    rows.add(new String[] {"Input", network.inputShape().toString(), "", ""});
    long multiplyAdds = 0;
    for (Node node : network.nodes()) {
      long work = node.layer().multiplyAdds(node.inputShape());
      multiplyAdds += work;
      rows.add(
          new String[] {
            node.layer().toString(),
            node.outputShape().toString(),
            count(node.parametersSize()),
            count(work)
          });
    }
    rows.add(new String[] {"Total", "", count(network.parameterCount()), count(multiplyAdds)});
    return table(rows);
  }

  private static String count(long number) {
    return number == 0 ? "" : String.format(Locale.ROOT, "%,d", number);
  }

  private static String table(List<String[]> rows) {
    int layer = width(rows, 0);
    int shape = width(rows, 1);
    int parameters = width(rows, 2);
    int work = width(rows, 3);
    String format = "%-" + layer + "s  %-" + shape + "s  %" + parameters + "s  %" + work + "s";
    String rule = "-".repeat(layer + shape + parameters + work + 6);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows.size(); i++) {
      if (i == 1 || i == rows.size() - 1) {
        text.append(rule).append('\n');
      }
      text.append(String.format(format, (Object[]) rows.get(i)).stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private static int width(List<String[]> rows, int column) {
    return rows.stream().mapToInt(row -> row[column].length()).max().orElse(0);
  }
}
