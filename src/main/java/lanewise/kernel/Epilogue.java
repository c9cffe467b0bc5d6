package lanewise.kernel;

import org.jspecify.annotations.Nullable;

/**
 * What a matrix product or convolution does to each finished element {@code x} of output column
 * {@code j} before it stores it: {@code x ← x + y} if it sums, y the element that x will replace,
 * then {@code x ← x + bias[j]}, then {@code x < 0 ? slope · x : min(x, cap)} if it activates.
 *
 * @param sums whether what stands in the output is added
 * @param bias added by column, or null
 * @param biasOffset where column 0's bias stands in {@code bias}
 * @param activates whether the activation runs
 * @param slope of the negative half; 0 for ReLU
 * @param cap of the positive half; infinity for none
 */
public record Epilogue(
    boolean sums,
    float @Nullable [] bias,
    int biasOffset,
    boolean activates,
    float slope,
    float cap) {
  /** Nothing. */
  public static final Epilogue NONE =
      new Epilogue(false, null, 0, false, 0, Float.POSITIVE_INFINITY);

  /** Adds a bias by column. */
  public static Epilogue bias(float[] bias, int offset) {
    return new Epilogue(false, bias, offset, false, 0, Float.POSITIVE_INFINITY);
  }

  /** This, after the sum with what stands in the output, such as a residual block's shortcut. */
  public Epilogue plusOutput() {
    return new Epilogue(true, bias, biasOffset, activates, slope, cap);
  }

  /** This, then ReLU. */
  public Epilogue relu() {
    return new Epilogue(sums, bias, biasOffset, true, 0, Float.POSITIVE_INFINITY);
  }

  /** This, then leaky ReLU. */
  public Epilogue leakyRelu(float negativeSlope) {
    return new Epilogue(sums, bias, biasOffset, true, negativeSlope, Float.POSITIVE_INFINITY);
  }

  /** This, then ReLU6. */
  public Epilogue relu6() {
    return new Epilogue(sums, bias, biasOffset, true, 0, 6);
  }

  /** The least that an activation without slope gives; NaN, which is no bound, if none runs. */
  public float low() {
    return activates ? 0 : Float.NaN;
  }

  /** The most that an activation without slope gives; NaN, which is no bound, if none runs. */
  public float high() {
    return activates ? cap : Float.NaN;
  }

  /** By how much what stands in the output is multiplied. */
  float beta() {
    return sums ? 1 : 0;
  }

  boolean isRelu() {
    return activates && slope == 0 && cap == Float.POSITIVE_INFINITY;
  }
}
