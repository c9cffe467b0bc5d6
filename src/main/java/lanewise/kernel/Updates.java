package lanewise.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static lanewise.kernel.Simd.FLOATS;
import static lanewise.kernel.Simd.LANES;

import jdk.incubator.vector.FloatVector;

/**
 * Update rules over flat parameters {@code p [n]} with gradient {@code g [n]}. Modified: the
 * parameters and the rule's moments ({@code v}, {@code m}), which start at zero. {@code
 * weightDecay} is that of L2 regularization: each rule starts from {@code d = g + weightDecay · p}.
 */
public final class Updates {
  private static final int LINE = 16;

  /** Not final: else the compiler drops the stores of {@link #claim}. */
  private static float one = 1;

  private Updates() {}

  /**
   * Stores each cache line's first parameter as it is, before an update that several threads share.
   * Threads that read the parameters before have left their lines with several cores, and a store
   * waits until the others have dropped the line. Stores that follow each other wait together;
   * between an update's arithmetic and its other stores, each waits alone.
   */
  public static void claim(int n, float[] p, int pOffset) {
    float same = one;
    for (int i = pOffset; i < pOffset + n; i += LINE) {
      p[i] *= same;
    }
  }

  /** {@code p ← p − rate · d}. */
  public static void sgd(
      int n, float rate, float weightDecay, float[] p, int pOffset, float[] g, int gOffset) {
    FloatVector decays = broadcast(FLOATS, weightDecay);
    FloatVector rates = broadcast(FLOATS, -rate);
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += LANES) {
      FloatVector w = fromArray(FLOATS, p, pOffset + i);
      FloatVector d = decays.fma(w, fromArray(FLOATS, g, gOffset + i));
      rates.fma(d, w).intoArray(p, pOffset + i);
    }
    for (; i < n; i++) {
      float w = p[pOffset + i];
      float d = Math.fma(weightDecay, w, g[gOffset + i]);
      p[pOffset + i] = Math.fma(-rate, d, w);
    }
  }

  /**
   * {@code v ← momentum · v + d}; {@code p ← p − rate · v}, or with Nesterov's look ahead {@code p
   * ← p − rate · (d + momentum · v)}.
   */
  public static void momentum(
      int n,
      float rate,
      float momentum,
      boolean nesterov,
      float weightDecay,
      float[] p,
      int pOffset,
      float[] g,
      int gOffset,
      float[] v,
      int vOffset) {
    FloatVector decays = broadcast(FLOATS, weightDecay);
    FloatVector momenta = broadcast(FLOATS, momentum);
    FloatVector rates = broadcast(FLOATS, -rate);
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += LANES) {
      FloatVector w = fromArray(FLOATS, p, pOffset + i);
      FloatVector d = decays.fma(w, fromArray(FLOATS, g, gOffset + i));
      FloatVector u = momenta.fma(fromArray(FLOATS, v, vOffset + i), d);
      u.intoArray(v, vOffset + i);
      FloatVector step = nesterov ? momenta.fma(u, d) : u;
      rates.fma(step, w).intoArray(p, pOffset + i);
    }
    for (; i < n; i++) {
      float w = p[pOffset + i];
      float d = Math.fma(weightDecay, w, g[gOffset + i]);
      float u = Math.fma(momentum, v[vOffset + i], d);
      v[vOffset + i] = u;
      float step = nesterov ? Math.fma(momentum, u, d) : u;
      p[pOffset + i] = Math.fma(-rate, step, w);
    }
  }

  /** {@code v ← decay · v + (1 − decay) · d²}; {@code p ← p − rate · d / (√v + epsilon)}. */
  public static void rmsProp(
      int n,
      float rate,
      float decay,
      float epsilon,
      float weightDecay,
      float[] p,
      int pOffset,
      float[] g,
      int gOffset,
      float[] v,
      int vOffset) {
    float rest = 1 - decay;
    FloatVector decays = broadcast(FLOATS, weightDecay);
    FloatVector rests = broadcast(FLOATS, rest);
    FloatVector rates = broadcast(FLOATS, -rate);
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += LANES) {
      FloatVector w = fromArray(FLOATS, p, pOffset + i);
      FloatVector d = decays.fma(w, fromArray(FLOATS, g, gOffset + i));
      FloatVector s = rests.fma(d.mul(d), fromArray(FLOATS, v, vOffset + i).mul(decay));
      s.intoArray(v, vOffset + i);
      rates.fma(d.div(s.sqrt().add(epsilon)), w).intoArray(p, pOffset + i);
    }
    for (; i < n; i++) {
      float w = p[pOffset + i];
      float d = Math.fma(weightDecay, w, g[gOffset + i]);
      float s = Math.fma(rest, d * d, v[vOffset + i] * decay);
      v[vOffset + i] = s;
      p[pOffset + i] = Math.fma(-rate, d / (sqrt(s) + epsilon), w);
    }
  }

  /**
   * Adam (Kingma and Ba, 2015) and AdamW (Loshchilov and Hutter, 2019): {@code m ← beta1 · m + (1 −
   * beta1) · d}; {@code v ← beta2 · v + (1 − beta2) · d²}; {@code p ← p − rate · (m̂ / (√v̂ +
   * epsilon) + decoupledDecay · p)}, {@code m̂ = m / (1 − beta1^step)}, {@code v̂ = v / (1 −
   * beta2^step)}.
   *
   * @param step counted from 1
   */
  public static void adam(
      int n,
      float rate,
      float beta1,
      float beta2,
      float epsilon,
      float weightDecay,
      float decoupledDecay,
      long step,
      float[] p,
      int pOffset,
      float[] g,
      int gOffset,
      float[] m,
      int mOffset,
      float[] v,
      int vOffset) {
    float mScale = (float) (1 / (1 - StrictMath.pow(beta1, (double) step)));
    float vScale = (float) (1 / (1 - StrictMath.pow(beta2, (double) step)));
    float rest1 = 1 - beta1;
    float rest2 = 1 - beta2;
    FloatVector decays = broadcast(FLOATS, weightDecay);
    FloatVector decoupled = broadcast(FLOATS, decoupledDecay);
    FloatVector rests1 = broadcast(FLOATS, rest1);
    FloatVector rests2 = broadcast(FLOATS, rest2);
    FloatVector rates = broadcast(FLOATS, -rate);
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += LANES) {
      FloatVector w = fromArray(FLOATS, p, pOffset + i);
      FloatVector d = decays.fma(w, fromArray(FLOATS, g, gOffset + i));
      FloatVector a = rests1.fma(d, fromArray(FLOATS, m, mOffset + i).mul(beta1));
      FloatVector s = rests2.fma(d.mul(d), fromArray(FLOATS, v, vOffset + i).mul(beta2));
      a.intoArray(m, mOffset + i);
      s.intoArray(v, vOffset + i);
      FloatVector u = a.mul(mScale).div(s.mul(vScale).sqrt().add(epsilon));
      rates.fma(decoupled.fma(w, u), w).intoArray(p, pOffset + i);
    }
    for (; i < n; i++) {
      float w = p[pOffset + i];
      float d = Math.fma(weightDecay, w, g[gOffset + i]);
      float a = Math.fma(rest1, d, m[mOffset + i] * beta1);
      float s = Math.fma(rest2, d * d, v[vOffset + i] * beta2);
      m[mOffset + i] = a;
      v[vOffset + i] = s;
      float u = a * mScale / (sqrt(s * vScale) + epsilon);
      p[pOffset + i] = Math.fma(-rate, Math.fma(decoupledDecay, w, u), w);
    }
  }

  private static float sqrt(float x) {
    return (float) Math.sqrt(x);
  }
}
