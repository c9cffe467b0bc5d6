package lanewise.layer;

import lanewise.shape.Padding;
import lanewise.shape.PoolingShape;
import lanewise.shape.Shape;

/**
 * The mean of each window, by channel.
 *
 * <p>Input {@code [height, width, channels]}, output {@code [outHeight, outWidth, channels]}, sizes
 * as in {@link PoolingShape}. No parameters.
 *
 * <pre>{@code
 * new AveragePool2d(2)
 * }</pre>
 *
 * @param kernelHeight rows of the window
 * @param kernelWidth columns of the window
 * @param strideHeight rows that the window moves by
 * @param strideWidth columns that the window moves by
 * @param padding around the input
 * @param countPadding whether padding counts among a window's elements (as zeros) or not at all
 * @param ceilMode whether the output's size is rounded up instead of down; what a window then
 *     covers beyond the padding counts never
 */
public record AveragePool2d(
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    Padding padding,
    boolean countPadding,
    boolean ceilMode)
    implements Layer {
  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if a size is below 1
   */
  public AveragePool2d {
    Checks.atLeastOne("AveragePool2d", "window height", kernelHeight);
    Checks.atLeastOne("AveragePool2d", "window width", kernelWidth);
    Checks.atLeastOne("AveragePool2d", "vertical stride", strideHeight);
    Checks.atLeastOne("AveragePool2d", "horizontal stride", strideWidth);
  }

  /** A square window that moves by {@code stride}; padding does not count. */
  public AveragePool2d(int size, int stride, Padding padding) {
    this(size, size, stride, stride, padding, false, false);
  }

  /** Square windows side by side, {@link Padding#VALID}. */
  public AveragePool2d(int size) {
    this(size, size, Padding.VALID);
  }

  /** This with the output's size rounded up: what the last stride leaves over has a window too. */
  public AveragePool2d roundingUp() {
    return new AveragePool2d(
        kernelHeight, kernelWidth, strideHeight, strideWidth, padding, countPadding, true);
  }

  /** This with padding counted among a window's elements, as zeros. */
  public AveragePool2d countingPadding() {
    return new AveragePool2d(
        kernelHeight, kernelWidth, strideHeight, strideWidth, padding, true, ceilMode);
  }

  /**
   * The sizes of this pooling over a batch.
   *
   * @throws IllegalArgumentException if the input is not an image or the window does not fit
   */
  public PoolingShape shape(int batch, Shape input) {
    Checks.image("AveragePool2d", input);
    return PoolingShape.of(
        batch,
        input.size(0),
        input.size(1),
        input.size(2),
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        padding,
        ceilMode);
  }

  @Override
  public Shape outputShape(Shape input) {
    PoolingShape s = shape(1, input);
    return Shape.of(s.outHeight(), s.outWidth(), s.channels());
  }

  @Override
  public String toString() {
    return "AveragePool2d("
        + Checks.window(kernelHeight, kernelWidth, strideHeight, strideWidth)
        + ", "
        + padding
        + (ceilMode ? ", ceil" : "")
        + ")";
  }
}
