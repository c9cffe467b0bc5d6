package lanewise.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import lanewise.shape.Shape;
import org.junit.jupiter.api.Test;

class EmbeddedDataTest {
  private static int[] classCounts(Dataset dataset) {
    int[] counts = new int[dataset.classes()];
    for (int i = 0; i < dataset.size(); i++) {
      counts[dataset.label(i)]++;
    }
    return counts;
  }

  private static int[] repeat(int value) {
    int[] values = new int[10];
    java.util.Arrays.fill(values, value);
    return values;
  }

  @Test
  void fashionMnistIsWhole() throws IOException {
    TrainTest fashion = FashionMnist.load(TestData.embedded("fashion-mnist"));
    assertEquals(Shape.of(28, 28, 1), fashion.train().sampleShape());
    assertArrayEquals(repeat(6000), classCounts(fashion.train()));
    assertArrayEquals(repeat(1000), classCounts(fashion.test()));
    assertEquals("Ankle boot", fashion.train().classNames().get(fashion.train().label(0)));
  }

  @Test
  void digitsAreSplitEvenlyAndPadded() throws IOException {
    TrainTest digits = Digits.load(TestData.embedded("digits"));
    assertEquals(Shape.of(28, 28, 1), digits.train().sampleShape());
    assertArrayEquals(repeat(400), classCounts(digits.train()));
    assertArrayEquals(repeat(100), classCounts(digits.test()));
    float[] sample = new float[28 * 28];
    for (Dataset part : new Dataset[] {digits.train(), digits.test()}) {
      for (int i = 0; i < part.size(); i++) {
        part.sample(i, sample, 0);
        float brightest = 0;
        for (int p = 0; p < sample.length; p++) {
          boolean border = p / 28 < 4 || p / 28 >= 24 || p % 28 < 4 || p % 28 >= 24;
          assertEquals(0f, border ? sample[p] : 0f);
          brightest = Math.max(brightest, sample[p]);
        }
        assertEquals(1f, brightest, 0.6f);
      }
    }
  }

  @Test
  void mnistIsReadFromItsFolder() throws IOException {
    TrainTest mnist = Mnist.load(Mnist.find(TestData.external("mnist")));
    assertArrayEquals(
        new int[] {5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949},
        classCounts(mnist.train()));
    assertEquals(10_000, mnist.test().size());
  }
}
