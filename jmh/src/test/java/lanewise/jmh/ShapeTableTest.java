package lanewise.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ShapeTableTest {
  @Test
  void readsEveryShape() {
    assertEquals(
        new Product(256, 256, 256, true, false), Product.SHAPES.get("square-256-transposed-a"));
    assertEquals(96, ConvolutionOperands.SHAPES.get("mobilenetv2-depthwise-112-96-down").groups());
    assertEquals(112, PoolingBenchmark.SHAPES.get("resnet50-1").inHeight());
  }

  @Test
  void refusesAnUnknownName() {
    assertThrows(IllegalArgumentException.class, () -> Product.SHAPES.get("none"));
  }
}
