package lanewise.cli.plot;

import java.awt.Color;
import java.awt.Graphics2D;
import java.util.Objects;
import lanewise.data.Dataset;
import lanewise.shape.Shape;

/** The first wrongly classified images, each with its class and what it was taken for. */
final class Misclassified implements Picture {
  private static final int TOP = 50;
  private static final int CAPTION = 48;

  private final Dataset images;
  private final int[] indices;
  private final int[] predicted; // [indices]
  private final Shape shape;
  private final TileGrid grid;

  Misclassified(Dataset images, int[] indices, int[] predicted) {
    this.shape = images.sampleShape();
    if (shape.rank() != 3 || (shape.size(2) != 1 && shape.size(2) != 3)) {
      throw new IllegalArgumentException(
          "Plots: images must be [height, width, 1 or 3 channels], got " + shape);
    }
    if (indices.length != predicted.length) {
      throw new IllegalArgumentException(
          "Plots: there must be one predicted class for each of the %d images, got %d"
              .formatted(indices.length, predicted.length));
    }
    for (int i = 0; i < indices.length; i++) {
      Objects.checkIndex(indices[i], images.size());
      Objects.checkIndex(predicted[i], images.classes());
    }
    this.images = images;
    this.indices = indices;
    this.predicted = predicted;
    int shown = Math.min(indices.length, TileGrid.MOST);
    this.grid = TileGrid.of(shown, WIDTH - 20, shape.size(1), shape.size(0), CAPTION);
  }

  @Override
  public int height() {
    return TOP + grid.height();
  }

  @Override
  public void draw(Graphics2D g) {
    String title =
        "Wrongly classified images, actual → predicted (%d of %d)"
            .formatted(grid.count(), indices.length);
    Text.draw(g, Text.TITLE, title, WIDTH / 2.0, TOP / 2.0, Text.Anchor.CENTER);
    for (int i = 0; i < grid.count(); i++) {
      drawTile(g, i);
    }
  }

  private void drawTile(Graphics2D g, int i) {
    int x = 10 + grid.x(i);
    int y = TOP + grid.y(i);
    float[] pixels = pixels(indices[i]);
    int width = shape.size(1);
    int channels = shape.size(2);
    Raster.draw(
        g,
        x,
        y,
        grid.tileWidth(),
        grid.tileHeight(),
        width,
        shape.size(0),
        (column, row) -> color(pixels, (row * width + column) * channels));
    double center = x + grid.tileWidth() / 2.0;
    double below = y + grid.tileHeight() + 12.0;
    drawCaption(g, images.classNames().get(images.label(indices[i])), center, below);
    drawCaption(g, "→ " + images.classNames().get(predicted[i]), center, below + 16);
  }

  private void drawCaption(Graphics2D g, String text, double x, double y) {
    Text.draw(
        g, Text.fitting(Text.LABEL, text, grid.cellWidth() - 4.0), text, x, y, Text.Anchor.CENTER);
  }

  private Color color(float[] pixels, int first) {
    if (shape.size(2) == 1) {
      return ColorScale.GREY.at(pixels[first]);
    }
    return new Color(pixels[first], pixels[first + 1], pixels[first + 2]);
  }

  /**
   * The pixels in [0, 1]; those of normalized images are stretched from their least to greatest.
   */
  private float[] pixels(int index) {
    float[] pixels = new float[shape.size()];
    images.sample(index, pixels, 0);
    float low = 0;
    float high = 1;
    for (float pixel : pixels) {
      low = Math.min(low, pixel);
      high = Math.max(high, pixel);
    }
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = Math.clamp((pixels[i] - low) / (high - low), 0f, 1f);
    }
    return pixels;
  }
}
