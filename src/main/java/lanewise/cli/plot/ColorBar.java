package lanewise.cli.plot;

import java.awt.Color;
import java.awt.Graphics2D;
import java.math.BigDecimal;
import java.math.MathContext;

/**
 * The key to a colour scale: a vertical bar with its ends and middle marked, and a name.
 *
 * @param scale of the colours
 * @param low the value at the lower end
 * @param high the value at the upper end
 * @param name of the values, with their unit
 */
record ColorBar(ColorScale scale, double low, double high, String name) {
  /** The room it takes, in pixels. */
  static final int WIDTH = 100;

  private static final int BAR = 18;

  /** Draws the bar with its upper left corner at (x, y). */
  void draw(Graphics2D g, int x, int y, int height) {
    Raster.draw(g, x, y, BAR, height, 1, height, (_, row) -> scale.at(1 - (row + 0.5) / height));
    g.setColor(Color.DARK_GRAY);
    g.drawRect(x, y, BAR, height);
    for (double share : new double[] {0, 0.5, 1}) {
      double tick = y + (1 - share) * height;
      Text.draw(
          g, Text.LABEL, label(low + share * (high - low)), x + BAR + 6, tick, Text.Anchor.LEFT);
    }
    Text.drawUpward(g, Text.AXIS, name, x + BAR + 58, y + height / 2.0);
  }

  private static String label(double value) {
    return new BigDecimal(value, new MathContext(2)).stripTrailingZeros().toPlainString();
  }
}
