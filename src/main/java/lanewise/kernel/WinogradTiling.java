package lanewise.kernel;

import lanewise.shape.ConvolutionShape;

/**
 * How {@link Winograd} divides images into lines of tiles: of a phase's rows, each {@code
 * dilationHeight}-th, as many as a tile has, all phases of columns one after the other.
 */
final class WinogradTiling {
  WinogradLineTransforms transforms = Winograd4x4.TRANSFORMS;
  int dilationHeight;
  int dilationWidth;

  /** Columns of outputs in a tile. */
  int tileWidth;

  /** Tiles along one phase of a line's columns. */
  int tilesAcross;

  int linesPerImage;
  private int linesPerPhase;

  /** Divides images of {@code height × width}: the output, or the input that is written. */
  void set(
      WinogradLineTransforms transforms, int tileWidth, ConvolutionShape s, int height, int width) {
    this.transforms = transforms;
    this.tileWidth = tileWidth;
    dilationHeight = s.dilationHeight();
    dilationWidth = s.dilationWidth();
    tilesAcross = tiles(width, dilationWidth, tileWidth);
    linesPerPhase = tiles(height, dilationHeight, transforms.tile);
    linesPerImage = dilationHeight * linesPerPhase;
  }

  /** Tiles along one of each {@code dilation} outputs. */
  static int tiles(int pixels, int dilation, int tile) {
    return Math.ceilDiv(Math.ceilDiv(pixels, dilation), tile);
  }

  int tilesPerLine() {
    return dilationWidth * tilesAcross;
  }

  /** The first of a line's rows in its image. */
  int firstRow(int line) {
    int inImage = line % linesPerImage;
    int phase = inImage / linesPerPhase;
    return transforms.tile * (inImage % linesPerPhase) * dilationHeight + phase;
  }
}
