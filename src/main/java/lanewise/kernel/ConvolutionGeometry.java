package lanewise.kernel;

import lanewise.shape.ConvolutionShape;
import org.jspecify.annotations.Nullable;

/**
 * What a shape needs in both directions, kept for the shapes that a thread meets again and again.
 */
final class ConvolutionGeometry {
  private static final int SETS = 32;

  /** Shapes that a set keeps, so that two of one set do not drive each other out. */
  private static final int WAYS = 8;

  private static final ThreadLocal<@Nullable ConvolutionGeometry[]> RECENT =
      ThreadLocal.withInitial(() -> new ConvolutionGeometry[SETS * WAYS]);

  private final ConvolutionShape shape;
  private final Patches forward;
  private final Patches backward;
  private @Nullable ConvolutionGeometry rows;
  private @Nullable ConvolutionGeometry turnedRows;

  private ConvolutionGeometry(ConvolutionShape shape) {
    this.shape = shape;
    forward = Patches.forward(shape);
    backward = Patches.backward(shape);
  }

  static ConvolutionGeometry of(ConvolutionShape shape) {
    @Nullable ConvolutionGeometry[] recent = RECENT.get();
    int set = set(shape) * WAYS;
    for (int i = set; i < set + WAYS; i++) {
      ConvolutionGeometry found = recent[i];
      if (found == null) {
        break;
      }
      if (found.shape.equals(shape)) {
        return found;
      }
    }
    System.arraycopy(recent, set, recent, set + 1, WAYS - 1); // the oldest goes
    ConvolutionGeometry made = new ConvolutionGeometry(shape);
    recent[set] = made;
    return made;
  }

  /** The upper bits of a multiplicative hash: modulo 32, sizes of 32 and 64 channels are alike. */
  static int set(ConvolutionShape shape) {
    return ((shape.hashCode() * 0x9E3779B9) >>> 16) % SETS;
  }

  ConvolutionShape shape() {
    return shape;
  }

  Patches forward() {
    return forward;
  }

  Patches backward() {
    return backward;
  }

  /** Of the convolutions that {@link WinogradRows} makes of it forward. */
  ConvolutionGeometry rows() {
    ConvolutionGeometry made = rows;
    if (made == null) {
      made = new ConvolutionGeometry(WinogradRows.forward(shape));
      rows = made;
    }
    return made;
  }

  /** Likewise backward to the input. */
  ConvolutionGeometry turnedRows() {
    ConvolutionGeometry made = turnedRows;
    if (made == null) {
      made = new ConvolutionGeometry(WinogradRows.backward(shape));
      turnedRows = made;
    }
    return made;
  }
}
