package lanewise.kernel;

/**
 * A thread's own buffers, grown to the largest size asked for and then kept. Their content is
 * undefined.
 */
final class Scratch {
  private static final ThreadLocal<Scratch> CURRENT = ThreadLocal.withInitial(Scratch::new);

  private float[] image = {};
  private float[] patches = {};
  private float[] left = {};
  private float[] right = {};
  private float[] filter = {};
  private float[] rows = {};
  private float[] lines = {};
  private float[] products = {};
  private int[] offsets = {};
  final float[] tile = new float[TriplePixelTile.ROWS * Microkernel.NR];
  final float[] bias = new float[Microkernel.NR];
  final TileStore store = new TileStore();

  private Scratch() {}

  static Scratch current() {
    return CURRENT.get();
  }

  /** At least {@code size} floats for a padded image. */
  float[] image(int size) {
    if (image.length < size) {
      image = new float[size];
    }
    return image;
  }

  /** At least {@code size} floats for patches side by side. */
  float[] patches(int size) {
    if (patches.length < size) {
      patches = new float[size];
    }
    return patches;
  }

  /** At least {@code size} floats for a packed left operand. */
  float[] left(int size) {
    if (left.length < size) {
      left = new float[size];
    }
    return left;
  }

  /** At least {@code size} floats for a packed right operand. */
  float[] right(int size) {
    if (right.length < size) {
      right = new float[size];
    }
    return right;
  }

  /** At least {@code size} floats for a part of a transformed filter. */
  float[] filter(int size) {
    if (filter.length < size) {
      filter = new float[size];
    }
    return filter;
  }

  /** At least {@code size} floats for rows of an output. */
  float[] rows(int size) {
    if (rows.length < size) {
      rows = new float[size];
    }
    return rows;
  }

  /** At least {@code size} floats for transformed lines. */
  float[] lines(int size) {
    if (lines.length < size) {
      lines = new float[size];
    }
    return lines;
  }

  /** At least {@code size} floats for the products of transformed lines. */
  float[] products(int size) {
    if (products.length < size) {
      products = new float[size];
    }
    return products;
  }

  /** At least {@code size} offsets of rows. */
  int[] offsets(int size) {
    if (offsets.length < size) {
      offsets = new int[size];
    }
    return offsets;
  }
}
