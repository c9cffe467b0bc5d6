package lanewise.cli.plot;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.font.FontRenderContext;

/** Labels. They stay text in an SVG file. */
final class Text {
  static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 16);
  static final Font AXIS = new Font(Font.SANS_SERIF, Font.BOLD, 14);
  static final Font LABEL = new Font(Font.SANS_SERIF, Font.PLAIN, 13);

  private static final int SMALLEST = 8;

  /** The same for pixels and vectors, so that both are laid out alike. */
  private static final FontRenderContext METRICS = new FontRenderContext(null, true, true);

  /** Where a text stands relative to its point. */
  enum Anchor {
    LEFT(0),
    CENTER(0.5),
    RIGHT(1);

    private final double share; // of the text's width, left of the point

    Anchor(double share) {
      this.share = share;
    }
  }

  private Text() {}

  /** The width of {@code text} in pixels. */
  static double width(Font font, String text) {
    return font.getStringBounds(text, METRICS).getWidth();
  }

  /** {@code font}, or a smaller one in which {@code text} is at most {@code width} wide. */
  static Font fitting(Font font, String text, double width) {
    double size = font.getSize() * Math.min(1, width / Math.max(1, width(font, text)));
    return font.deriveFont((float) Math.max(SMALLEST, Math.floor(size)));
  }

  /** Draws in black, vertically centred on {@code y}. */
  static void draw(Graphics2D g, Font font, String text, double x, double y, Anchor anchor) {
    draw(g, font, Color.BLACK, text, x, y, anchor);
  }

  /** Draws vertically centred on {@code y}. */
  static void draw(
      Graphics2D g, Font font, Color color, String text, double x, double y, Anchor anchor) {
    g.setFont(font);
    g.setColor(color);
    double left = x - anchor.share * width(font, text);
    double baseline = y + 0.36 * font.getSize2D(); // half the height of a capital
    g.drawString(text, (float) left, (float) baseline);
  }

  /** Draws upward, as the name of a vertical axis, centred on the point. */
  static void drawUpward(Graphics2D g, Font font, String text, double x, double y) {
    drawTurned(g, font, text, x, y, -Math.PI / 2, Anchor.CENTER);
  }

  /** Draws turned about the point by {@code angle}, clockwise in radians. */
  static void drawTurned(
      Graphics2D g, Font font, String text, double x, double y, double angle, Anchor anchor) {
    g.rotate(angle, x, y);
    draw(g, font, text, x, y, anchor);
    g.rotate(-angle, x, y);
  }
}
