package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import java.util.stream.IntStream;
import lanewise.shape.ConvolutionShape;
import lanewise.shape.Padding;
import org.junit.jupiter.api.Test;

final class ConvolutionGeometryTest {
  /** Else each would be made again at every step, which allocates. */
  @Test
  void shapesOfOneSlotAreAllKept() {
    List<ConvolutionShape> shapes =
        IntStream.range(1, 2000)
            .mapToObj(
                batch -> ConvolutionShape.of(batch, 9, 9, 3, 4, 3, 3, 1, 1, Padding.SAME, 1, 1, 1))
            .filter(shape -> (shape.hashCode() & 255) == 17)
            .limit(4)
            .toList();
    assertEquals(4, shapes.size());
    List<ConvolutionGeometry> made = shapes.stream().map(ConvolutionGeometry::of).toList();
    for (int i = 0; i < shapes.size(); i++) {
      assertSame(made.get(i), ConvolutionGeometry.of(shapes.get(i)), shapes.get(i)::toString);
    }
  }
}
