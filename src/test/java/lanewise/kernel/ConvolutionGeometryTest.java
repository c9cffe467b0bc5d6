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
  void shapesOfOneSetAreAllKept() {
    List<ConvolutionShape> shapes =
        IntStream.range(1, 3000)
            .mapToObj(
                batch -> ConvolutionShape.of(batch, 9, 9, 3, 4, 3, 3, 1, 1, Padding.SAME, 1, 1, 1))
            .filter(shape -> ConvolutionGeometry.set(shape) == 17)
            .limit(11)
            .toList();
    assertEquals(11, shapes.size());
    shapes.forEach(ConvolutionGeometry::of); // the set is full, whatever was in it
    List<ConvolutionShape> last = shapes.subList(0, 4);
    List<ConvolutionGeometry> made = last.stream().map(ConvolutionGeometry::of).toList();
    for (int i = 0; i < last.size(); i++) {
      assertSame(made.get(i), ConvolutionGeometry.of(last.get(i)), last.get(i)::toString);
    }
  }
}
