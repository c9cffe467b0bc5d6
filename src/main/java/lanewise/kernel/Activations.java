package lanewise.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static lanewise.kernel.Simd.FLOATS;
import static lanewise.kernel.Simd.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Activation functions, each with its gradient after it.
 *
 * <p>Every method goes over {@code n} elements. The backward ones take the output {@code y} where
 * the gradient follows from it, else the input {@code x}. The array written may be one of those
 * read, at the same offset. NaN gives NaN. The loops are those that {@link VectorMath} explains.
 */
public final class Activations {
  private static final float INVERSE_SQRT_2_PI = 0x1.988454p-2f;

  private static final Blocks BLOCKS = new Blocks();

  private Activations() {}

  /** {@code y = max(x, 0)}. */
  public static void relu(int n, float[] x, int xOffset, float[] y, int yOffset) {
    Elementwise.clamp(n, 0, Float.POSITIVE_INFINITY, x, xOffset, y, yOffset);
  }

  /** {@code dInput = y > 0 ? dOutput : 0}. */
  public static void reluBackward(
      int n,
      float[] y,
      int yOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset) {
    clampBackward(
        n, Float.POSITIVE_INFINITY, y, yOffset, dOutput, dOutputOffset, dInput, dInputOffset);
  }

  /** {@code y = min(max(x, 0), 6)}. */
  public static void relu6(int n, float[] x, int xOffset, float[] y, int yOffset) {
    Elementwise.clamp(n, 0, 6, x, xOffset, y, yOffset);
  }

  /** {@code dInput = 0 < y < 6 ? dOutput : 0}. */
  public static void relu6Backward(
      int n,
      float[] y,
      int yOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset) {
    clampBackward(n, 6, y, yOffset, dOutput, dOutputOffset, dInput, dInputOffset);
  }

  private static void clampBackward(
      int n,
      float high,
      float[] y,
      int yOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset) {
    for (int i = 0, step; i < n; i += step) {
      step = n - i >= LANES ? LANES : 1;
      FloatVector v =
          step == LANES ? fromArray(FLOATS, y, yOffset + i) : broadcast(FLOATS, y[yOffset + i]);
      FloatVector d =
          step == LANES
              ? fromArray(FLOATS, dOutput, dOutputOffset + i)
              : broadcast(FLOATS, dOutput[dOutputOffset + i]);
      VectorMask<Float> passes =
          v.compare(VectorOperators.GT, 0).and(v.compare(VectorOperators.LT, high));
      FloatVector r = FloatVector.zero(FLOATS).blend(d, passes);
      if (step == LANES) {
        r.intoArray(dInput, dInputOffset + i);
      } else {
        dInput[dInputOffset + i] = r.lane(0);
      }
    }
  }

  /**
   * The gradient of an epilogue's activation: {@code dInput = y > 0 ? dOutput : slope · dOutput}, 0
   * for {@code y ≥ cap}; without a slope 0 for {@code y ≤ 0}, whatever dOutput is.
   */
  public static void epilogueBackward(
      Epilogue epilogue,
      int n,
      float[] y,
      int yOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset) {
    float slope = epilogue.slope();
    float cap = epilogue.cap();
    if (slope == 0) {
      clampBackward(n, cap, y, yOffset, dOutput, dOutputOffset, dInput, dInputOffset);
    } else {
      leakyBackward(n, slope, cap, y, yOffset, dOutput, dOutputOffset, dInput, dInputOffset);
    }
  }

  /** {@code y = x < 0 ? slope · x : x}. */
  public static void leakyRelu(int n, float slope, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0, step; i < n; i += step) {
      step = n - i >= LANES ? LANES : 1;
      FloatVector v =
          step == LANES ? fromArray(FLOATS, x, xOffset + i) : broadcast(FLOATS, x[xOffset + i]);
      FloatVector r = v.blend(v.mul(slope), v.compare(VectorOperators.LT, 0));
      if (step == LANES) {
        r.intoArray(y, yOffset + i);
      } else {
        y[yOffset + i] = r.lane(0);
      }
    }
  }

  /** {@code dInput = y > 0 ? dOutput : slope · dOutput}, for {@code slope ≥ 0}. */
  public static void leakyReluBackward(
      int n,
      float slope,
      float[] y,
      int yOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset) {
    float cap = Float.POSITIVE_INFINITY;
    leakyBackward(n, slope, cap, y, yOffset, dOutput, dOutputOffset, dInput, dInputOffset);
  }

  private static void leakyBackward(
      int n,
      float slope,
      float cap,
      float[] y,
      int yOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset) {
    for (int i = 0, step; i < n; i += step) {
      step = n - i >= LANES ? LANES : 1;
      FloatVector v =
          step == LANES ? fromArray(FLOATS, y, yOffset + i) : broadcast(FLOATS, y[yOffset + i]);
      FloatVector d =
          step == LANES
              ? fromArray(FLOATS, dOutput, dOutputOffset + i)
              : broadcast(FLOATS, dOutput[dOutputOffset + i]);
      FloatVector r =
          d.mul(slope)
              .blend(d, v.compare(VectorOperators.GT, 0))
              .blend(0, v.compare(VectorOperators.GE, cap));
      if (step == LANES) {
        r.intoArray(dInput, dInputOffset + i);
      } else {
        dInput[dInputOffset + i] = r.lane(0);
      }
    }
  }

  /**
   * {@code y = x > 0 ? x : alpha · (eˣ − 1)}, {@code eˣ − 1 = 2t / (1 − t)}, {@code t = tanh(x /
   * 2)}.
   */
  public static void elu(int n, float alpha, float[] x, int xOffset, float[] y, int yOffset) {
    float[] scratch = BLOCKS.get();
    for (int from = 0; from < n; from += Blocks.SIZE) {
      int m = Math.min(Blocks.SIZE, n - from);
      Elementwise.scale(m, 0.5f, x, xOffset + from, scratch, 0);
      VectorMath.tanh(m, scratch, 0, scratch, 0);
      eluBlock(m, alpha, scratch, x, xOffset + from, y, yOffset + from);
    }
  }

  private static void eluBlock(
      int n, float alpha, float[] tanh, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0, step; i < n; i += step) {
      step = n - i >= LANES ? LANES : 1;
      FloatVector v =
          step == LANES ? fromArray(FLOATS, x, xOffset + i) : broadcast(FLOATS, x[xOffset + i]);
      FloatVector t = step == LANES ? fromArray(FLOATS, tanh, i) : broadcast(FLOATS, tanh[i]);
      FloatVector negative = t.add(t).div(t.neg().add(1)).mul(alpha);
      FloatVector r = negative.blend(v, v.compare(VectorOperators.GT, 0));
      if (step == LANES) {
        r.intoArray(y, yOffset + i);
      } else {
        y[yOffset + i] = r.lane(0);
      }
    }
  }

  /** {@code dInput = y > 0 ? dOutput : dOutput · (y + alpha)}, for {@code alpha ≥ 0}. */
  public static void eluBackward(
      int n,
      float alpha,
      float[] y,
      int yOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset) {
    for (int i = 0, step; i < n; i += step) {
      step = n - i >= LANES ? LANES : 1;
      FloatVector v =
          step == LANES ? fromArray(FLOATS, y, yOffset + i) : broadcast(FLOATS, y[yOffset + i]);
      FloatVector d =
          step == LANES
              ? fromArray(FLOATS, dOutput, dOutputOffset + i)
              : broadcast(FLOATS, dOutput[dOutputOffset + i]);
      FloatVector r = d.mul(v.add(alpha)).blend(d, v.compare(VectorOperators.GT, 0));
      if (step == LANES) {
        r.intoArray(dInput, dInputOffset + i);
      } else {
        dInput[dInputOffset + i] = r.lane(0);
      }
    }
  }

  /** {@code y = 1 / (1 + e⁻ˣ)}, within 2 ULP. */
  public static void sigmoid(int n, float[] x, int xOffset, float[] y, int yOffset) {
    VectorMath.sigmoid(n, x, xOffset, y, yOffset);
  }

  /** {@code dInput = dOutput · y · (1 − y)}. */
  public static void sigmoidBackward(
      int n,
      float[] y,
      int yOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset) {
    for (int i = 0, step; i < n; i += step) {
      step = n - i >= LANES ? LANES : 1;
      FloatVector v =
          step == LANES ? fromArray(FLOATS, y, yOffset + i) : broadcast(FLOATS, y[yOffset + i]);
      FloatVector d =
          step == LANES
              ? fromArray(FLOATS, dOutput, dOutputOffset + i)
              : broadcast(FLOATS, dOutput[dOutputOffset + i]);
      FloatVector r = d.mul(v.mul(v.neg().add(1)));
      if (step == LANES) {
        r.intoArray(dInput, dInputOffset + i);
      } else {
        dInput[dInputOffset + i] = r.lane(0);
      }
    }
  }

  /** {@code y = tanh x}, within 2 ULP. */
  public static void tanh(int n, float[] x, int xOffset, float[] y, int yOffset) {
    VectorMath.tanh(n, x, xOffset, y, yOffset);
  }

  /** {@code dInput = dOutput · (1 − y²)}. */
  public static void tanhBackward(
      int n,
      float[] y,
      int yOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset) {
    for (int i = 0, step; i < n; i += step) {
      step = n - i >= LANES ? LANES : 1;
      FloatVector v =
          step == LANES ? fromArray(FLOATS, y, yOffset + i) : broadcast(FLOATS, y[yOffset + i]);
      FloatVector d =
          step == LANES
              ? fromArray(FLOATS, dOutput, dOutputOffset + i)
              : broadcast(FLOATS, dOutput[dOutputOffset + i]);
      FloatVector r = d.mul(v.neg().fma(v, broadcast(FLOATS, 1)));
      if (step == LANES) {
        r.intoArray(dInput, dInputOffset + i);
      } else {
        dInput[dInputOffset + i] = r.lane(0);
      }
    }
  }

  /** {@code y = x · sigmoid(x)}, within 3 ULP while {@code sigmoid(x)} is a normal number. */
  public static void silu(int n, float[] x, int xOffset, float[] y, int yOffset) {
    float[] scratch = BLOCKS.get();
    for (int from = 0; from < n; from += Blocks.SIZE) {
      int m = Math.min(Blocks.SIZE, n - from);
      VectorMath.sigmoid(m, x, xOffset + from, scratch, 0);
      Elementwise.multiply(m, x, xOffset + from, scratch, 0, y, yOffset + from);
    }
  }

  /** {@code dInput = dOutput · s · (1 + x · (1 − s))}, {@code s = sigmoid(x)}. */
  public static void siluBackward(
      int n,
      float[] x,
      int xOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset) {
    float[] scratch = BLOCKS.get();
    for (int from = 0; from < n; from += Blocks.SIZE) {
      int m = Math.min(Blocks.SIZE, n - from);
      VectorMath.sigmoid(m, x, xOffset + from, scratch, 0);
      siluSlopes(m, x, xOffset + from, scratch);
      Elementwise.multiply(
          m, dOutput, dOutputOffset + from, scratch, 0, dInput, dInputOffset + from);
    }
  }

  /** {@code s ← s · (1 + x · (1 − s))}. */
  private static void siluSlopes(int n, float[] x, int xOffset, float[] s) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += LANES) {
      FloatVector v = fromArray(FLOATS, s, i);
      FloatVector slope =
          v.neg().add(1).fma(fromArray(FLOATS, x, xOffset + i), broadcast(FLOATS, 1));
      slope.mul(v).intoArray(s, i);
    }
    for (; i < n; i++) {
      s[i] *= Math.fma(1 - s[i], x[xOffset + i], 1);
    }
  }

  /** {@code y = x · min(max(x / 6 + ½, 0), 1)}. */
  public static void hardswish(int n, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0, step; i < n; i += step) {
      step = n - i >= LANES ? LANES : 1;
      FloatVector v =
          step == LANES ? fromArray(FLOATS, x, xOffset + i) : broadcast(FLOATS, x[xOffset + i]);
      FloatVector s = v.fma(1f / 6, 0.5f);
      FloatVector r =
          s.blend(0, s.compare(VectorOperators.LT, 0))
              .blend(1, s.compare(VectorOperators.GT, 1))
              .mul(v);
      if (step == LANES) {
        r.intoArray(y, yOffset + i);
      } else {
        y[yOffset + i] = r.lane(0);
      }
    }
  }

  /** {@code dInput = dOutput · (x / 3 + ½)}, 0 for {@code x ≤ −3}, dOutput for {@code x ≥ 3}. */
  public static void hardswishBackward(
      int n,
      float[] x,
      int xOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset) {
    for (int i = 0, step; i < n; i += step) {
      step = n - i >= LANES ? LANES : 1;
      FloatVector v =
          step == LANES ? fromArray(FLOATS, x, xOffset + i) : broadcast(FLOATS, x[xOffset + i]);
      FloatVector d =
          step == LANES
              ? fromArray(FLOATS, dOutput, dOutputOffset + i)
              : broadcast(FLOATS, dOutput[dOutputOffset + i]);
      FloatVector r =
          d.mul(v.fma(1f / 3, 0.5f))
              .blend(0, v.compare(VectorOperators.LE, -3))
              .blend(d, v.compare(VectorOperators.GE, 3));
      if (step == LANES) {
        r.intoArray(dInput, dInputOffset + i);
      } else {
        dInput[dInputOffset + i] = r.lane(0);
      }
    }
  }

  /**
   * {@code y = x · Φ(x)}, {@code Φ(x) = ½ (1 + erf(x / √2))}: the exact form, not that with tanh.
   * Its relative error is below 4 · 10⁻⁷ while the result is a normal number.
   */
  public static void gelu(int n, float[] x, int xOffset, float[] y, int yOffset) {
    float[] scratch = BLOCKS.get();
    for (int from = 0; from < n; from += Blocks.SIZE) {
      int m = Math.min(Blocks.SIZE, n - from);
      normal(m, x, xOffset + from, scratch);
      Elementwise.multiply(m, x, xOffset + from, scratch, 0, y, yOffset + from);
    }
  }

  /** {@code dInput = dOutput · (Φ(x) + x · e^(−x²/2) / √(2π))}. */
  public static void geluBackward(
      int n,
      float[] x,
      int xOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset) {
    float[] scratch = BLOCKS.get();
    for (int from = 0; from < n; from += Blocks.SIZE) {
      int m = Math.min(Blocks.SIZE, n - from);
      normal(m, x, xOffset + from, scratch);
      geluSlopes(m, x, xOffset + from, scratch);
      Elementwise.multiply(
          m, dOutput, dOutputOffset + from, scratch, 0, dInput, dInputOffset + from);
    }
  }

  /** {@code cdf ← cdf + x · bell / √(2π)}, {@code cdf} the first block, {@code bell} the second. */
  private static void geluSlopes(int n, float[] x, int xOffset, float[] scratch) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += LANES) {
      FloatVector density = fromArray(FLOATS, scratch, Blocks.SIZE + i).mul(INVERSE_SQRT_2_PI);
      FloatVector cdf = fromArray(FLOATS, scratch, i);
      fromArray(FLOATS, x, xOffset + i).fma(density, cdf).intoArray(scratch, i);
    }
    for (; i < n; i++) {
      float density = scratch[Blocks.SIZE + i] * INVERSE_SQRT_2_PI;
      scratch[i] = Math.fma(x[xOffset + i], density, scratch[i]);
    }
  }

  /**
   * The first block of {@code scratch} becomes Φ(x), the second {@code e^(−x²/2)}. {@code Φ(−z) =
   * e^(−z²/2) · t · p(t)}, {@code t = 1 / (1 + 0.35 z)}, within 3.2 · 10⁻⁸ for {@code 0 ≤ z ≤
   * 14.5}.
   */
  private static void normal(int n, float[] x, int xOffset, float[] scratch) {
    Elementwise.clamp(n, -14.5f, 14.5f, x, xOffset, scratch, 0);
    Elementwise.multiply(n, scratch, 0, scratch, 0, scratch, Blocks.SIZE);
    Elementwise.scale(n, -0.5f, scratch, Blocks.SIZE, scratch, Blocks.SIZE);
    VectorMath.exp(n, scratch, Blocks.SIZE, scratch, Blocks.SIZE);
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = fromArray(FLOATS, scratch, i);
      FloatVector e = fromArray(FLOATS, scratch, Blocks.SIZE + i);
      // x² was rounded: e^(−lost/2) = 1 − lost/2.
      FloatVector lost = v.fma(v, v.mul(v).neg());
      FloatVector bell = e.mul(lost).fma(broadcast(FLOATS, -0.5f), e);
      FloatVector t = broadcast(FLOATS, 1).div(v.abs().fma(0.35f, 1));
      FloatVector p =
          broadcast(FLOATS, -0x1.ddb8fap-6f)
              .fma(t, broadcast(FLOATS, 0x1.26f9a6p-3f))
              .fma(t, broadcast(FLOATS, -0x1.05faa0p-2f))
              .fma(t, broadcast(FLOATS, 0x1.464952p-3f))
              .fma(t, broadcast(FLOATS, -0x1.7c4f3ap-6f))
              .fma(t, broadcast(FLOATS, 0x1.b057c6p-4f))
              .fma(t, broadcast(FLOATS, 0x1.eac9bcp-4f))
              .fma(t, broadcast(FLOATS, 0x1.1e70c4p-3f))
              .fma(t, broadcast(FLOATS, 0x1.1df1c6p-3f));
      FloatVector below = t.mul(p).mul(bell);
      FloatVector cdf = below.blend(below.neg().add(1), v.compare(VectorOperators.GT, 0));
      cdf.intoArray(scratch, i);
      bell.intoArray(scratch, Blocks.SIZE + i);
    }
  }
}
