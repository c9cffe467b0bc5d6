package lanewise.cli.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import lanewise.network.Network;
import lanewise.network.Parameter;
import lanewise.shape.Shape;

/**
 * The first layer's weights as tiles, one for each filter or unit, its channels beside each other,
 * on a scale that is the same for all and symmetric about zero.
 */
final class Filters implements Picture {
  private static final int TOP = 60;

  private final float[] parameters;
  private final Parameter weights; // [height, width, channels, units] or [features, units]
  private final Shape tile; // [height, width, channels]
  private final int units;
  private final TileGrid grid;
  private final double largest;

  /**
   * @param image {@code [height, width, channels]} of an input, for a network that starts dense
   */
  Filters(Network network, Shape image) {
    if (network.parameterList().isEmpty()) {
      throw new IllegalArgumentException("Plots: a network without parameters has no filters");
    }
    this.parameters = network.parameters();
    this.weights = network.parameterList().getFirst();
    Shape shape = weights.shape();
    this.units = shape.size(shape.rank() - 1);
    this.tile = shape.rank() == 4 ? Shape.of(shape.size(0), shape.size(1), shape.size(2)) : image;
    if (tile.rank() != 3 || tile.size() * units != weights.size()) {
      throw new IllegalArgumentException(
          "Plots: the first layer must read images [height, width, channels], got %s for weights %s"
              .formatted(image, shape));
    }
    int shown = Math.min(units, TileGrid.MOST);
    int width = WIDTH - ColorBar.WIDTH - 10;
    this.grid = TileGrid.of(shown, width, tile.size(1) * tile.size(2), tile.size(0), 14);
    this.largest = largest(shown);
  }

  private double largest(int shown) {
    double max = 0;
    for (int i = 0; i < weights.size(); i++) {
      if (i % units < shown) {
        max = Math.max(max, Math.abs(parameters[weights.offset() + i]));
      }
    }
    return max > 0 ? max : 1;
  }

  @Override
  public int height() {
    return TOP + Math.max(grid.height(), 240) + 10;
  }

  @Override
  public void draw(Graphics2D g) {
    String channels =
        switch (tile.size(2)) {
          case 1 -> "";
          case 3 -> ", red, green and blue beside each other";
          default -> ", " + tile.size(2) + " channels beside each other";
        };
    String title = "First layer: %s (%d of %d%s)";
    Text.draw(
        g,
        Text.TITLE,
        title.formatted(weights.name(), grid.count(), units, channels),
        WIDTH / 2.0,
        TOP / 2.0,
        Text.Anchor.CENTER);
    for (int unit = 0; unit < grid.count(); unit++) {
      drawTile(g, unit);
    }
    new ColorBar(ColorScale.BLUE_RED, -largest, largest, "weight")
        .draw(g, WIDTH - ColorBar.WIDTH, TOP, height() - TOP - 24);
  }

  private void drawTile(Graphics2D g, int unit) {
    int x = 5 + grid.x(unit);
    int y = TOP + grid.y(unit);
    int width = tile.size(1);
    Raster.draw(
        g,
        x,
        y,
        grid.tileWidth(),
        grid.tileHeight(),
        width * tile.size(2),
        tile.size(0),
        (column, row) -> {
          float weight = weight(row, column % width, column / width, unit);
          return ColorScale.BLUE_RED.at(0.5 + 0.5 * weight / largest);
        });
    g.setColor(Color.GRAY);
    g.setStroke(new BasicStroke(1f));
    g.drawRect(x, y, grid.tileWidth(), grid.tileHeight());
  }

  private float weight(int row, int column, int channel, int unit) {
    int feature = (row * tile.size(1) + column) * tile.size(2) + channel;
    return parameters[weights.offset() + feature * units + unit];
  }
}
