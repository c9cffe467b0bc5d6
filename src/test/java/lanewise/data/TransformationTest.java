package lanewise.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import lanewise.shape.Shape;
import org.junit.jupiter.api.Test;

/** Tests splits, standardization, augmentation and the generators. */
class TransformationTest {
  private static Dataset random(Shape shape, int size) {
    float[] values = new float[size * shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = 1000 + (i * 7919 % 1009) * (1 + i % 3);
    }
    int[] labels = IntStream.range(0, size).map(i -> i % 3).toArray();
    return FloatDataset.ofClasses(shape, values, labels, List.of("a", "b", "c"));
  }

  private static float[] sample(Dataset dataset, int index) {
    float[] sample = new float[dataset.sampleShape().size()];
    dataset.sample(index, sample, 0);
    return sample;
  }

  @Test
  void splitsTakeEverySampleOnce() {
    Dataset dataset = random(Shape.of(2), 103);
    TrainTest split = Splits.trainTest(dataset, 20, 4);
    assertEquals(83, split.train().size());
    Set<String> seen = new TreeSet<>();
    for (Dataset part : List.of(split.train(), split.test())) {
      for (int i = 0; i < part.size(); i++) {
        seen.add(Arrays.toString(sample(part, i)));
      }
    }
    assertEquals(103, seen.size());
    assertArrayEquals(sample(split.test(), 5), sample(Splits.trainTest(dataset, 20, 4).test(), 5));
    assertThrows(IllegalArgumentException.class, () -> Splits.trainTest(dataset, 0, 4));
    assertThrows(IllegalArgumentException.class, () -> Splits.trainTest(dataset, 103, 4));
  }

  @Test
  void oneClassStandsAgainstTheRest() {
    Dataset dataset = random(Shape.of(2), 7).oneAgainstRest(2);
    assertEquals(List.of("not c", "c"), dataset.classNames());
    assertArrayEquals(
        new int[] {0, 0, 1, 0, 0, 1, 0}, IntStream.range(0, 7).map(dataset::label).toArray());
    assertThrows(IndexOutOfBoundsException.class, () -> dataset.oneAgainstRest(2));
  }

  @Test
  void standardizedFeaturesHaveMean0AndDeviation1() {
    Dataset dataset = random(Shape.of(4, 5, 3), 50);
    assertStandard(Standardization.fit(dataset).apply(dataset), 60);
    assertStandard(Standardization.fitChannels(dataset).apply(dataset), 3);
    Dataset constant = FloatDataset.ofTargets(Shape.of(1), new float[] {5, 5}, new float[2], 1);
    assertArrayEquals(new float[1], sample(Standardization.fit(constant).apply(constant), 1));
  }

  private static void assertStandard(Dataset dataset, int features) {
    double[] sum = new double[features];
    double[] squares = new double[features];
    for (int s = 0; s < dataset.size(); s++) {
      float[] sample = sample(dataset, s);
      for (int i = 0; i < sample.length; i++) {
        sum[i % features] += sample[i];
        squares[i % features] += (double) sample[i] * sample[i];
      }
    }
    double count = (double) dataset.size() * dataset.sampleShape().size() / features;
    for (int i = 0; i < features; i++) {
      // Mean, deviation, difference and quotient are each rounded to float; values reach five
      // deviations.
      assertEquals(0, sum[i] / count, 5 * 4 * 0x1p-24 * 5);
      assertEquals(1, squares[i] / count, 5 * 4 * 0x1p-24 * 5);
    }
  }

  @Test
  void knownFiguresStandardizeChannels() {
    Dataset image =
        FloatDataset.ofTargets(Shape.of(1, 2, 2), new float[] {1, 2, 3, 4}, new float[1], 1);
    Standardization channels = new Standardization(new float[] {1, 2}, new float[] {2, 4});
    assertArrayEquals(new float[] {0, 0, 1, 0.5f}, sample(channels.apply(image), 0));
    Dataset three = random(Shape.of(3), 2);
    assertThrows(IllegalArgumentException.class, () -> channels.apply(three));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Standardization(new float[] {1}, new float[] {0}));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Standardization(new float[] {1}, new float[] {Float.NaN}));
  }

  /**
   * Every shift and both mirror images occur, and each is what the definition says, pixel by pixel.
   */
  @Test
  void augmentationShiftsAndMirrors() {
    Shape shape = Shape.of(3, 4, 2);
    float[] image = new float[24];
    for (int i = 0; i < 24; i++) {
      image[i] = i + 1;
    }
    Set<String> expected = new TreeSet<>();
    for (int down = -2; down <= 2; down++) {
      for (int right = -2; right <= 2; right++) {
        for (int mirrored = 0; mirrored < 2; mirrored++) {
          float[] changed = new float[24];
          for (int i = 0; i < 24; i++) {
            int y = i / 8 - down;
            int x = i / 2 % 4 - right;
            boolean inside = y >= 0 && y < 3 && x >= 0 && x < 4;
            int column = mirrored == 1 ? 3 - x : x;
            changed[i] = inside ? image[(y * 4 + column) * 2 + i % 2] : 0;
          }
          expected.add(Arrays.toString(changed));
        }
      }
    }
    Set<String> seen = new TreeSet<>();
    float[] out = new float[26];
    for (int key = 0; key < 2000; key++) {
      Arrays.fill(out, Float.NaN);
      new Augmentation(2, true).apply(shape, key, image, 0, out, 1);
      assertTrue(Float.isNaN(out[0]) && Float.isNaN(out[25]));
      seen.add(Arrays.toString(Arrays.copyOfRange(out, 1, 25)));
    }
    assertEquals(50, expected.size());
    assertEquals(expected, seen);
  }

  @Test
  void augmentationDependsOnSeedEpochAndSampleAlone() {
    Dataset dataset = random(Shape.of(6, 6, 1), 40);
    Augmentation augmentation = new Augmentation(3, true);
    float[] first = epoch(new Batches(dataset, 7, 1, true, augmentation), 2);
    Batches resumed = new Batches(dataset, 13, 1, true, augmentation);
    epoch(resumed, 0);
    assertArrayEquals(first, epoch(resumed, 2));
    assertFalse(Arrays.equals(first, epoch(resumed, 3)));
    assertFalse(Arrays.equals(first, epoch(new Batches(dataset, 7, 1, true), 2)));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Batches(random(Shape.of(36), 2), 1, 1, true, augmentation));
    assertThrows(IllegalArgumentException.class, () -> new Augmentation(-1, true));
  }

  private static float[] epoch(Batches batches, int epoch) {
    batches.startEpoch(epoch);
    float[] all = new float[40 * 36];
    float[] inputs = new float[13 * 36];
    int seen = 0;
    for (int b = 0; b < batches.count(); b++) {
      int samples = batches.size(b);
      batches.inputs(b, inputs);
      System.arraycopy(inputs, 0, all, seen * 36, samples * 36);
      seen += samples;
    }
    assertEquals(40, seen);
    return all;
  }

  @Test
  void moonsAndCirclesLieWhereTheirFormulasSay() {
    Dataset moons = Synthetic.moons(101, 0, 3);
    Dataset circles = Synthetic.circles(101, 0, 0.5, 3);
    int outer = 0;
    for (int i = 0; i < 101; i++) {
      float[] moon = sample(moons, i);
      boolean first = moons.label(i) == 0;
      outer += first ? 1 : 0;
      double x = first ? moon[0] : 1 - moon[0];
      double y = first ? moon[1] : 0.5 - moon[1];
      assertEquals(1, x * x + y * y, 4 * 0x1p-23);
      assertTrue(y > -0x1p-23);
      float[] point = sample(circles, i);
      double radius = Math.hypot(point[0], point[1]);
      assertEquals(circles.label(i) == 0 ? 1 : 0.5, radius, 0x1p-23);
    }
    assertEquals(51, outer);
    assertArrayEquals(
        sample(Synthetic.moons(101, 0.2, 3), 7), sample(Synthetic.moons(101, 0.2, 3), 7));
    assertFalse(
        Arrays.equals(
            sample(Synthetic.moons(101, 0.2, 3), 7), sample(Synthetic.moons(101, 0.2, 4), 7)));
  }

  @Test
  void blobsGatherAboutOneCentreForEachClass() {
    Dataset blobs = Synthetic.blobs(3000, 2, 3, 1, 5);
    assertEquals(3, blobs.classes());
    Dataset tight = Synthetic.blobs(3000, 2, 3, 0, 5);
    double squares = 0;
    for (int i = 0; i < 3000; i++) {
      float[] point = sample(blobs, i);
      float[] center = sample(tight, i);
      squares += Math.pow(point[0] - center[0], 2) + Math.pow(point[1] - center[1], 2);
    }
    // The sum of 6,000 squares of normal numbers has the deviation √(2 · 6000) = 110; five of them.
    assertEquals(6000, squares, 5 * 110);
  }

  @Test
  void classificationTellsByItsInformativeFeatures() {
    Dataset task = Synthetic.classification(2000, 20, 5, 3, 1);
    assertEquals(Shape.of(20), task.sampleShape());
    double[] difference = new double[20];
    int ones = 0;
    for (int i = 0; i < 2000; i++) {
      float[] features = sample(task, i);
      ones += task.label(i);
      for (int f = 0; f < 20; f++) {
        difference[f] += task.label(i) == 1 ? features[f] : -features[f];
      }
    }
    assertEquals(1000, ones, 30);
    for (int f = 8; f < 20; f++) {
      assertEquals(0, difference[f], 5 * Math.sqrt(2000)); // a sum of 2,000 normal numbers
    }
    assertTrue(Arrays.stream(difference, 0, 5).anyMatch(d -> Math.abs(d) > 10 * Math.sqrt(2000)));
    assertThrows(IllegalArgumentException.class, () -> Synthetic.classification(10, 5, 4, 2, 1));
  }

  @Test
  void catsAreReadFromTheirFolder() throws java.io.IOException {
    TrainTest cats = CatVsNonCat.load(TestData.external("catvnoncat"));
    assertEquals(Shape.of(64, 64, 3), cats.train().sampleShape());
    assertEquals(209, cats.train().size());
    assertEquals(50, cats.test().size());
    assertEquals(72, IntStream.range(0, 209).map(cats.train()::label).sum());
  }
}
