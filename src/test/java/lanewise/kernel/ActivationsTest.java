package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.api.Test;

/** Activations and their gradients against double, with the errors that their roundings allow. */
final class ActivationsTest {
  private static final int[] SIZES = {0, 1, 3, 4, 7, 15, 16, 17, 33, 511, 512, 513, 1100};
  private static final double U = 0x1p-24;
  private static final float ALPHA = 0.7f;

  /** {@code y ← f(x)}. */
  private interface Forward {
    void apply(int n, float[] x, int xOffset, float[] y, int yOffset);
  }

  /** {@code dInput ← dOutput · f′}. */
  private interface Backward {
    void apply(int n, float[] of, int at, float[] d, int dAt, float[] dInput, int dInputAt);
  }

  /** From −20 to 20, denser about 0, with the kinks themselves. */
  private static GuardedMatrix inputs(int n) {
    float[] kinks = {0, -0f, 3, -3, 6, -6, 1e-20f, -1e-20f, 20, -20};
    GuardedMatrix x = GuardedMatrix.random(n, 11);
    for (int i = 0; i < n; i++) {
      float v = x.get(i);
      x.set(0, i, i % 5 == 4 ? kinks[i / 5 % kinks.length] : i % 2 == 0 ? 20 * v * v * v : 5 * v);
    }
    return x;
  }

  private static void forward(
      String name, Forward kernel, DoubleUnaryOperator exact, DoubleUnaryOperator bound) {
    for (int n : SIZES) {
      GuardedMatrix x = inputs(n);
      GuardedMatrix y = GuardedMatrix.poisoned(1, n, 0);
      kernel.apply(n, x.array, x.offset, y.array, y.offset);
      y.assertGuarded(name);
      for (int i = 0; i < n; i++) {
        double error = bound.applyAsDouble(x.get(i)) + Float.MIN_NORMAL;
        RoundingBound.check(exact.applyAsDouble(x.get(i)), error, y.get(i), name + x.get(i), i);
      }
      kernel.apply(n, x.array, x.offset, x.array, x.offset);
      x.assertSameBits(y, name + " in place");
    }
    float[] nan = {Float.NaN};
    kernel.apply(1, nan, 0, nan, 0);
    assertTrue(Float.isNaN(nan[0]), name + " of NaN");
  }

  /** {@code of} is x or y, whichever the kernel reads. */
  private static void backward(
      String name,
      Backward kernel,
      DoubleUnaryOperator of,
      DoubleUnaryOperator slope,
      DoubleBinaryOperator bound) {
    for (int n : SIZES) {
      GuardedMatrix x = inputs(n);
      for (int i = 0; i < n; i++) {
        x.set(0, i, (float) of.applyAsDouble(x.get(i)));
      }
      GuardedMatrix dOutput = GuardedMatrix.random(n, 12);
      GuardedMatrix dInput = GuardedMatrix.poisoned(1, n, 0);
      kernel.apply(
          n, x.array, x.offset, dOutput.array, dOutput.offset, dInput.array, dInput.offset);
      dInput.assertGuarded(name);
      for (int i = 0; i < n; i++) {
        double expected = dOutput.get(i) * slope.applyAsDouble(x.get(i));
        double error = bound.applyAsDouble(x.get(i), Math.abs(dOutput.get(i))) + Float.MIN_NORMAL;
        RoundingBound.check(expected, error, dInput.get(i), name + x.get(i), i);
      }
      kernel.apply(
          n, x.array, x.offset, dOutput.array, dOutput.offset, dOutput.array, dOutput.offset);
      dOutput.assertSameBits(dInput, name + " in place");
    }
  }

  private static double identity(double x) {
    return x;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double cdf(double x) {
    return 0.5 * Erf.erfc(-x / Math.sqrt(2));
  }

  private static double density(double x) {
    return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }

  @Test
  void relu6() {
    DoubleUnaryOperator exact = x -> Math.min(Math.max(x, 0), 6);
    forward("relu6 ", Activations::relu6, exact, _ -> 0);
    backward("relu6 ", Activations::relu6Backward, exact, y -> y > 0 && y < 6 ? 1 : 0, (_, _) -> 0);
  }

  @Test
  void hardswish() {
    forward(
        "hardswish ",
        Activations::hardswish,
        x -> x * Math.min(Math.max(x / 6 + 0.5, 0), 1),
        x -> Math.abs(x) <= 3.01 ? 4 * U * Math.abs(x) * (Math.abs(x) / 6 + 0.5) : 0);
    backward(
        "hardswish ",
        Activations::hardswishBackward,
        ActivationsTest::identity,
        x -> x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5,
        (x, d) -> Math.abs(x) < 3 ? 4 * U * d * (Math.abs(x) / 3 + 0.5) : 0);
  }

  @Test
  void elu() {
    DoubleUnaryOperator exact = x -> x > 0 ? x : ALPHA * Math.expm1(x);
    forward(
        "elu ",
        (n, x, xAt, y, yAt) -> Activations.elu(n, ALPHA, x, xAt, y, yAt),
        exact,
        x -> x > 0 ? 0 : 10 * U * Math.abs(exact.applyAsDouble(x)));
    backward(
        "elu ",
        (n, y, yAt, d, dAt, dInput, at) ->
            Activations.eluBackward(n, ALPHA, y, yAt, d, dAt, dInput, at),
        exact,
        y -> y > 0 ? 1 : y + ALPHA,
        (y, d) -> y > 0 ? 0 : 3 * U * d * Math.abs(y + ALPHA));
  }

  @Test
  void silu() {
    forward("silu ", Activations::silu, x -> x * sigmoid(x), x -> 6 * U * Math.abs(x * sigmoid(x)));
    backward(
        "silu ",
        Activations::siluBackward,
        ActivationsTest::identity,
        x -> sigmoid(x) * (1 + x * (1 - sigmoid(x))),
        // s is off by 4u of itself; so 1 − s by as much of s.
        (x, d) -> 12 * U * d * sigmoid(x) * (1 + Math.abs(x)));
  }

  @Test
  void gelu() {
    forward("gelu ", Activations::gelu, x -> x * cdf(x), x -> 4e-7 * Math.abs(x * cdf(x)));
    backward(
        "gelu ",
        Activations::geluBackward,
        ActivationsTest::identity,
        x -> cdf(x) + x * density(x),
        (x, d) -> 6e-7 * d * (cdf(x) + Math.abs(x) * density(x)));
  }

  @Test
  void epilogues() {
    Epilogue leakyCapped = new Epilogue(false, null, 0, true, 0.25f, 2);
    float[] y = {-1, 0, 0.5f, 2, 5, 6, 7};
    assertGradient(new float[] {0, 0, 1, 1, 1, 1, 1}, Epilogue.NONE.relu(), y);
    assertGradient(new float[] {0, 0, 1, 1, 1, 0, 0}, Epilogue.NONE.relu6(), y);
    assertGradient(new float[] {0.5f, 0.5f, 1, 1, 1, 1, 1}, Epilogue.NONE.leakyRelu(0.5f), y);
    assertGradient(new float[] {0.25f, 0.25f, 1, 0, 0, 0, 0}, leakyCapped, y);
  }

  private static void assertGradient(float[] expected, Epilogue epilogue, float[] y) {
    for (int i = 0; i < y.length; i++) {
      for (int n : new int[] {1, 16}) {
        float[] of = new float[n];
        float[] d = new float[n];
        Arrays.fill(of, y[i]);
        Arrays.fill(d, -2);
        Activations.epilogueBackward(epilogue, n, of, 0, d, 0, d, 0);
        assertEquals(-2 * expected[i] + 0f, d[n - 1] + 0f, epilogue + " at " + y[i]);
      }
    }
  }
}
