package lanewise.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static lanewise.kernel.Simd.FLOATS;
import static lanewise.kernel.Simd.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Exponential, logarithm and their kin, within 2 ULP of the exact value over all of {@code float},
 * subnormal results included. In place is allowed; NaN gives NaN. The polynomials are minimax fits
 * of the relative error.
 *
 * <p>Every loop has one code for body and tail: an element of the last {@code n mod lanes} goes
 * through it as a vector of equal lanes. So its bits depend neither on the vector width nor on
 * where it stands.
 *
 * <p>No vector goes through a method of our own, because a vector that crosses a call which is not
 * inlined is allocated, and C2 inlines no more once a compilation has 18,000 nodes, some 40 vector
 * operations (the Vector API's own methods excepted). Functions are composed of passes over blocks.
 */
public final class VectorMath {
  /**
   * 1.5 · 2²³: adding it to {@code |x| < 2²²} rounds to an integer, which the low bits then hold.
   */
  private static final float ROUNDING = 0x1.8p23f;

  private static final float LOG2_E = 0x1.715476p0f;

  /** ln 2 = LN2_HIGH + LN2_LOW, the first so short that its product with an exponent is exact. */
  private static final float LN2_HIGH = 0x1.63p-1f;

  private static final float LN2_LOW = -0x1.bd0106p-13f;

  private static final int SQRT_HALF_BITS = 0x3F3504F3;

  private static final Blocks BLOCKS = new Blocks();

  private VectorMath() {}

  /**
   * {@code y = eˣ = 2ᵏ · eᵗ}, {@code k} the integer next to {@code x / ln 2}, so {@code |t| ≤ ln 2
   * / 2}.
   */
  public static void exp(int n, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0, step; i < n; i += step) {
      step = n - i >= LANES ? LANES : 1;
      FloatVector v =
          step == LANES ? fromArray(FLOATS, x, xOffset + i) : broadcast(FLOATS, x[xOffset + i]);
      // Too small for a subnormal number: 0, with no arithmetic that would underflow slowly.
      VectorMask<Float> vanishes = v.compare(VectorOperators.LT, -104);
      FloatVector c = v.blend(0, vanishes).blend(89, v.compare(VectorOperators.GT, 89));
      FloatVector k = c.fma(LOG2_E, ROUNDING).sub(ROUNDING);
      FloatVector high = k.fma(broadcast(FLOATS, -LN2_HIGH), c);
      FloatVector t = k.fma(broadcast(FLOATS, -LN2_LOW), high);
      FloatVector q =
          broadcast(FLOATS, 0x1.6c5574p-10f)
              .fma(t, broadcast(FLOATS, 0x1.1223a8p-7f))
              .fma(t, broadcast(FLOATS, 0x1.5555bap-5f))
              .fma(t, broadcast(FLOATS, 0x1.5554b6p-3f))
              .fma(t, broadcast(FLOATS, 0.5f));
      // 1 + t + r² q: the sum 1 + t is rounded, what the rounding lost is added with the rest.
      FloatVector sum = t.add(1);
      FloatVector lost = k.fma(broadcast(FLOATS, -LN2_LOW), high.sub(sum.sub(1)));
      FloatVector p = q.fma(t.mul(t), lost).add(sum);
      // 2ᵏ in two factors: each is a normal number, and a subnormal result is rounded once.
      FloatVector half = k.fma(0.5f, ROUNDING).sub(ROUNDING);
      IntVector power1 = half.add(ROUNDING + 127).reinterpretAsInts();
      IntVector power2 = k.sub(half).add(ROUNDING + 127).reinterpretAsInts();
      FloatVector r =
          p.mul(power1.lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats())
              .mul(power2.lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats())
              .blend(0, vanishes);
      if (step == LANES) {
        r.intoArray(y, yOffset + i);
      } else {
        y[yOffset + i] = r.lane(0);
      }
    }
  }

  /**
   * {@code y = ln x = k · ln 2 + ln(1 + f)}, {@code x = 2ᵏ · (1 + f)}, {@code √½ ≤ 1 + f < √2}; −∞
   * for 0, NaN below.
   */
  public static void log(int n, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0, step; i < n; i += step) {
      step = n - i >= LANES ? LANES : 1;
      FloatVector v =
          step == LANES ? fromArray(FLOATS, x, xOffset + i) : broadcast(FLOATS, x[xOffset + i]);
      VectorMask<Float> subnormal = v.compare(VectorOperators.LT, Float.MIN_NORMAL);
      IntVector bits = v.blend(v.mul(0x1p24f), subnormal).reinterpretAsInts();
      IntVector exponent = bits.sub(SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, 23);
      FloatVector f =
          bits.sub(exponent.lanewise(VectorOperators.LSHL, 23)).reinterpretAsFloats().sub(1);
      FloatVector unscaled = (FloatVector) exponent.convert(VectorOperators.I2F, 0);
      FloatVector k = unscaled.blend(unscaled.sub(24), subnormal);
      FloatVector p =
          broadcast(FLOATS, -0x1.38b4f4p-4f)
              .fma(f, broadcast(FLOATS, 0x1.056584p-3f))
              .fma(f, broadcast(FLOATS, -0x1.0d8a08p-3f))
              .fma(f, broadcast(FLOATS, 0x1.22d918p-3f))
              .fma(f, broadcast(FLOATS, -0x1.5471b6p-3f))
              .fma(f, broadcast(FLOATS, 0x1.99a00ep-3f))
              .fma(f, broadcast(FLOATS, -0x1.000228p-2f))
              .fma(f, broadcast(FLOATS, 0x1.555554p-2f));
      FloatVector square = f.mul(f);
      FloatVector rest = p.mul(f).fma(square, k.mul(LN2_LOW));
      FloatVector sum = square.fma(broadcast(FLOATS, -0.5f), rest).add(f);
      FloatVector r =
          k.fma(broadcast(FLOATS, LN2_HIGH), sum)
              .blend(v, v.compare(VectorOperators.LT, Float.POSITIVE_INFINITY).not())
              .blend(Float.NaN, v.compare(VectorOperators.LT, 0))
              .blend(Float.NEGATIVE_INFINITY, v.compare(VectorOperators.EQ, 0));
      if (step == LANES) {
        r.intoArray(y, yOffset + i);
      } else {
        y[yOffset + i] = r.lane(0);
      }
    }
  }

  /** {@code y = tanh x = ± (1 − 2 / (e^(2|x|) + 1))}, an odd polynomial for {@code |x| < 0.55}. */
  public static void tanh(int n, float[] x, int xOffset, float[] y, int yOffset) {
    float[] scratch = BLOCKS.get();
    for (int from = 0; from < n; from += Blocks.SIZE) {
      int m = Math.min(Blocks.SIZE, n - from);
      expOfMagnitude(m, 2, x, xOffset + from, scratch, 0);
      tanhBlock(m, scratch, x, xOffset + from, y, yOffset + from);
    }
  }

  private static void tanhBlock(
      int n, float[] exp, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0, step; i < n; i += step) {
      step = n - i >= LANES ? LANES : 1;
      FloatVector v =
          step == LANES ? fromArray(FLOATS, x, xOffset + i) : broadcast(FLOATS, x[xOffset + i]);
      FloatVector e = step == LANES ? fromArray(FLOATS, exp, i) : broadcast(FLOATS, exp[i]);
      FloatVector far = broadcast(FLOATS, 1).sub(broadcast(FLOATS, 2).div(e.add(1)));
      IntVector sign = v.reinterpretAsInts().and(0x80000000);
      FloatVector square = v.mul(v);
      FloatVector near =
          broadcast(FLOATS, -0x1.9b0d7ep-8f)
              .fma(square, broadcast(FLOATS, 0x1.59373ep-6f))
              .fma(square, broadcast(FLOATS, -0x1.b927d2p-5f))
              .fma(square, broadcast(FLOATS, 0x1.110d22p-3f))
              .fma(square, broadcast(FLOATS, -0x1.55554ap-2f))
              .mul(square)
              .fma(v, v);
      FloatVector r =
          far.blend(near, v.abs().compare(VectorOperators.LT, 0.55f))
              .reinterpretAsInts()
              .or(sign) // −0 too, which the polynomial loses
              .reinterpretAsFloats();
      if (step == LANES) {
        r.intoArray(y, yOffset + i);
      } else {
        y[yOffset + i] = r.lane(0);
      }
    }
  }

  /** {@code y = 1 / (1 + e⁻ˣ)}, for {@code x < 0} as {@code e / (1 + e)}, {@code e = e^−|x|}. */
  public static void sigmoid(int n, float[] x, int xOffset, float[] y, int yOffset) {
    float[] scratch = BLOCKS.get();
    for (int from = 0; from < n; from += Blocks.SIZE) {
      int m = Math.min(Blocks.SIZE, n - from);
      expOfMagnitude(m, -1, x, xOffset + from, scratch, 0);
      sigmoidBlock(m, scratch, x, xOffset + from, y, yOffset + from);
    }
  }

  private static void sigmoidBlock(
      int n, float[] exp, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0, step; i < n; i += step) {
      step = n - i >= LANES ? LANES : 1;
      FloatVector v =
          step == LANES ? fromArray(FLOATS, x, xOffset + i) : broadcast(FLOATS, x[xOffset + i]);
      FloatVector e = step == LANES ? fromArray(FLOATS, exp, i) : broadcast(FLOATS, exp[i]);
      FloatVector numerator = broadcast(FLOATS, 1).blend(e, v.compare(VectorOperators.LT, 0));
      FloatVector q = numerator.div(e.add(1));
      // Where e / (1 + e) is small its three roundings make 2.5 ULP; e − e · q has fewer.
      FloatVector r = q.blend(e.neg().fma(q, e), v.compare(VectorOperators.LT, -1.4f));
      if (step == LANES) {
        r.intoArray(y, yOffset + i);
      } else {
        y[yOffset + i] = r.lane(0);
      }
    }
  }

  /** {@code y = e^(factor · |x|)}. */
  static void expOfMagnitude(int n, float factor, float[] x, int xOffset, float[] y, int yOffset) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += LANES) {
      fromArray(FLOATS, x, xOffset + i).abs().mul(factor).intoArray(y, yOffset + i);
    }
    for (; i < n; i++) {
      y[yOffset + i] = Math.abs(x[xOffset + i]) * factor;
    }
    exp(n, y, yOffset, y, yOffset);
  }
}
