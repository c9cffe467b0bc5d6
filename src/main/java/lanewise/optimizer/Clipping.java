package lanewise.optimizer;

/**
 * How gradients are kept from being too large, one after the other:
 *
 * <pre>{@code
 * g ← min(max(g, −value), value)     each element
 * g ← g · min(1, norm / √Σ g²)       all parameters together
 * }</pre>
 *
 * <p>Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural networks", 2013.
 *
 * @param value positive; infinite for no limit
 * @param norm positive; infinite for no limit
 */
public record Clipping(float value, float norm) {
  /** Leaves every gradient as it is. */
  public static final Clipping NONE = byValue(Float.POSITIVE_INFINITY);

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if one is not positive
   */
  public Clipping {
    check("value", value);
    check("norm", norm);
  }

  private static void check(String what, float limit) {
    if (!(limit > 0)) {
      throw new IllegalArgumentException("Clipping: " + what + " must be positive, got " + limit);
    }
  }

  /** Of each element alone. */
  public static Clipping byValue(float value) {
    return new Clipping(value, Float.POSITIVE_INFINITY);
  }

  /** Of the gradient as a whole, which keeps its direction. */
  public static Clipping byNorm(float norm) {
    return new Clipping(Float.POSITIVE_INFINITY, norm);
  }
}
