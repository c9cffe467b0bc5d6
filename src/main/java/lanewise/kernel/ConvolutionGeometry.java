package lanewise.kernel;

import lanewise.shape.ConvolutionShape;
import org.jspecify.annotations.Nullable;

/**
 * What a shape needs in both directions, kept for the shapes that a thread meets again and again.
 */
final class ConvolutionGeometry {
  private static final int SLOTS = 256;

  /**
   * Slots in which a shape is looked for, so that two of one hash code do not drive each other out.
   */
  private static final int PROBES = 8;

  private static final ThreadLocal<@Nullable ConvolutionGeometry[]> RECENT =
      ThreadLocal.withInitial(() -> new ConvolutionGeometry[SLOTS]);

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
    int first = shape.hashCode();
    int free = first & (SLOTS - 1);
    for (int i = 0; i < PROBES; i++) {
      int slot = (first + i) & (SLOTS - 1);
      ConvolutionGeometry found = recent[slot];
      if (found == null) {
        free = slot;
        break;
      }
      if (found.shape.equals(shape)) {
        return found;
      }
    }
    ConvolutionGeometry made = new ConvolutionGeometry(shape);
    recent[free] = made;
    return made;
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
