package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Exponential, logarithm, tanh and sigmoid in units in the last place, over all of float. */
final class VectorMathTest {
  /** A prime, so that the sample runs through all residues of the fraction's bits. */
  private static final int STEP = 1009;

  private static final int BLOCK = 1 << 14;

  private static final double LIMIT = 2;

  /** {@code y ← f(x)}. */
  private interface Kernel {
    void apply(int n, float[] x, int xOffset, float[] y, int yOffset);
  }

  /**
   * A function, its exact value, its values at 0, −0, ∞ and −∞, and the points where one of its
   * formulas meets another.
   */
  private record Function(
      String name,
      Kernel kernel,
      DoubleUnaryOperator exact,
      List<Float> atSpecialPoints,
      List<Float> seams) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static List<Function> functions() {
    float infinity = Float.POSITIVE_INFINITY;
    return List.of(
        new Function(
            "exp",
            VectorMath::exp,
            Math::exp,
            List.of(1f, 1f, infinity, 0f),
            List.of(-104f, -103.97f, -87.34f, -0.34657f, 0.34657f, 88.72f, 89f)),
        new Function(
            "log",
            VectorMath::log,
            Math::log,
            List.of(-infinity, -infinity, infinity, Float.NaN),
            List.of(0.7071068f, 1.4142135f, 2f)),
        new Function(
            "tanh",
            VectorMath::tanh,
            Math::tanh,
            List.of(0f, -0f, 1f, -1f),
            List.of(0.55f, -0.55f, 9.01f, -9.01f, 44f, 45f)),
        new Function(
            "sigmoid",
            VectorMath::sigmoid,
            VectorMathTest::exactSigmoid,
            List.of(0.5f, 0.5f, 1f, 0f),
            List.of(-1.4f, 17f, -17f, -87.3f, -104f)));
  }

  private static double exactSigmoid(double x) {
    double e = Math.exp(-Math.abs(x));
    return (x < 0 ? e : 1) / (1 + e);
  }

  /** The largest error seen, and where. */
  private static final class Worst {
    double ulps;
    float at;

    void see(Function function, int n, float[] x, float[] y) {
      for (int i = 0; i < n; i++) {
        double exact = function.exact.applyAsDouble(x[i]);
        double error = error(exact, y[i]);
        if (!(error <= LIMIT)) {
          throw new AssertionError(
              function + " of " + x[i] + " is " + exact + ", got " + y[i] + ", " + error + " ULP");
        }
        if (error > ulps) {
          ulps = error;
          at = x[i];
        }
      }
    }
  }

  /** Distance in units in the last place of the float next to {@code exact}. */
  private static double error(double exact, float actual) {
    float nearest = (float) exact;
    if (Float.isNaN(nearest) || Float.isInfinite(nearest)) {
      return Float.compare(nearest, actual) == 0 ? 0 : Double.POSITIVE_INFINITY;
    }
    return Math.abs(actual - exact) / Math.ulp(nearest);
  }

  private static Worst everyBitPattern(Function function, int step) {
    Worst worst = new Worst();
    float[] x = new float[BLOCK];
    float[] y = new float[BLOCK];
    int n = 0;
    for (long bits = 0; bits < 1L << 32; bits += step) {
      x[n++] = Float.intBitsToFloat((int) bits);
      if (n == BLOCK) {
        function.kernel.apply(n, x, 0, y, 0);
        worst.see(function, n, x, y);
        n = 0;
      }
    }
    function.kernel.apply(n, x, 0, y, 0);
    worst.see(function, n, x, y);
    assertTrue(worst.ulps > 0.5, function + " cannot be so exact: " + worst.ulps);
    return worst;
  }

  @ParameterizedTest
  @MethodSource("functions")
  void withinTwoUlpsOverASampleOfAllFloats(Function function) {
    everyBitPattern(function, STEP);
  }

  /** Minutes; prints what the documents state. */
  @Tag("long")
  @ParameterizedTest
  @MethodSource("functions")
  void withinTwoUlpsOverAllFloats(Function function) {
    Worst worst = everyBitPattern(function, 1);
    System.out.printf("%s: at most %.3f ULP, at %s%n", function, worst.ulps, worst.at);
  }

  /** A thousand floats on either side of each point where a formula or the format changes. */
  @ParameterizedTest
  @MethodSource("functions")
  void withinTwoUlpsAboutSpecialPoints(Function function) {
    List<Float> points = new ArrayList<>();
    for (float v :
        new float[] {0, Float.MIN_NORMAL, 1, Float.MAX_VALUE, Float.POSITIVE_INFINITY, 0x1p-24f}) {
      points.add(v);
      points.add(-v);
    }
    points.addAll(function.seams);
    float[] x = new float[2001];
    float[] y = new float[x.length];
    for (float point : points) {
      for (int i = 0; i < x.length; i++) {
        x[i] = Float.intBitsToFloat(Float.floatToRawIntBits(point) + i - 1000);
      }
      function.kernel.apply(x.length, x, 0, y, 0);
      new Worst().see(function, x.length, x, y);
    }
  }

  @ParameterizedTest
  @MethodSource("functions")
  void zerosInfinitiesAndNan(Function function) {
    float[] x = {0, -0f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
    float[] y = new float[x.length];
    function.kernel.apply(x.length, x, 0, y, 0);
    for (int i = 0; i < x.length; i++) {
      assertEquals(function.atSpecialPoints.get(i), y[i], function + " of " + x[i]);
    }
    float[] nan = {Float.NaN};
    function.kernel.apply(1, nan, 0, nan, 0);
    assertTrue(Float.isNaN(nan[0]), function + " of NaN");
  }

  /** An element's bits depend neither on where it stands nor on what stands beside it. */
  @ParameterizedTest
  @MethodSource("functions")
  void bodyAndTailAgree(Function function) {
    GuardedMatrix x = GuardedMatrix.random(1100, 5);
    for (int i = 0; i < x.columns; i++) {
      x.set(0, i, 30 * x.get(i));
    }
    GuardedMatrix whole = GuardedMatrix.poisoned(1, x.columns, 0);
    GuardedMatrix single = GuardedMatrix.poisoned(1, x.columns, 0);
    function.kernel.apply(x.columns, x.array, x.offset, whole.array, whole.offset);
    whole.assertGuarded(function);
    for (int i = 0; i < x.columns; i++) {
      function.kernel.apply(1, x.array, x.offset + i, single.array, single.offset + i);
    }
    whole.assertSameBits(single, function + " one by one");
    function.kernel.apply(x.columns, x.array, x.offset, x.array, x.offset);
    whole.assertSameBits(x, function + " in place");
  }
}
