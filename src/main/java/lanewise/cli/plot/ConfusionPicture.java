package lanewise.cli.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import lanewise.train.ConfusionMatrix;

/**
 * A heat map with a row for each actual and a column for each predicted class: the count stands in
 * the cell, the colour is its share of the actual class, so that rare classes show as well.
 */
final class ConfusionPicture implements Picture {
  private static final int TOP = 50;
  private static final int SIDE = 540;
  private static final double SLANT = -Math.PI / 4;

  private final ConfusionMatrix matrix;
  private final List<String> names;
  private final int left;
  private final boolean slanted; // the names below, as they are wider than a column
  private final int bottom; // room below the matrix

  ConfusionPicture(ConfusionMatrix matrix) {
    this.matrix = matrix;
    this.names = matrix.classNames();
    int longest = (int) Math.ceil(names.stream().mapToDouble(this::nameWidth).max().orElse(0));
    this.left = 40 + longest;
    this.slanted = longest > SIDE / names.size() - 8;
    this.bottom = slanted ? 50 + (int) Math.ceil(longest * Math.sin(-SLANT)) : 60;
  }

  private double nameWidth(String name) {
    return Text.width(nameFont(name), name);
  }

  private Font nameFont(String name) {
    return Text.fitting(Text.LABEL, name, WIDTH - ColorBar.WIDTH - SIDE - 50);
  }

  @Override
  public int height() {
    return TOP + SIDE + bottom;
  }

  private int edge(int index) {
    return index * SIDE / names.size();
  }

  @Override
  public void draw(Graphics2D g) {
    String title =
        String.format(
            Locale.ROOT,
            "Confusion matrix (%d samples, %.2f %% right)",
            matrix.total(),
            100 * matrix.accuracy());
    Text.draw(g, Text.TITLE, title, left + SIDE / 2.0, TOP / 2.0, Text.Anchor.CENTER);
    for (int c = 0; c < names.size(); c++) {
      drawRow(g, c);
    }
    g.setColor(Color.DARK_GRAY);
    g.setStroke(new BasicStroke(1f));
    g.drawRect(left, TOP, SIDE, SIDE);
    for (int c = 0; c < names.size(); c++) {
      drawNames(g, c);
    }
    Text.draw(g, Text.AXIS, "predicted", left + SIDE / 2.0, height() - 16.0, Text.Anchor.CENTER);
    Text.drawUpward(g, Text.AXIS, "actual", 16, TOP + SIDE / 2.0);
    new ColorBar(ColorScale.CIVIDIS, 0, 1, "share of the actual class")
        .draw(g, left + SIDE + 20, TOP, SIDE);
  }

  private void drawRow(Graphics2D g, int actual) {
    int ofClass = IntStream.range(0, names.size()).map(p -> matrix.count(actual, p)).sum();
    int y = TOP + edge(actual);
    int height = edge(actual + 1) - edge(actual);
    for (int predicted = 0; predicted < names.size(); predicted++) {
      int x = left + edge(predicted);
      int width = edge(predicted + 1) - edge(predicted);
      int count = matrix.count(actual, predicted);
      Color ground = ColorScale.CIVIDIS.at(ofClass == 0 ? 0 : (double) count / ofClass);
      g.setColor(ground);
      g.fillRect(x, y, width, height);
      String text = Integer.toString(count);
      Font font = Text.fitting(Text.LABEL, text, width - 4.0);
      Color ink = ColorScale.ink(ground);
      Text.draw(g, font, ink, text, x + width / 2.0, y + height / 2.0, Text.Anchor.CENTER);
    }
  }

  private void drawNames(Graphics2D g, int c) {
    String name = names.get(c);
    double center = (edge(c) + edge(c + 1)) / 2.0;
    Text.draw(g, nameFont(name), name, left - 8.0, TOP + center, Text.Anchor.RIGHT);
    double x = left + center;
    double y = TOP + SIDE + 12.0;
    if (slanted) {
      Text.drawTurned(g, nameFont(name), name, x + 2, y, SLANT, Text.Anchor.RIGHT);
    } else {
      Text.draw(g, nameFont(name), name, x, y, Text.Anchor.CENTER);
    }
  }
}
