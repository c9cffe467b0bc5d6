package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import lanewise.Allocations;
import lanewise.shape.Padding;
import lanewise.shape.PoolingShape;
import org.junit.jupiter.api.Test;

/** Pooling against plain loops over every window's elements. */
final class PoolingTest {
  private static final int[] CHANNELS = {1, 3, 4, 7, 8, 13, 16, 17, 32, 33};

  /** Height, width, window height and width, strides, padding of all four sides. */
  private static final int[][] SIZES = {
    {1, 1, 1, 1, 1, 1, 0, 0, 0, 0},
    {4, 6, 2, 2, 2, 2, 0, 0, 0, 0},
    {7, 5, 2, 2, 2, 2, 0, 0, 0, 0}, // a row and a column over
    {5, 23, 2, 2, 2, 2, 0, 0, 0, 0},
    {7, 9, 2, 2, 2, 2, 1, 0, 0, 1},
    {6, 7, 2, 2, 1, 1, 0, 1, 1, 0},
    {9, 11, 3, 3, 2, 2, 1, 1, 1, 1},
    {8, 10, 3, 3, 2, 2, 0, 0, 0, 0},
    {5, 13, 3, 2, 1, 3, 2, 1, 0, 1},
    {9, 4, 2, 3, 3, 4, 1, 0, 2, 2}, // pixels that no window sees
    {3, 2, 3, 2, 1, 1, 0, 0, 0, 0}, // the window is the image
    {2, 3, 5, 5, 2, 2, 4, 3, 2, 4},
    {17, 16, 15, 17, 1, 1, 0, 0, 1, 0} // 255 elements
  };

  private static List<PoolingShape> shapes() {
    List<PoolingShape> shapes = new ArrayList<>();
    for (int[] z : SIZES) {
      for (int channels : CHANNELS) {
        for (boolean ceilMode : new boolean[] {false, true}) {
          shapes.add(
              new PoolingShape(
                  2, z[0], z[1], channels, z[2], z[3], z[4], z[5], z[6], z[7], z[8], z[9],
                  ceilMode));
        }
      }
    }
    return shapes;
  }

  /** Does something for every element of every window that lies inside the input. */
  @FunctionalInterface
  private interface Tap {
    /** Element {@code in} of the batch is number {@code k} in the window of output {@code out}. */
    void visit(int in, int out, int k);
  }

  private static void eachTap(PoolingShape s, Tap tap) {
    for (int out = 0; out < s.batch() * s.outImageSize(); out++) {
      int c = out % s.channels();
      int ox = out / s.channels() % s.outWidth();
      int oy = out / s.channels() / s.outWidth() % s.outHeight();
      int image = out / s.outImageSize();
      for (int k = 0; k < s.kernelHeight() * s.kernelWidth(); k++) {
        int iy = oy * s.strideHeight() - s.padTop() + k / s.kernelWidth();
        int ix = ox * s.strideWidth() - s.padLeft() + k % s.kernelWidth();
        if (iy >= 0 && iy < s.inHeight() && ix >= 0 && ix < s.inWidth()) {
          tap.visit(((image * s.inHeight() + iy) * s.inWidth() + ix) * s.channels() + c, out, k);
        }
      }
    }
  }

  private static GuardedMatrix input(PoolingShape s) {
    return GuardedMatrix.random(s.batch() * s.inImageSize(), 1);
  }

  private static GuardedMatrix dOutput(PoolingShape s) {
    return GuardedMatrix.random(s.batch() * s.outImageSize(), 2);
  }

  private static GuardedMatrix poisoned(int size) {
    return GuardedMatrix.poisoned(1, size, 0);
  }

  @Test
  void maximaAndWhereTheyStood() {
    for (PoolingShape s : shapes()) {
      GuardedMatrix x = input(s);
      if (s.inWidth() > 4) {
        x.set(0, x.columns / 2, Float.NaN);
      }
      GuardedMatrix expected = poisoned(s.batch() * s.outImageSize());
      int[] places = new int[expected.columns];
      boolean[] seen = new boolean[expected.columns];
      eachTap(
          s,
          (in, out, k) -> {
            float v = x.get(in);
            if (!seen[out] || v > expected.get(out) || Float.isNaN(v)) {
              expected.set(0, out, v);
              places[out] = k;
              seen[out] = true;
            }
          });
      GuardedMatrix y = poisoned(expected.columns);
      byte[] argmax = new byte[expected.columns + 10];
      Pooling.maxForward(s, 0, 2, x.array, x.offset, y.array, y.offset, argmax, 5);
      expected.assertSameBits(y, s);
      for (int out = 0; out < places.length; out++) {
        assertTrue(seen[out], "every window sees the input, " + s);
        assertEquals(places[out], Byte.toUnsignedInt(argmax[5 + out]), () -> "place, " + s);
      }
      assertEquals(0, argmax[4] | argmax[5 + places.length], "beside the places");
      GuardedMatrix without = poisoned(expected.columns);
      Pooling.maxForward(s, 1, 1, x.array, x.offset, without.array, without.offset, null, 0);
      Pooling.maxForward(s, 0, 1, x.array, x.offset, without.array, without.offset, null, 0);
      y.assertSameBits(without, "without places, " + s);
    }
  }

  @Test
  void maximaOfOneImageTouchNoOther() {
    for (PoolingShape s : shapes()) {
      GuardedMatrix x = input(s);
      GuardedMatrix y = poisoned(s.batch() * s.outImageSize());
      Pooling.maxForward(s, 0, 1, x.array, x.offset, y.array, y.offset, null, 0);
      Pooling.averageForward(s, true, 0, 1, x.array, x.offset, y.array, y.offset);
      for (int out = s.outImageSize(); out < y.columns; out++) {
        assertEquals(GuardedMatrix.POISON, Float.floatToRawIntBits(y.get(out)), s.toString());
      }
    }
  }

  @Test
  void gradientOfMaxima() {
    for (PoolingShape s : shapes()) {
      GuardedMatrix x = input(s);
      GuardedMatrix d = dOutput(s);
      byte[] argmax = new byte[d.columns];
      float[] y = new float[d.columns];
      Pooling.maxForward(s, 0, 2, x.array, x.offset, y, 0, argmax, 0);
      float[] expected = new float[x.columns];
      eachTap(
          s, (in, out, k) -> expected[in] += k == Byte.toUnsignedInt(argmax[out]) ? d.get(out) : 0);
      GuardedMatrix dInput = poisoned(x.columns);
      Pooling.maxBackward(s, 0, 2, argmax, 0, d.array, d.offset, dInput.array, dInput.offset);
      dInput.assertGuarded(s);
      for (int in = 0; in < expected.length; in++) {
        assertEquals(expected[in] + 0f, dInput.get(in) + 0f, s.toString()); // 0 of either sign
      }
    }
  }

  @Test
  void meansAndTheirGradient() {
    for (PoolingShape s : shapes()) {
      for (boolean countPadding : new boolean[] {false, true}) {
        means(s, countPadding);
      }
    }
  }

  private static void means(PoolingShape s, boolean countPadding) {
    GuardedMatrix x = input(s);
    GuardedMatrix d = dOutput(s);
    int[] counts = counts(s, countPadding);
    double[] sums = new double[d.columns];
    double[] magnitudes = new double[d.columns];
    double[] gradient = new double[x.columns];
    double[] gradientMagnitudes = new double[x.columns];
    eachTap(
        s,
        (in, out, _) -> {
          sums[out] += x.get(in) / (double) counts[out];
          magnitudes[out] += Math.abs(x.get(in)) / (double) counts[out];
          gradient[in] += d.get(out) / (double) counts[out];
          gradientMagnitudes[in] += Math.abs(d.get(out)) / (double) counts[out];
        });
    int taps = s.kernelHeight() * s.kernelWidth();
    GuardedMatrix y = poisoned(d.columns);
    Pooling.averageForward(s, countPadding, 0, 2, x.array, x.offset, y.array, y.offset);
    y.assertGuarded(s);
    for (int out = 0; out < sums.length; out++) {
      RoundingBound.check(sums[out], RoundingBound.of(taps, magnitudes[out]), y.get(out), s, out);
    }
    GuardedMatrix dInput = poisoned(x.columns);
    Pooling.averageBackward(s, countPadding, 0, 2, d.array, d.offset, dInput.array, dInput.offset);
    dInput.assertGuarded(s);
    for (int in = 0; in < gradient.length; in++) {
      RoundingBound.check(
          gradient[in], RoundingBound.of(taps, gradientMagnitudes[in]), dInput.get(in), s, in);
    }
  }

  /**
   * Elements by which each window's sum is divided: its overlap with the image or the padded one.
   */
  private static int[] counts(PoolingShape s, boolean countPadding) {
    int[] counts = new int[s.batch() * s.outImageSize()];
    for (int out = 0; out < counts.length; out++) {
      int ox = out / s.channels() % s.outWidth();
      int oy = out / s.channels() / s.outWidth() % s.outHeight();
      for (int k = 0; k < s.kernelHeight() * s.kernelWidth(); k++) {
        int iy = oy * s.strideHeight() + k / s.kernelWidth();
        int ix = ox * s.strideWidth() + k % s.kernelWidth();
        boolean inside =
            iy >= s.padTop()
                && iy < s.padTop() + s.inHeight()
                && ix >= s.padLeft()
                && ix < s.padLeft() + s.inWidth();
        boolean padded =
            iy < s.padTop() + s.inHeight() + s.padBottom()
                && ix < s.padLeft() + s.inWidth() + s.padRight();
        counts[out] += (countPadding ? padded : inside) ? 1 : 0;
      }
    }
    return counts;
  }

  @Test
  void globalMeansAndTheirGradient() {
    for (int channels : CHANNELS) {
      for (int pixels : new int[] {1, 3, 49, 1000}) {
        GuardedMatrix x = GuardedMatrix.random(2 * pixels, channels, 0, 1);
        GuardedMatrix y = GuardedMatrix.poisoned(2, channels, 0);
        Pooling.globalAverageForward(pixels, channels, 0, 2, x.array, x.offset, y.array, y.offset);
        y.assertGuarded(pixels);
        for (int i = 0; i < 2 * channels; i++) {
          double sum = 0;
          double magnitude = 0;
          for (int p = 0; p < pixels; p++) {
            float v = x.get(i / channels * pixels + p, i % channels);
            sum += v;
            magnitude += Math.abs(v);
          }
          double bound = RoundingBound.of(pixels, magnitude / pixels);
          RoundingBound.check(sum / pixels, bound, y.get(i), pixels, i);
        }
        GuardedMatrix dInput = GuardedMatrix.poisoned(2 * pixels, channels, 0);
        Pooling.globalAverageBackward(
            pixels, channels, 0, 2, y.array, y.offset, dInput.array, dInput.offset);
        dInput.assertGuarded(pixels);
        for (int i = 0; i < 2 * pixels; i++) {
          for (int c = 0; c < channels; c++) {
            float expected = y.get(i / pixels, c) / pixels;
            assertEquals(expected, dInput.get(i, c), 2 * Math.ulp(expected));
          }
        }
      }
    }
  }

  /** PyTorch's rule: a window must start within the input or the padding before it. */
  @Test
  void ceilModeAddsAWindowForWhatIsLeftOver() {
    assertEquals(3, side(6, 2, 2, 0, false));
    assertEquals(3, side(6, 2, 2, 0, true));
    assertEquals(3, side(7, 2, 2, 0, false));
    assertEquals(4, side(7, 2, 2, 0, true));
    assertEquals(3, side(5, 3, 2, 1, true));
    assertEquals(3, side(5, 2, 2, 1, false));
    assertEquals(3, side(5, 2, 2, 1, true)); // a fourth would see padding alone
  }

  private static int side(int in, int window, int stride, int padding, boolean ceilMode) {
    return PoolingShape.of(
            1, in, in, 1, window, window, stride, stride, Padding.of(padding), ceilMode)
        .outHeight();
  }

  @Test
  void nothingIsAllocated() {
    for (int channels : new int[] {16, 17}) {
      for (int window : new int[] {2, 3}) {
        PoolingShape s =
            PoolingShape.of(2, 15, 14, channels, window, window, 2, 2, Padding.VALID, window == 2);
        float[] x = new float[2 * s.inImageSize()];
        float[] y = new float[2 * s.outImageSize()];
        byte[] argmax = new byte[y.length];
        assertSteady(() -> Pooling.maxForward(s, 0, 2, x, 0, y, 0, argmax, 0), s);
        assertSteady(() -> Pooling.maxForward(s, 0, 2, x, 0, y, 0, null, 0), s);
        assertSteady(() -> Pooling.maxBackward(s, 0, 2, argmax, 0, y, 0, x, 0), s);
        assertSteady(() -> Pooling.averageForward(s, true, 0, 2, x, 0, y, 0), s);
        assertSteady(() -> Pooling.averageBackward(s, true, 0, 2, y, 0, x, 0), s);
      }
    }
  }

  private static void assertSteady(Runnable pass, PoolingShape s) {
    assertEquals(0, Allocations.steady(pass), "bytes, " + s);
  }
}
