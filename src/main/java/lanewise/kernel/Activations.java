package lanewise.kernel;

/** Activation functions and their gradients, element by element. */
public final class Activations {
  private Activations() {}

  /** The function relu. */
  public static void relu(int n, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < n; i++) {
      float v = x[xOffset + i];
      y[yOffset + i] = v <= 0 ? 0 : v;
    }
  }

  /** The gradient of relu. */
  public static void reluBackward(
      int n,
      float[] y,
      int yOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset) {
    for (int i = 0; i < n; i++) {
      float o = y[yOffset + i];
      float d = dOutput[dOutputOffset + i];
      dInput[dInputOffset + i] = o > 0 ? d : 0;
    }
  }

  /** The function relu6. */
  public static void relu6(int n, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < n; i++) {
      float v = x[xOffset + i];
      y[yOffset + i] = v <= 0 ? 0 : v > 6 ? 6 : v;
    }
  }

  /** The gradient of relu6. */
  public static void relu6Backward(
      int n,
      float[] y,
      int yOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset) {
    for (int i = 0; i < n; i++) {
      float o = y[yOffset + i];
      float d = dOutput[dOutputOffset + i];
      dInput[dInputOffset + i] = o > 0 && o < 6 ? d : 0;
    }
  }

  /** The function leakyRelu. */
  public static void leakyRelu(int n, float slope, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < n; i++) {
      float v = x[xOffset + i];
      y[yOffset + i] = v <= 0 ? slope * v : v;
    }
  }

  /** The gradient of leakyRelu. */
  public static void leakyReluBackward(
      int n,
      float slope,
      float[] y,
      int yOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset) {
    for (int i = 0; i < n; i++) {
      float o = y[yOffset + i];
      float d = dOutput[dOutputOffset + i];
      dInput[dInputOffset + i] = o > 0 ? d : slope * d;
    }
  }

  /** The function elu. */
  public static void elu(int n, float alpha, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < n; i++) {
      float v = x[xOffset + i];
      y[yOffset + i] = v <= 0 ? alpha * (float) StrictMath.expm1(v) : v;
    }
  }

  /** The gradient of elu. */
  public static void eluBackward(
      int n,
      float alpha,
      float[] y,
      int yOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset) {
    for (int i = 0; i < n; i++) {
      float o = y[yOffset + i];
      float d = dOutput[dOutputOffset + i];
      dInput[dInputOffset + i] = o > 0 ? d : d * (o + alpha);
    }
  }

  /** The function sigmoid. */
  public static void sigmoid(int n, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < n; i++) {
      float v = x[xOffset + i];
      y[yOffset + i] = (float) (1 / (1 + StrictMath.exp(-v)));
    }
  }

  /** The gradient of sigmoid. */
  public static void sigmoidBackward(
      int n,
      float[] y,
      int yOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset) {
    for (int i = 0; i < n; i++) {
      float o = y[yOffset + i];
      float d = dOutput[dOutputOffset + i];
      dInput[dInputOffset + i] = d * (o * (1 - o));
    }
  }

  /** The function tanh. */
  public static void tanh(int n, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < n; i++) {
      float v = x[xOffset + i];
      y[yOffset + i] = (float) StrictMath.tanh(v);
    }
  }

  /** The gradient of tanh. */
  public static void tanhBackward(
      int n,
      float[] y,
      int yOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset) {
    for (int i = 0; i < n; i++) {
      float o = y[yOffset + i];
      float d = dOutput[dOutputOffset + i];
      dInput[dInputOffset + i] = d * (1 - o * o);
    }
  }

  /** The function silu. */
  public static void silu(int n, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < n; i++) {
      float v = x[xOffset + i];
      y[yOffset + i] = (float) (v / (1 + StrictMath.exp(-v)));
    }
  }

  /** The gradient of silu. */
  public static void siluBackward(
      int n,
      float[] x,
      int xOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset) {
    for (int i = 0; i < n; i++) {
      float o = x[xOffset + i];
      float d = dOutput[dOutputOffset + i];
      dInput[dInputOffset + i] = d * siluSlope(o);
    }
  }

  /** The function hardswish. */
  public static void hardswish(int n, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < n; i++) {
      float v = x[xOffset + i];
      y[yOffset + i] = v * Math.clamp(v / 6 + 0.5f, 0, 1);
    }
  }

  /** The gradient of hardswish. */
  public static void hardswishBackward(
      int n,
      float[] x,
      int xOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset) {
    for (int i = 0; i < n; i++) {
      float o = x[xOffset + i];
      float d = dOutput[dOutputOffset + i];
      dInput[dInputOffset + i] = o <= -3 ? 0 : o >= 3 ? d : d * (o / 3 + 0.5f);
    }
  }

  /** The function gelu. */
  public static void gelu(int n, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < n; i++) {
      float v = x[xOffset + i];
      y[yOffset + i] = (float) (v / (1 + StrictMath.exp(-1.702 * v)));
    }
  }

  /** The gradient of gelu. */
  public static void geluBackward(
      int n,
      float[] x,
      int xOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset) {
    for (int i = 0; i < n; i++) {
      float o = x[xOffset + i];
      float d = dOutput[dOutputOffset + i];
      dInput[dInputOffset + i] = d * o;
    }
  }

  private static float siluSlope(float x) {
    double s = 1 / (1 + StrictMath.exp(-x));
    return (float) (s * (1 + x * (1 - s)));
  }
}
