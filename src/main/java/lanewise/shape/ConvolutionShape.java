package lanewise.shape;

/**
 * The sizes of a 2-D convolution. Input {@code [batch, inHeight, inWidth, inChannels]}, filter
 * {@code [kernelHeight, kernelWidth, inChannels / groups, outChannels]}, output {@code [batch,
 * outHeight(), outWidth(), outChannels]}.
 *
 * <p>{@code outHeight = ⌊(inHeight + padTop + padBottom − dilationHeight·(kernelHeight − 1) − 1) /
 * strideHeight⌋ + 1}, and likewise the width.
 */
public record ConvolutionShape(
    int batch,
    int inHeight,
    int inWidth,
    int inChannels,
    int outChannels,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int padTop,
    int padBottom,
    int padLeft,
    int padRight,
    int dilationHeight,
    int dilationWidth,
    int groups) {

  /** Checks every size. */
  public ConvolutionShape {
    atLeastOne("batch", batch);
    atLeastOne("input height", inHeight);
    atLeastOne("input width", inWidth);
    atLeastOne("input channels", inChannels);
    atLeastOne("output channels", outChannels);
    atLeastOne("kernel height", kernelHeight);
    atLeastOne("kernel width", kernelWidth);
    atLeastOne("vertical stride", strideHeight);
    atLeastOne("horizontal stride", strideWidth);
    atLeastOne("vertical dilation", dilationHeight);
    atLeastOne("horizontal dilation", dilationWidth);
    atLeastOne("groups", groups);
    if (padTop < 0 || padBottom < 0 || padLeft < 0 || padRight < 0) {
      throw new IllegalArgumentException(
          "Convolution: padding must be at least 0, got "
              + padTop
              + ", "
              + padBottom
              + ", "
              + padLeft
              + ", "
              + padRight);
    }
    if (inChannels % groups != 0 || outChannels % groups != 0) {
      throw new IllegalArgumentException(
          "Convolution: groups must divide the input and output channels, got groups "
              + groups
              + " for "
              + inChannels
              + " and "
              + outChannels);
    }
    fits("height", inHeight + padTop + padBottom, dilationHeight * (kernelHeight - 1) + 1);
    fits("width", inWidth + padLeft + padRight, dilationWidth * (kernelWidth - 1) + 1);
  }

  /** The shape with {@code padding} resolved for the input's size. */
  public static ConvolutionShape of(
      int batch,
      int inHeight,
      int inWidth,
      int inChannels,
      int outChannels,
      int kernelHeight,
      int kernelWidth,
      int strideHeight,
      int strideWidth,
      Padding padding,
      int dilationHeight,
      int dilationWidth,
      int groups) {
    Padding.Explicit p =
        padding.resolve(
            inHeight,
            inWidth,
            kernelHeight,
            kernelWidth,
            strideHeight,
            strideWidth,
            dilationHeight,
            dilationWidth);
    return new ConvolutionShape(
        batch,
        inHeight,
        inWidth,
        inChannels,
        outChannels,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        p.top(),
        p.bottom(),
        p.left(),
        p.right(),
        dilationHeight,
        dilationWidth,
        groups);
  }

  private static void atLeastOne(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          "Convolution: " + what + " must be at least 1, got " + value);
    }
  }

  /** Whether the two differ in the batch at most. */
  public boolean equalsButForBatch(ConvolutionShape other) {
    return inHeight == other.inHeight
        && inWidth == other.inWidth
        && inChannels == other.inChannels
        && outChannels == other.outChannels
        && kernelHeight == other.kernelHeight
        && kernelWidth == other.kernelWidth
        && strideHeight == other.strideHeight
        && strideWidth == other.strideWidth
        && padTop == other.padTop
        && padBottom == other.padBottom
        && padLeft == other.padLeft
        && padRight == other.padRight
        && dilationHeight == other.dilationHeight
        && dilationWidth == other.dilationWidth
        && groups == other.groups;
  }

  private static void fits(String what, int padded, int extent) {
    if (extent > padded) {
      throw new IllegalArgumentException(
          "Convolution: the dilated kernel's "
              + what
              + " must be at most the padded input's "
              + padded
              + ", got "
              + extent);
    }
  }

  /** Rows of the output. */
  public int outHeight() {
    return (inHeight + padTop + padBottom - dilationHeight * (kernelHeight - 1) - 1) / strideHeight
        + 1;
  }

  /** Columns of the output. */
  public int outWidth() {
    return (inWidth + padLeft + padRight - dilationWidth * (kernelWidth - 1) - 1) / strideWidth + 1;
  }

  /** Input channels that one group reads. */
  public int groupInChannels() {
    return inChannels / groups;
  }

  /** Output channels that one group writes. */
  public int groupOutChannels() {
    return outChannels / groups;
  }

  /**
   * Products summed into one output element: {@code kernelHeight · kernelWidth · inChannels /
   * groups}.
   */
  public int patchSize() {
    return kernelHeight * kernelWidth * groupInChannels();
  }

  /** Elements of one input image. */
  public int inImageSize() {
    return inHeight * inWidth * inChannels;
  }

  /** Elements of one output image. */
  public int outImageSize() {
    return outHeight() * outWidth() * outChannels;
  }

  /** Elements of the filter. */
  public int filterSize() {
    return patchSize() * outChannels;
  }

  /** Multiply-adds of one forward pass over the batch. */
  public long multiplyAdds() {
    return (long) batch * outImageSize() * patchSize();
  }
}
