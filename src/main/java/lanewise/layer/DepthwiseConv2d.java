package lanewise.layer;

import java.util.List;
import lanewise.shape.Padding;
import lanewise.shape.Shape;

/**
 * A 2-D convolution of each channel by itself: {@code y[i, j, c·m + q] = bias[c·m + q] + Σ x[i·s +
 * u·d − p, j·s + v·d − p, c] · filter[u, v, 0, c·m + q]} over {@code u, v}, for multiplier m,
 * {@code 0 ≤ q < m}, stride s, dilation d and padding p. It is a {@link Conv2d} of as many groups
 * as there are channels, whose number it takes from its input.
 *
 * <p>Input {@code [height, width, channels]}, output {@code [outHeight, outWidth, channels ·
 * multiplier]}. Parameters: {@code filter [kernelHeight, kernelWidth, 1, channels · multiplier]},
 * and if it is biased {@code bias [channels · multiplier]}.
 *
 * <pre>{@code
 * new DepthwiseConv2d(3).padding(Padding.SAME), new Conv2d(64, 1)
 * }</pre>
 *
 * @param multiplier output channels for each input channel
 * @param kernelHeight rows of the window
 * @param kernelWidth columns of the window
 * @param strideHeight rows that the window moves by
 * @param strideWidth columns that the window moves by
 * @param padding zeros around the input
 * @param dilationHeight rows between taps; 1 means none skipped
 * @param dilationWidth columns between taps; 1 means none skipped
 * @param biased whether there is a bias; none is needed before {@link BatchNorm}
 * @param filter the filter's first values
 * @param bias the bias's first values
 */
public record DepthwiseConv2d(
    int multiplier,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    Padding padding,
    int dilationHeight,
    int dilationWidth,
    boolean biased,
    Initializer filter,
    Initializer bias)
    implements Layer {

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if a size is below 1
   */
  public DepthwiseConv2d {
    Checks.atLeastOne("DepthwiseConv2d", "multiplier", multiplier);
    Checks.atLeastOne("DepthwiseConv2d", "kernel height", kernelHeight);
    Checks.atLeastOne("DepthwiseConv2d", "kernel width", kernelWidth);
    Checks.atLeastOne("DepthwiseConv2d", "vertical stride", strideHeight);
    Checks.atLeastOne("DepthwiseConv2d", "horizontal stride", strideWidth);
    Checks.atLeastOne("DepthwiseConv2d", "vertical dilation", dilationHeight);
    Checks.atLeastOne("DepthwiseConv2d", "horizontal dilation", dilationWidth);
  }

  /**
   * A square window, multiplier 1, stride 1, {@link Padding#VALID}, filter by {@link
   * Initializer.He}, bias 0.
   */
  public DepthwiseConv2d(int kernel) {
    this(1, kernel, kernel, 1, 1, Padding.VALID, 1, 1, true, Initializer.HE, Initializer.ZEROS);
  }

  /** This with the settings of {@code conv}, whose filters and groups do not count. */
  private DepthwiseConv2d like(Conv2d conv) {
    return new DepthwiseConv2d(
        multiplier,
        conv.kernelHeight(),
        conv.kernelWidth(),
        conv.strideHeight(),
        conv.strideWidth(),
        conv.padding(),
        conv.dilationHeight(),
        conv.dilationWidth(),
        conv.biased(),
        conv.filter(),
        conv.bias());
  }

  /** This with another multiplier. */
  public DepthwiseConv2d multiplier(int newMultiplier) {
    return new DepthwiseConv2d(
        newMultiplier,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        padding,
        dilationHeight,
        dilationWidth,
        biased,
        filter,
        bias);
  }

  /** This with another padding. */
  public DepthwiseConv2d padding(Padding newPadding) {
    return like(convolution(1).padding(newPadding));
  }

  /** This with another stride, the same in both directions. */
  public DepthwiseConv2d stride(int stride) {
    Checks.atLeastOne("DepthwiseConv2d", "stride", stride);
    return like(convolution(1).stride(stride));
  }

  /** This with another dilation, the same in both directions. */
  public DepthwiseConv2d dilation(int dilation) {
    Checks.atLeastOne("DepthwiseConv2d", "dilation", dilation);
    return like(convolution(1).dilation(dilation));
  }

  /** This without a bias. */
  public DepthwiseConv2d withoutBias() {
    return like(convolution(1).withoutBias());
  }

  /** This with other first values. */
  public DepthwiseConv2d initializer(Initializer newFilter, Initializer newBias) {
    return like(convolution(1).initializer(newFilter, newBias));
  }

  /** The convolution that it is for an input of so many channels. */
  public Conv2d convolution(int channels) {
    return new Conv2d(
        Math.multiplyExact(multiplier, channels),
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        padding,
        dilationHeight,
        dilationWidth,
        channels,
        biased,
        filter,
        bias);
  }

  private Conv2d convolution(Shape input) {
    Checks.image("DepthwiseConv2d", input);
    return convolution(input.size(2));
  }

  /** {@inheritDoc} Here {@code [outHeight, outWidth, channels · multiplier]}, for an image. */
  @Override
  public Shape outputShape(Shape input) {
    return convolution(input).outputShape(input);
  }

  @Override
  public List<ParameterSpec> parameters(Shape input) {
    return convolution(input).parameters(input);
  }

  @Override
  public long multiplyAdds(Shape input) {
    return convolution(input).multiplyAdds(input);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("DepthwiseConv2d(");
    if (multiplier > 1) {
      text.append("multiplier ").append(multiplier).append(", ");
    }
    text.append(Checks.window(kernelHeight, kernelWidth, strideHeight, strideWidth));
    text.append(", ").append(padding);
    if (dilationHeight > 1 || dilationWidth > 1) {
      text.append(", dilation ").append(dilationHeight).append('x').append(dilationWidth);
    }
    return text.append(biased ? ")" : ", no bias)").toString();
  }
}
