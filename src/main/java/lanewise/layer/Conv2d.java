package lanewise.layer;

import java.util.List;
import lanewise.shape.ConvolutionShape;
import lanewise.shape.Padding;
import lanewise.shape.Shape;

/**
 * A 2-D convolution: {@code y[i, j, o] = bias[o] + Σ x[i·s + u·d − p, j·s + v·d − p, c] · filter[u,
 * v, c, o]} over {@code u, v, c}, for stride s, dilation d and padding p; what lies outside of x
 * counts as zero.
 *
 * <p>Input {@code [height, width, channels]}, output {@code [outHeight, outWidth, filters]}, sizes
 * as in {@link ConvolutionShape}. Parameters: {@code filter [kernelHeight, kernelWidth, channels /
 * groups, filters]}, and if it is biased {@code bias [filters]}.
 *
 * <pre>{@code
 * new Conv2d(32, 3).padding(Padding.SAME)
 * new Conv2d(64, 3).stride(2).padding(Padding.of(1)).withoutBias()
 * }</pre>
 *
 * @param filters output channels
 * @param kernelHeight rows of the window
 * @param kernelWidth columns of the window
 * @param strideHeight rows that the window moves by
 * @param strideWidth columns that the window moves by
 * @param padding zeros around the input
 * @param dilationHeight rows between taps; 1 means none skipped
 * @param dilationWidth columns between taps; 1 means none skipped
 * @param groups slices of the channels that do not see each other; the number of input channels
 *     makes it depthwise
 * @param biased whether there is a bias; none is needed before {@link BatchNorm}
 * @param filter the filter's first values
 * @param bias the bias's first values
 */
public record Conv2d(
    int filters,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    Padding padding,
    int dilationHeight,
    int dilationWidth,
    int groups,
    boolean biased,
    Initializer filter,
    Initializer bias)
    implements Layer {

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if a size is below 1 or {@code groups} does not divide {@code
   *     filters}
   */
  public Conv2d {
    Checks.atLeastOne("Conv2d", "filters", filters);
    Checks.atLeastOne("Conv2d", "kernel height", kernelHeight);
    Checks.atLeastOne("Conv2d", "kernel width", kernelWidth);
    Checks.atLeastOne("Conv2d", "vertical stride", strideHeight);
    Checks.atLeastOne("Conv2d", "horizontal stride", strideWidth);
    Checks.atLeastOne("Conv2d", "vertical dilation", dilationHeight);
    Checks.atLeastOne("Conv2d", "horizontal dilation", dilationWidth);
    Checks.atLeastOne("Conv2d", "groups", groups);
    if (filters % groups != 0) {
      throw new IllegalArgumentException(
          "Conv2d: groups must divide the filters " + filters + ", got " + groups);
    }
  }

  /** A square window, stride 1, {@link Padding#VALID}, filter by {@link Initializer.He}, bias 0. */
  public Conv2d(int filters, int kernel) {
    this(
        filters,
        kernel,
        kernel,
        1,
        1,
        Padding.VALID,
        1,
        1,
        1,
        true,
        Initializer.HE,
        Initializer.ZEROS);
  }

  /** This with another padding. */
  public Conv2d padding(Padding newPadding) {
    return new Conv2d(
        filters,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        newPadding,
        dilationHeight,
        dilationWidth,
        groups,
        biased,
        filter,
        bias);
  }

  /** This with another stride, the same in both directions. */
  public Conv2d stride(int stride) {
    return new Conv2d(
        filters,
        kernelHeight,
        kernelWidth,
        stride,
        stride,
        padding,
        dilationHeight,
        dilationWidth,
        groups,
        biased,
        filter,
        bias);
  }

  /** This with another dilation, the same in both directions. */
  public Conv2d dilation(int dilation) {
    return new Conv2d(
        filters,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        padding,
        dilation,
        dilation,
        groups,
        biased,
        filter,
        bias);
  }

  /** This with another number of groups. */
  public Conv2d groups(int newGroups) {
    return new Conv2d(
        filters,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        padding,
        dilationHeight,
        dilationWidth,
        newGroups,
        biased,
        filter,
        bias);
  }

  /** This without a bias. */
  public Conv2d withoutBias() {
    return new Conv2d(
        filters,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        padding,
        dilationHeight,
        dilationWidth,
        groups,
        false,
        filter,
        bias);
  }

  /** This with other first values. */
  public Conv2d initializer(Initializer newFilter, Initializer newBias) {
    return new Conv2d(
        filters,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        padding,
        dilationHeight,
        dilationWidth,
        groups,
        biased,
        newFilter,
        newBias);
  }

  /**
   * The sizes of this convolution over a batch.
   *
   * @throws IllegalArgumentException if the input is not an image, or does not fit the window or
   *     the groups
   */
  public ConvolutionShape shape(int batch, Shape input) {
    Checks.image("Conv2d", input);
    if (input.size(2) % groups != 0) {
      throw new IllegalArgumentException(
          "Conv2d: groups must divide the input channels, got groups "
              + groups
              + " for input "
              + input);
    }
    return ConvolutionShape.of(
        batch,
        input.size(0),
        input.size(1),
        input.size(2),
        filters,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        padding,
        dilationHeight,
        dilationWidth,
        groups);
  }

  /** {@inheritDoc} Here {@code [outHeight, outWidth, filters]}; the input must be an image. */
  @Override
  public Shape outputShape(Shape input) {
    ConvolutionShape s = shape(1, input);
    return Shape.of(s.outHeight(), s.outWidth(), filters);
  }

  @Override
  public List<ParameterSpec> parameters(Shape input) {
    ConvolutionShape s = shape(1, input);
    int fanIn = s.patchSize();
    int fanOut = kernelHeight * kernelWidth * s.groupOutChannels();
    Shape filterShape = Shape.of(kernelHeight, kernelWidth, s.groupInChannels(), filters);
    ParameterSpec taps = new ParameterSpec("filter", filterShape, fanIn, fanOut, filter);
    return biased
        ? List.of(taps, new ParameterSpec("bias", Shape.of(filters), fanIn, fanOut, bias))
        : List.of(taps);
  }

  @Override
  public long multiplyAdds(Shape input) {
    return shape(1, input).multiplyAdds();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("Conv2d(").append(filters).append(", ");
    text.append(Checks.window(kernelHeight, kernelWidth, strideHeight, strideWidth));
    text.append(", ").append(padding);
    if (dilationHeight > 1 || dilationWidth > 1) {
      text.append(", dilation ").append(dilationHeight).append('x').append(dilationWidth);
    }
    if (groups > 1) {
      text.append(", groups ").append(groups);
    }
    if (!biased) {
      text.append(", no bias");
    }
    return text.append(')').toString();
  }
}
