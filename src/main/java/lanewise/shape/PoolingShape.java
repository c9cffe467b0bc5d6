package lanewise.shape;

/**
 * The sizes of a 2-D pooling. Input {@code [batch, inHeight, inWidth, channels]}, output {@code
 * [batch, outHeight(), outWidth(), channels]}.
 *
 * <p>{@code outHeight = ⌊(inHeight + padTop + padBottom − kernelHeight) / strideHeight⌋ + 1}; with
 * {@code ceilMode} the quotient is rounded up, save that no window starts beyond the input and its
 * leading padding.
 */
public record PoolingShape(
    int batch,
    int inHeight,
    int inWidth,
    int channels,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int padTop,
    int padBottom,
    int padLeft,
    int padRight,
    boolean ceilMode) {

  /** Checks every size. */
  public PoolingShape {
    atLeastOne("batch", batch);
    atLeastOne("input height", inHeight);
    atLeastOne("input width", inWidth);
    atLeastOne("channels", channels);
    atLeastOne("window height", kernelHeight);
    atLeastOne("window width", kernelWidth);
    atLeastOne("vertical stride", strideHeight);
    atLeastOne("horizontal stride", strideWidth);
    smallerThanWindow("vertical", Math.max(padTop, padBottom), kernelHeight);
    smallerThanWindow("horizontal", Math.max(padLeft, padRight), kernelWidth);
    if (padTop < 0 || padBottom < 0 || padLeft < 0 || padRight < 0) {
      throw new IllegalArgumentException(
          "Pooling: padding must be at least 0, got "
              + padTop
              + ", "
              + padBottom
              + ", "
              + padLeft
              + ", "
              + padRight);
    }
    if (kernelHeight > inHeight + padTop + padBottom
        || kernelWidth > inWidth + padLeft + padRight) {
      throw new IllegalArgumentException(
          "Pooling: the window must fit into the padded input ["
              + (inHeight + padTop + padBottom)
              + ", "
              + (inWidth + padLeft + padRight)
              + "], got ["
              + kernelHeight
              + ", "
              + kernelWidth
              + "]");
    }
  }

  /** The shape with {@code padding} resolved for the input's size. */
  public static PoolingShape of(
      int batch,
      int inHeight,
      int inWidth,
      int channels,
      int kernelHeight,
      int kernelWidth,
      int strideHeight,
      int strideWidth,
      Padding padding,
      boolean ceilMode) {
    Padding.Explicit p =
        padding.resolve(
            inHeight, inWidth, kernelHeight, kernelWidth, strideHeight, strideWidth, 1, 1);
    return new PoolingShape(
        batch,
        inHeight,
        inWidth,
        channels,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        p.top(),
        p.bottom(),
        p.left(),
        p.right(),
        ceilMode);
  }

  private static void atLeastOne(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("Pooling: " + what + " must be at least 1, got " + value);
    }
  }

  private static void smallerThanWindow(String what, int padding, int window) {
    if (padding >= window) {
      throw new IllegalArgumentException(
          "Pooling: "
              + what
              + " padding must be smaller than the window "
              + window
              + ", got "
              + padding);
    }
  }

  private int outputs(int in, int padBefore, int padAfter, int kernel, int stride) {
    int span = in + padBefore + padAfter - kernel;
    int out = (ceilMode ? (span + stride - 1) / stride : span / stride) + 1;
    // A window that starts in the trailing padding would see no input.
    return ceilMode && (out - 1) * stride >= in + padBefore ? out - 1 : out;
  }

  /** Rows of the output. */
  public int outHeight() {
    return outputs(inHeight, padTop, padBottom, kernelHeight, strideHeight);
  }

  /** Columns of the output. */
  public int outWidth() {
    return outputs(inWidth, padLeft, padRight, kernelWidth, strideWidth);
  }

  /** Elements of one input image. */
  public int inImageSize() {
    return inHeight * inWidth * channels;
  }

  /** Elements of one output image. */
  public int outImageSize() {
    return outHeight() * outWidth() * channels;
  }
}
