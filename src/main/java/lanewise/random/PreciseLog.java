package lanewise.random;

/**
 * The natural logarithm, computed to about 100 bits and then rounded: the platform's own differ from one another, and from
 * the C library that NumPy calls, in the last bit.
 *
 * <p>x = 2ᵏ·m with m in [√½, √2), and log m = 2·(s + s³/3 + s⁵/5 + …) with s = (m − 1)/(m + 1). Each intermediate number is
 * an unevaluated sum high + low of two doubles (Dekker, 1971).
 */
final class PreciseLog {
  private static final double LN2_HIGH = 0x1.62e42fefa39efp-1;
  private static final double LN2_LOW = 0x1.abc9e3b39803fp-56;
  private static final int TERMS = 23; // (√2 − 1)²/(√2 + 1)² < 2⁻⁵, so 23 terms leave 2⁻¹¹⁵

  private double high;
  private double low;

  private PreciseLog(double high, double low) {
    set(high, low);
  }

  /** log x for a positive, normal, finite {@code x}. */
  static double log(double x) {
    int k = Math.getExponent(x);
    double m = Math.scalb(x, -k);
    if (m > 0x1.6a09e667f3bcdp0) {
      m /= 2;
      k++;
    }
    PreciseLog s = quotient(m - 1, m);
    PreciseLog square = new PreciseLog(s.high, s.low);
    square.multiply(s);
    PreciseLog sum = quotient(2, 2 * TERMS);
    for (int i = TERMS - 1; i >= 0; i--) {
      sum.multiply(square);
      sum.add(quotient(2, 2 * i));
    }
    sum.multiply(s);
    PreciseLog exponent = new PreciseLog(LN2_HIGH, LN2_LOW);
    exponent.multiply(new PreciseLog(k, 0));
    sum.add(exponent);
    return sum.high;
  }

  /** a / (b + 1). */
  private static PreciseLog quotient(double a, double b) {
    double divisor = b + 1;
    double remainder = b - (divisor - 1); // exact: b lies in [0.7, 50]
    double q = a / divisor;
    return new PreciseLog(q, (Math.fma(-q, divisor, a) - q * remainder) / divisor);
  }

  private void multiply(PreciseLog other) {
    double product = high * other.high;
    double error = Math.fma(high, other.high, -product);
    set(product, error + (high * other.low + low * other.high));
  }

  private void add(PreciseLog other) {
    double sum = high + other.high;
    double part = sum - high;
    double error = (high - (sum - part)) + (other.high - part);
    set(sum, error + (low + other.low));
  }

  /** The sum of two doubles, the first the greater, as a rounded one and its error. */
  private void set(double greater, double smaller) {
    high = greater + smaller;
    low = smaller - (high - greater);
  }
}
