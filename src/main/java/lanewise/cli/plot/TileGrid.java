package lanewise.cli.plot;

/**
 * Places tiles of one size in rows.
 *
 * @param count of the tiles
 * @param columns tiles in a row
 * @param cellWidth pixels from one column to the next
 * @param tileWidth pixels of a tile
 * @param tileHeight pixels of a tile
 * @param captionHeight pixels from a tile to the next row
 */
record TileGrid(
    int count, int columns, int cellWidth, int tileWidth, int tileHeight, int captionHeight) {
  /** The most tiles that a picture shows. */
  static final int MOST = 36;

  private static final int GAP = 14;

  /**
   * A grid in which tiles of {@code columnsOfTile × rowsOfTile} cells are as large as fits.
   *
   * @param width of all, in pixels
   */
  static TileGrid of(int count, int width, int columnsOfTile, int rowsOfTile, int captionHeight) {
    double aspect = (double) columnsOfTile / rowsOfTile;
    int fewest = Math.clamp(count, 1, aspect > 2 ? 2 : 4);
    int columns = Math.clamp(Math.round(Math.sqrt(count / aspect)), fewest, 6);
    int cellWidth = width / columns;
    int tileWidth = Math.min(cellWidth - GAP, 220);
    int tileHeight = Math.max(1, (int) Math.round(tileWidth / aspect));
    return new TileGrid(count, columns, cellWidth, tileWidth, tileHeight, captionHeight);
  }

  /** The left edge of tile {@code index}. */
  int x(int index) {
    return index % columns * cellWidth + (cellWidth - tileWidth) / 2;
  }

  /** The upper edge of tile {@code index}. */
  int y(int index) {
    return index / columns * (tileHeight + captionHeight);
  }

  /** The height of all rows. */
  int height() {
    return Math.ceilDiv(count, columns) * (tileHeight + captionHeight);
  }
}
