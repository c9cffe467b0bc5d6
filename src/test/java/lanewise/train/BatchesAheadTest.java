package lanewise.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import lanewise.Allocations;
import lanewise.Lanewise;
import lanewise.data.Augmentation;
import lanewise.data.Batches;
import lanewise.data.Dataset;
import lanewise.loss.BinaryCrossEntropy;
import lanewise.loss.Loss;
import lanewise.loss.MeanSquaredError;
import lanewise.loss.SoftmaxCrossEntropy;
import lanewise.shape.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class BatchesAheadTest {
  private static final Augmentation SHIFTED = new Augmentation(2, true);

  private final int threads = Lanewise.threads();

  @AfterEach
  void restoreThreads() {
    Lanewise.threads(threads);
  }

  private static BatchesAhead ahead(
      Dataset data, int batch, Augmentation augmentation, Loss loss, int columns, int epochs) {
    Batches batches = new Batches(data, batch, 5, true, augmentation);
    return new BatchesAhead(
        batches, 2, 0, 2 + epochs, () -> new Samples(data, loss, batch, columns));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void givesWhatBatchesGivesInOrder(int number) {
    Lanewise.threads(number);
    Dataset data = Toys.stripes(50, 1);
    Batches batches = new Batches(data, 7, 5, true, SHIFTED);
    float[] inputs = new float[7 * 64];
    int[] labels = new int[7];
    try (BatchesAhead ahead = ahead(data, 7, SHIFTED, new SoftmaxCrossEntropy(), 3, 3)) {
      Samples before = null;
      for (int epoch = 2; epoch < 5; epoch++) {
        batches.startEpoch(epoch);
        for (int i = 0; i < batches.count(); i++) {
          Samples samples = ahead.take();
          batches.inputs(i, inputs);
          batches.labels(i, labels);
          // What lies beyond the last batch's samples is of no account.
          int size = batches.size(i);
          assertArrayEquals(
              Arrays.copyOf(inputs, size * 64), Arrays.copyOf(samples.inputs(), size * 64));
          assertArrayEquals(
              Arrays.copyOf(labels, size), Arrays.copyOf(samples.targets().labels(), size));
          if (number > 1) {
            assertNotSame(before, samples);
          }
          before = samples;
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void fillsInABatchThatIsAlwaysTheSameOnce(int number) {
    Lanewise.threads(number);
    Dataset data = Toys.stripes(50, 1);
    Batches batches = new Batches(data, 64, 5, false);
    float[] inputs = new float[64 * 64];
    batches.inputs(0, inputs);
    try (BatchesAhead ahead =
        new BatchesAhead(
            batches, 0, 0, 3, () -> new Samples(data, new SoftmaxCrossEntropy(), 64, 3))) {
      Samples first = ahead.take();
      assertArrayEquals(inputs, first.inputs());
      first.inputs()[0] = 42;
      assertSame(first, ahead.take());
      assertEquals(42, first.inputs()[0]);
    }
    assertFalse(new Batches(data, 64, 5, true).isAlwaysOne());
    assertFalse(new Batches(data, 49, 5, false).isAlwaysOne());
    assertFalse(new Batches(data, 50, 5, false, SHIFTED).isAlwaysOne());
  }

  @Test
  void fillsInTheTargetsThatALossReads() {
    Dataset rings = Toys.rings(8, 1);
    try (BatchesAhead one = ahead(rings, 8, Augmentation.NONE, new BinaryCrossEntropy(), 1, 1);
        BatchesAhead each = ahead(rings, 8, Augmentation.NONE, new BinaryCrossEntropy(), 2, 1);
        BatchesAhead line =
            ahead(Toys.linear(8, 1), 8, Augmentation.NONE, new MeanSquaredError(), 2, 1)) {
      Samples single = one.take();
      Samples onehot = each.take();
      for (int i = 0; i < 8; i++) {
        int label = single.targets().labels()[i];
        assertEquals(label, single.targets().values()[i]);
        assertEquals(1f, onehot.targets().values()[2 * i + label]);
        assertEquals(0f, onehot.targets().values()[2 * i + 1 - label]);
      }
      Samples numbers = line.take();
      assertEquals(0, numbers.targets().labels().length);
      float[] x = numbers.inputs();
      assertEquals(x[0] - 2 * x[1] + 1, numbers.targets().values()[0]);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void passesOnWhatADataSetThrows(int number) {
    Lanewise.threads(number);
    Dataset broken = new Broken(Toys.noise(9, 2, 2, 1));
    try (BatchesAhead ahead =
        ahead(broken, 1, Augmentation.NONE, new SoftmaxCrossEntropy(), 2, 9)) {
      IllegalStateException thrown =
          assertThrows(
              IllegalStateException.class,
              () -> {
                for (int i = 0; i < 9; i++) {
                  ahead.take();
                }
              });
      assertEquals("sample 7", thrown.getMessage());
    }
  }

  @Test
  void theThreadEndsWithIt() throws InterruptedException {
    Lanewise.threads(2);
    Dataset data = Toys.noise(9, 2, 2, 1);
    BatchesAhead ahead = ahead(data, 1, Augmentation.NONE, new SoftmaxCrossEntropy(), 2, 9);
    ahead.take();
    List<Thread> fillers = fillers();
    assertFalse(fillers.isEmpty());
    ahead.close();
    for (Thread filler : fillers) {
      filler.join();
    }
  }

  private static List<Thread> fillers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("lanewise-batches"))
        .toList();
  }

  @Test
  void allocatesNothingWithinAnEpoch() {
    Lanewise.threads(2);
    Dataset data = Toys.noise(1_000_000, 4, 2, 1);
    try (BatchesAhead ahead = ahead(data, 1, Augmentation.NONE, new SoftmaxCrossEntropy(), 2, 9)) {
      assertEquals(0, Allocations.steady(ahead::take));
      Thread filler = fillers().getLast();
      long before = Allocations.of(filler);
      for (int i = 0; i < 1000; i++) {
        ahead.take();
      }
      assertEquals(before, Allocations.of(filler));
    }
  }

  /** Throws for one of its samples. */
  private record Broken(Dataset whole) implements Dataset {
    @Override
    public int size() {
      return whole.size();
    }

    @Override
    public Shape sampleShape() {
      return whole.sampleShape();
    }

    @Override
    public int classes() {
      return whole.classes();
    }

    @Override
    public List<String> classNames() {
      return whole.classNames();
    }

    @Override
    public void sample(int index, float[] out, int offset) {
      if (index == 7) {
        throw new IllegalStateException("sample 7");
      }
      whole.sample(index, out, offset);
    }

    @Override
    public int label(int index) {
      return whole.label(index);
    }
  }
}
