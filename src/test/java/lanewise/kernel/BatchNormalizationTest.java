package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class BatchNormalizationTest {
  private static final int[] ROWS = {1, 2, 3, 4, 5, 7, 64, 255, 256, 257, 700};
  private static final int[] CHANNELS = {1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 33};

  /** Per channel, and of one channel only what a kernel needs. */
  private record Case(int rows, int channels) {
    GuardedMatrix x() {
      return GuardedMatrix.random(rows, channels, 0, 1);
    }

    GuardedMatrix dOutput() {
      return GuardedMatrix.random(rows, channels, 0, 2);
    }

    GuardedMatrix perChannel(long key) {
      return GuardedMatrix.random(channels, key);
    }

    /** As many numbers from index 0 on. */
    float[] plain(long key) {
      GuardedMatrix m = perChannel(key);
      float[] values = new float[channels];
      System.arraycopy(m.array, m.offset, values, 0, channels);
      return values;
    }
  }

  private interface Check {
    void run(Case c);
  }

  private static void forAll(Check check) {
    for (int rows : ROWS) {
      for (int channels : CHANNELS) {
        check.run(new Case(rows, channels));
      }
    }
    check.run(new Case(257, 65)); // read ahead
  }

  private static GuardedMatrix[] moments(Case c, GuardedMatrix x) {
    GuardedMatrix mean = GuardedMatrix.poisoned(1, c.channels, 0);
    GuardedMatrix squares = GuardedMatrix.poisoned(1, c.channels, 0);
    BatchNormalization.moments(
        c.rows,
        c.channels,
        x.array,
        x.offset,
        mean.array,
        mean.offset,
        squares.array,
        squares.offset);
    mean.assertGuarded(c);
    squares.assertGuarded(c);
    return new GuardedMatrix[] {mean, squares};
  }

  @Test
  void moments() {
    forAll(
        c -> {
          GuardedMatrix x = c.x();
          GuardedMatrix[] moments = moments(c, x);
          for (int j = 0; j < c.channels; j++) {
            double sum = 0;
            double magnitude = 0;
            double squares = 0;
            for (int i = 0; i < c.rows; i++) {
              sum += x.get(i, j);
              magnitude += Math.abs(x.get(i, j));
              squares += Math.pow((double) x.get(i, j) - moments[0].get(j), 2);
            }
            double bound = RoundingBound.of(c.rows, magnitude / c.rows);
            RoundingBound.check(sum / c.rows, bound, moments[0].get(j), c + " mean", j);
            bound = RoundingBound.of(c.rows, squares);
            RoundingBound.check(squares, bound, moments[1].get(j), c + " squares", j);
          }
        });
  }

  /** Unbounded. */
  private static GuardedMatrix normalize(Case c, GuardedMatrix x) {
    return normalize(c, Float.NaN, Float.NaN, x);
  }

  private static GuardedMatrix normalize(Case c, float low, float high, GuardedMatrix x) {
    GuardedMatrix mean = c.perChannel(3);
    GuardedMatrix scale = c.perChannel(4);
    GuardedMatrix shift = c.perChannel(5);
    GuardedMatrix y = GuardedMatrix.poisoned(c.rows, c.channels, 0);
    BatchNormalization.normalize(
        c.rows,
        c.channels,
        mean.array,
        mean.offset,
        scale.array,
        scale.offset,
        shift.array,
        shift.offset,
        low,
        high,
        x.array,
        x.offset,
        y.array,
        y.offset);
    y.assertGuarded(c);
    return y;
  }

  @Test
  void normalizes() {
    forAll(
        c -> {
          GuardedMatrix x = c.x();
          GuardedMatrix y = normalize(c, x);
          GuardedMatrix mean = c.perChannel(3);
          GuardedMatrix scale = c.perChannel(4);
          GuardedMatrix shift = c.perChannel(5);
          for (int i = 0; i < c.rows; i++) {
            for (int j = 0; j < c.channels; j++) {
              double product = ((double) x.get(i, j) - mean.get(j)) * scale.get(j);
              double bound =
                  RoundingBound.of(1, Math.abs(product) + Math.abs((double) shift.get(j)));
              RoundingBound.check(product + shift.get(j), bound, y.get(i, j), c, i);
            }
          }
        });
  }

  /** Unbounded. */
  private static GuardedMatrix[] gradientSums(Case c, GuardedMatrix x, GuardedMatrix dOutput) {
    return gradientSums(c, Float.NaN, Float.NaN, x, dOutput);
  }

  private static GuardedMatrix[] gradientSums(
      Case c, float low, float high, GuardedMatrix x, GuardedMatrix dOutput) {
    GuardedMatrix sums = GuardedMatrix.poisoned(1, c.channels, 0);
    GuardedMatrix products = GuardedMatrix.poisoned(1, c.channels, 0);
    BatchNormalization.gradientSums(
        c.rows,
        c.channels,
        c.plain(3),
        c.plain(4),
        c.perChannel(5).array,
        c.perChannel(5).offset,
        low,
        high,
        x.array,
        x.offset,
        dOutput.array,
        dOutput.offset,
        sums.array,
        sums.offset,
        products.array,
        products.offset);
    sums.assertGuarded(c);
    products.assertGuarded(c);
    return new GuardedMatrix[] {sums, products};
  }

  @Test
  void gradientSums() {
    forAll(
        c -> {
          GuardedMatrix x = c.x();
          GuardedMatrix dOutput = c.dOutput();
          float[] mean = c.plain(3);
          GuardedMatrix[] actual = gradientSums(c, x, dOutput);
          for (int j = 0; j < c.channels; j++) {
            double sum = 0;
            double sumMagnitude = 0;
            double products = 0;
            double magnitude = 0;
            for (int i = 0; i < c.rows; i++) {
              double product = dOutput.get(i, j) * ((double) x.get(i, j) - mean[j]);
              sum += dOutput.get(i, j);
              sumMagnitude += Math.abs(dOutput.get(i, j));
              products += product;
              magnitude += Math.abs(product);
            }
            double bound = RoundingBound.of(c.rows, sumMagnitude);
            RoundingBound.check(sum, bound, actual[0].get(j), c + " sums", j);
            bound = RoundingBound.of(c.rows, magnitude);
            RoundingBound.check(products, bound, actual[1].get(j), c + " products", j);
          }
        });
  }

  /** Unbounded. */
  private static GuardedMatrix inputGradient(
      Case c, GuardedMatrix x, GuardedMatrix dOutput, GuardedMatrix dInput) {
    return inputGradient(c, Float.NaN, Float.NaN, x, dOutput, dInput);
  }

  private static GuardedMatrix inputGradient(
      Case c, float low, float high, GuardedMatrix x, GuardedMatrix dOutput, GuardedMatrix dInput) {
    BatchNormalization.inputGradient(
        c.rows,
        c.channels,
        c.plain(3),
        c.plain(4),
        c.perChannel(5).array,
        c.perChannel(5).offset,
        low,
        high,
        c.plain(6),
        c.plain(7),
        x.array,
        x.offset,
        dOutput.array,
        dOutput.offset,
        dInput.array,
        dInput.offset);
    dInput.assertGuarded(c);
    return dInput;
  }

  @Test
  void inputGradient() {
    forAll(
        c -> {
          GuardedMatrix x = c.x();
          GuardedMatrix d = c.dOutput();
          GuardedMatrix poisoned = GuardedMatrix.poisoned(c.rows, c.channels, 0);
          GuardedMatrix actual = inputGradient(c, x, d, poisoned);
          inputGradient(c, x, d, d).assertSameBits(actual, c + " in place");
          GuardedMatrix fresh = c.dOutput();
          float[] mean = c.plain(3);
          float[] scale = c.plain(4);
          float[] slope = c.plain(6);
          float[] offset = c.plain(7);
          for (int i = 0; i < c.rows; i++) {
            for (int j = 0; j < c.channels; j++) {
              double a = (double) scale[j] * fresh.get(i, j);
              double b = slope[j] * ((double) x.get(i, j) - mean[j]);
              double magnitude = Math.abs(a) + Math.abs(b) + Math.abs(offset[j]);
              double bound = RoundingBound.of(2, magnitude);
              RoundingBound.check(a + b + offset[j], bound, actual.get(i, j), c, i);
            }
          }
        });
  }

  @Test
  void boundsGiveTheBitsOfReluAfterIt() {
    boundsGiveTheBitsOf(Epilogue.NONE.relu());
  }

  @Test
  void boundsGiveTheBitsOfACapAfterIt() {
    // ReLU6, but with a cap that the numbers of the test reach.
    boundsGiveTheBitsOf(new Epilogue(false, null, 0, true, 0, 0.5f));
  }

  private static void boundsGiveTheBitsOf(Epilogue activation) {
    float low = activation.low();
    float high = activation.high();
    forAll(
        c -> {
          GuardedMatrix x = c.x();
          GuardedMatrix y = normalize(c, x);
          GuardedMatrix d = c.dOutput();
          for (int i = 0; i < c.rows; i++) {
            int at = y.offset + i * c.channels;
            Elementwise.clamp(c.channels, low, high, y.array, at, y.array, at);
            Activations.epilogueBackward(
                activation, c.channels, y.array, at, d.array, at, d.array, at);
          }
          normalize(c, low, high, x).assertSameBits(y, c);
          GuardedMatrix[] expected = gradientSums(c, x, d);
          GuardedMatrix[] actual = gradientSums(c, low, high, x, c.dOutput());
          actual[0].assertSameBits(expected[0], c + " sums");
          actual[1].assertSameBits(expected[1], c + " products");
          GuardedMatrix dInput = c.dOutput();
          inputGradient(c, low, high, x, dInput, dInput)
              .assertSameBits(inputGradient(c, x, d, d), c + " input's gradient");
        });
  }

  @Test
  void nanStaysNan() {
    Case c = new Case(3, 17);
    GuardedMatrix x = c.x();
    for (int j = 0; j < c.channels; j++) {
      x.set(1, j, Float.NaN);
    }
    GuardedMatrix y = normalize(c, 0, 1, x);
    for (int j = 0; j < c.channels; j++) {
      assertTrue(Float.isNaN(y.get(1, j)), "channel " + j);
    }
  }

  /** So the bits of a channel do not depend on whether a vector or its scalar twin computed it. */
  @Test
  void aChannelByItselfGivesTheSameBits() {
    for (int rows : ROWS) {
      Case all = new Case(rows, 33);
      Case one = new Case(rows, 1);
      GuardedMatrix[] moments = moments(all, all.x());
      GuardedMatrix y = normalize(all, all.x());
      GuardedMatrix[] sums = gradientSums(all, all.x(), all.dOutput());
      for (int j = 0; j < 33; j++) {
        GuardedMatrix x = column(all.x(), j);
        GuardedMatrix dOutput = column(all.dOutput(), j);
        assertBits(moments[0].get(j), moments(one, x)[0].get(0));
        assertBits(moments[1].get(j), moments(one, x)[1].get(0));
        assertBits(sums[0].get(j), gradientSums(one, x, dOutput)[0].get(0));
        if (j == 0) { // whose mean, scale and shift those of the single channel are
          assertBits(sums[1].get(j), gradientSums(one, x, dOutput)[1].get(0));
          column(y, j).assertSameBits(normalize(one, x), all);
        }
      }
    }
  }

  private static void assertBits(float expected, float actual) {
    assertEquals(Float.floatToRawIntBits(expected), Float.floatToRawIntBits(actual));
  }

  private static GuardedMatrix column(GuardedMatrix m, int j) {
    GuardedMatrix column = GuardedMatrix.poisoned(m.rows, 1, 0);
    for (int i = 0; i < m.rows; i++) {
      column.set(i, 0, m.get(i, j));
    }
    return column;
  }

  /**
   * Where the mean is 10,000 deviations, {@code E x² − (E x)²} in float would be off by several.
   */
  @Test
  void mergesPiecesWithoutCancellation() {
    int rows = 5000;
    int channels = 17;
    Partition partition = Partition.rows(rows, channels);
    assertTrue(partition.pieces() > 5, "pieces: " + partition.pieces());
    GuardedMatrix x = GuardedMatrix.random(rows, channels, 0, 7);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < channels; j++) {
        x.set(i, j, 10_000 + x.get(i, j) * (j + 1) + (i > rows / 2 ? 3 : 0));
      }
    }
    float[] means = new float[partition.pieces() * channels];
    float[] squares = new float[partition.pieces() * channels];
    for (int p = 0; p < partition.pieces(); p++) {
      BatchNormalization.moments(
          partition.length(p),
          channels,
          x.array,
          x.offset + partition.from(p) * channels,
          means,
          p * channels,
          squares,
          p * channels);
    }
    float[] mean = new float[channels];
    float[] variance = new float[channels];
    BatchNormalization.merge(partition, channels, means, squares, mean, variance);
    // A piece's mean: 64 additions, those of its chunks, the tree and the division.
    int depth = 64 + partition.length(0) / 256 + 4;
    double meanError = depth * 0x1p-24 * 10_030;
    for (int j = 0; j < channels; j++) {
      double sum = 0;
      for (int i = 0; i < rows; i++) {
        sum += x.get(i, j);
      }
      double center = sum / rows;
      double square = 0;
      for (int i = 0; i < rows; i++) {
        square += Math.pow(x.get(i, j) - center, 2);
      }
      double expected = square / rows;
      RoundingBound.check(center, meanError + 10_030 * 0x1p-24, mean[j], "mean", j);
      double bound =
          RoundingBound.of(depth, expected)
              + meanError * meanError
              + 2 * meanError * Math.sqrt(expected);
      RoundingBound.check(expected, bound, variance[j], "variance", j);
    }
  }
}
