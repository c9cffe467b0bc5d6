package lanewise.kernel;

/** Update rules over flat parameters. Every rule writes the parameters {@code p} and its moments. */
public final class Updates {
  private Updates() {}

  /** {@code p ← p − rate · (g + weightDecay · p)}. */
  public static void sgd(
      int n, float rate, float weightDecay, float[] p, int pOffset, float[] g, int gOffset) {
    for (int i = 0; i < n; i++) {
      float w = p[pOffset + i];
      p[pOffset + i] = Math.fma(-rate, Math.fma(weightDecay, w, g[gOffset + i]), w);
    }
  }

  /** {@code d = g + weightDecay · p; v ← momentum · v + d; p ← p − rate · (nesterov ? d + momentum · v : v)}. */
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
    for (int i = 0; i < n; i++) {
      float w = p[pOffset + i];
      float d = Math.fma(weightDecay, w, g[gOffset + i]);
      float u = Math.fma(momentum, v[vOffset + i], d);
      v[vOffset + i] = u;
      p[pOffset + i] = Math.fma(-rate, nesterov ? Math.fma(momentum, u, d) : u, w);
    }
  }

  /** {@code d = g + weightDecay · p; v ← decay · v + (1 − decay) · d²; p ← p − rate · d / (√v + epsilon)}. */
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
    for (int i = 0; i < n; i++) {
      float w = p[pOffset + i];
      float d = Math.fma(weightDecay, w, g[gOffset + i]);
      float s = Math.fma(1 - decay, d * d, decay * v[vOffset + i]);
      v[vOffset + i] = s;
      p[pOffset + i] = Math.fma(-rate, d / ((float) Math.sqrt(s) + epsilon), w);
    }
  }

  /** Adam and AdamW; {@code step} counts from 1. */
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
    float c1 = (float) (1 / (1 - StrictMath.pow(beta1, (double) step)));
    float c2 = (float) (1 / (1 - StrictMath.pow(beta2, (double) step)));
    for (int i = 0; i < n; i++) {
      float w = p[pOffset + i];
      float d = Math.fma(weightDecay, w, g[gOffset + i]);
      float a = Math.fma(1 - beta1, d, beta1 * m[mOffset + i]);
      float s = Math.fma(1 - beta2, d * d, beta2 * v[vOffset + i]);
      m[mOffset + i] = a;
      v[vOffset + i] = s;
      float u = (a * c1) / ((float) Math.sqrt(s * c2) + epsilon);
      p[pOffset + i] = Math.fma(-rate, u + decoupledDecay * w, w);
    }
  }
}
