package lanewise.cli.plot;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;

/** Draws fields of colours as one image: sharp pixels, and one element of an SVG file. */
final class Raster {
  /** The colour of a cell. */
  @FunctionalInterface
  interface Cells {
    /** The colour of column {@code x} and row {@code y}, both from 0. */
    Color at(int x, int y);
  }

  private Raster() {}

  /** Draws {@code columns × rows} cells as {@code width × height} pixels at (x, y). */
  static void draw(
      Graphics2D g, int x, int y, int width, int height, int columns, int rows, Cells cells) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < height; i++) {
      for (int j = 0; j < width; j++) {
        image.setRGB(j, i, cells.at(j * columns / width, i * rows / height).getRGB());
      }
    }
    g.drawImage(image, x, y, null);
  }
}
