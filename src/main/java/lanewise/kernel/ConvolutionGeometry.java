package lanewise.kernel;

import lanewise.shape.ConvolutionShape;
import org.jspecify.annotations.Nullable;

/**
 * What a shape needs in both directions, kept for the shapes that a thread meets again and again.
 */
record ConvolutionGeometry(ConvolutionShape shape, Patches forward, Patches backward) {
  private static final ThreadLocal<@Nullable ConvolutionGeometry[]> RECENT =
      ThreadLocal.withInitial(() -> new ConvolutionGeometry[64]);

  static ConvolutionGeometry of(ConvolutionShape shape) {
    @Nullable ConvolutionGeometry[] recent = RECENT.get();
    int slot = shape.hashCode() & (recent.length - 1);
    ConvolutionGeometry geometry = recent[slot];
    if (geometry == null || !geometry.shape.equals(shape)) {
      geometry = new ConvolutionGeometry(shape, Patches.forward(shape), Patches.backward(shape));
      recent[slot] = geometry;
    }
    return geometry;
  }
}
