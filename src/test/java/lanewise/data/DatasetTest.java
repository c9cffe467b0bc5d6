package lanewise.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import lanewise.shape.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetTest {
  private static final List<String> THREE = List.of("a", "b", "c");

  /** Sample i is (i, −i) in class i mod 3. */
  private static FloatDataset numbered(int size) {
    float[] values = new float[2 * size];
    int[] labels = new int[size];
    for (int i = 0; i < size; i++) {
      values[2 * i] = i;
      values[2 * i + 1] = -i;
      labels[i] = i % 3;
    }
    return FloatDataset.ofClasses(Shape.of(2), values, labels, THREE);
  }

  private static float first(Dataset dataset, int index) {
    float[] sample = new float[2];
    dataset.sample(index, sample, 0);
    return sample[0];
  }

  @Test
  void selectionsComposeAndReadThrough() {
    Dataset chosen = numbered(10).select(9, 4, 4, 1).subset(1, 4).take(3);
    assertEquals(3, chosen.size());
    assertEquals(4f, first(chosen, 0));
    assertEquals(4f, first(chosen, 1));
    assertEquals(1f, first(chosen, 2));
    assertEquals(1, chosen.label(0));
    float[] target = {9, 9, 9, 9, 9};
    chosen.target(2, target, 1);
    assertArrayEquals(new float[] {9, 0, 1, 0, 9}, target);
    assertThrows(IndexOutOfBoundsException.class, () -> numbered(3).select(3));
    assertThrows(IndexOutOfBoundsException.class, () -> numbered(3).take(4));
    assertThrows(IllegalArgumentException.class, () -> numbered(3).take(0));
  }

  @Test
  void realTargetsHaveNoLabels() {
    Dataset dataset =
        FloatDataset.ofTargets(Shape.of(1), new float[] {1, 2}, new float[] {3, 4, 5, 6}, 2);
    float[] target = new float[2];
    dataset.target(1, target, 0);
    assertArrayEquals(new float[] {5, 6}, target);
    assertEquals(2, dataset.targetSize());
    assertEquals(0, dataset.classes());
    assertThrows(IllegalStateException.class, () -> dataset.label(0));
  }

  @Test
  void constructorsCheckTheirArrays() {
    assertThrows(
        IllegalArgumentException.class,
        () -> FloatDataset.ofClasses(Shape.of(2), new float[3], new int[2], THREE));
    assertThrows(
        IllegalArgumentException.class,
        () -> FloatDataset.ofClasses(Shape.of(1), new float[1], new int[] {3}, THREE));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ImageDataset(Shape.of(1, 1, 1), new byte[2], new byte[1], THREE));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ImageDataset(Shape.of(1, 1, 1), new byte[1], new byte[] {-1}, THREE));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new TrainTest(
                numbered(2), FloatDataset.ofClasses(Shape.of(1), new float[1], new int[1], THREE)));
  }

  @Test
  void everyByteIsReadAsItsFractionOf255() {
    byte[] pixels = new byte[256];
    for (int i = 0; i < 256; i++) {
      pixels[i] = (byte) i;
    }
    float[] sample = new float[256];
    new ImageDataset(Shape.of(16, 16, 1), pixels, new byte[1], THREE).sample(0, sample, 0);
    for (int i = 0; i < 256; i++) {
      assertEquals((float) (i / 255.0), sample[i]);
    }
  }

  @Test
  void padAddsABorderOfZeros() {
    byte[] pixels = {1, 2, 3, 4, 5, 6, 7, 8};
    Dataset padded = new ImageDataset(Shape.of(1, 2, 2), pixels, new byte[2], THREE).pad(1);
    assertEquals(Shape.of(3, 4, 2), padded.sampleShape());
    float[] sample = new float[24];
    padded.sample(1, sample, 0);
    float[] expected = new float[24];
    for (int i = 0; i < 4; i++) {
      expected[10 + i] = (5 + i) / 255f;
    }
    assertArrayEquals(expected, sample);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 13, 16, 17, 207, 300})
  void anEpochTakesEverySampleOnce(int batch) {
    Dataset dataset = numbered(207);
    Batches batches = new Batches(dataset, batch, 5, true);
    batches.startEpoch(3);
    assertEquals((207 + batch - 1) / batch, batches.count());
    int[] order = batches.order(3);
    assertArrayEquals(IntStream.range(0, 207).toArray(), Arrays.stream(order).sorted().toArray());
    float[] inputs = new float[2 * batch];
    float[] targets = new float[3 * batch];
    int[] labels = new int[batch];
    int seen = 0;
    for (int b = 0; b < batches.count(); b++) {
      Arrays.fill(inputs, Float.NaN);
      int samples = batches.size(b);
      batches.inputs(b, inputs);
      batches.labels(b, labels);
      batches.targets(b, targets);
      for (int i = 0; i < samples; i++) {
        int sample = order[seen++];
        assertEquals(sample, inputs[2 * i]);
        assertEquals(-sample, inputs[2 * i + 1]);
        assertEquals(sample % 3, labels[i]);
        assertEquals(1f, targets[3 * i + sample % 3]);
      }
      for (int i = samples; i < batch; i++) {
        assertEquals(Float.NaN, inputs[2 * i]);
      }
    }
    assertEquals(207, seen);
  }

  @Test
  void theOrderDependsOnSeedAndEpochAlone() {
    Batches batches = new Batches(numbered(50), 8, 1, true);
    int[] order = batches.order(2);
    batches.startEpoch(7);
    assertArrayEquals(order, batches.order(2));
    assertArrayEquals(order, new Batches(numbered(50), 13, 1, true).order(2));
    assertNotEquals(Arrays.toString(order), Arrays.toString(batches.order(3)));
    assertNotEquals(
        Arrays.toString(order), Arrays.toString(new Batches(numbered(50), 8, 2, true).order(2)));
    assertArrayEquals(
        IntStream.range(0, 50).toArray(), new Batches(numbered(50), 8, 1, false).order(2));
    assertThrows(IllegalArgumentException.class, () -> new Batches(numbered(1), 0, 1, true));
  }
}
