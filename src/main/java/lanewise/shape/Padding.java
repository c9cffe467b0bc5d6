package lanewise.shape;

/**
 * The zeros around an image: none ({@link #VALID}), as many as keep the size ({@link #SAME}), or
 * four numbers.
 */
public sealed interface Padding {
  /** No padding: {@code out = ⌊(in − dilation·(kernel − 1) − 1) / stride⌋ + 1}. */
  Padding VALID = new Explicit(0, 0, 0, 0);

  /**
   * {@code out = ⌈in / stride⌉}; where the zeros do not halve, the odd one goes to the bottom and
   * the right.
   */
  Padding SAME = new Same();

  /** The same number of zeros on all four sides. */
  static Padding of(int all) {
    return new Explicit(all, all, all, all);
  }

  /** Four explicit numbers of zeros. */
  static Padding of(int top, int bottom, int left, int right) {
    return new Explicit(top, bottom, left, right);
  }

  /**
   * The numbers for an image of {@code height × width} under windows of the given extent, stride
   * and dilation.
   */
  Explicit resolve(
      int height,
      int width,
      int kernelHeight,
      int kernelWidth,
      int strideHeight,
      int strideWidth,
      int dilationHeight,
      int dilationWidth);

  /** As many zeros as make {@code out = ⌈in / stride⌉}. */
  record Same() implements Padding {
    @Override
    public Explicit resolve(
        int height,
        int width,
        int kernelHeight,
        int kernelWidth,
        int strideHeight,
        int strideWidth,
        int dilationHeight,
        int dilationWidth) {
      int vertical = total(height, kernelHeight, strideHeight, dilationHeight);
      int horizontal = total(width, kernelWidth, strideWidth, dilationWidth);
      int top = vertical / 2;
      int left = horizontal / 2;
      return new Explicit(top, vertical - top, left, horizontal - left);
    }

    private static int total(int in, int kernel, int stride, int dilation) {
      int out = (in + stride - 1) / stride;
      return Math.max(0, (out - 1) * stride + dilation * (kernel - 1) + 1 - in);
    }

    @Override
    public String toString() {
      return "same";
    }
  }

  /** Four numbers of zeros. */
  record Explicit(int top, int bottom, int left, int right) implements Padding {
    /** Checks that none is negative. */
    public Explicit {
      if (top < 0 || bottom < 0 || left < 0 || right < 0) {
        throw new IllegalArgumentException(
            "Padding: every number must be at least 0, got "
                + top
                + ", "
                + bottom
                + ", "
                + left
                + ", "
                + right);
      }
    }

    @Override
    public Explicit resolve(
        int height,
        int width,
        int kernelHeight,
        int kernelWidth,
        int strideHeight,
        int strideWidth,
        int dilationHeight,
        int dilationWidth) {
      return this;
    }

    @Override
    public String toString() {
      if ((top | bottom | left | right) == 0) {
        return "valid";
      }
      return top + "," + bottom + "," + left + "," + right;
    }
  }
}
