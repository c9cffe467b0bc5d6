package lanewise.cli.plot;

import static java.nio.charset.StandardCharsets.UTF_8;

import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import lanewise.io.AtomicFile;

/** What can be drawn; one routine serves the pixels and the vectors. */
interface Picture {
  /** The width of every picture, in pixels. */
  int WIDTH = 800;

  /** In pixels. */
  int height();

  /** Draws on a white ground of {@link #WIDTH} × {@link #height}. */
  void draw(Graphics2D graphics);

  /**
   * Writes {@code name.png} and {@code name.svg}.
   *
   * @param folder made if missing
   * @throws IOException if the folder cannot be made or a file not be written
   */
  default void write(Path folder, String name) throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new IOException(folder + " is a file, expected a folder for the pictures");
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new IOException(folder + ": the folder for the pictures cannot be made", e);
    }
    BufferedImage image = pixels();
    AtomicFile.write(folder.resolve(name + ".png"), out -> ImageIO.write(image, "png", out));
    byte[] vectors = vectors();
    AtomicFile.write(folder.resolve(name + ".svg"), out -> out.write(vectors));
  }

  private BufferedImage pixels() {
    BufferedImage image = new BufferedImage(WIDTH, height(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    drawOnWhite(graphics);
    graphics.dispose();
    return image;
  }

  private byte[] vectors() throws IOException {
    VectorGraphics2D graphics = new VectorGraphics2D();
    drawOnWhite(graphics);
    PageSize page = new PageSize(0, 0, WIDTH, height());
    ByteArrayOutputStream svg = new ByteArrayOutputStream();
    new SVGProcessor().getDocument(graphics.getCommands(), page).writeTo(svg);
    // Where this machine's font is missing, a like one serves.
    return svg.toString(UTF_8)
        .replaceAll("(font-family:&quot;[^;]*&quot;)", "$1,sans-serif")
        .getBytes(UTF_8);
  }

  private void drawOnWhite(Graphics2D graphics) {
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, WIDTH, height());
    draw(graphics);
  }
}
