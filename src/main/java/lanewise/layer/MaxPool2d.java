package lanewise.layer;

import lanewise.shape.Padding;
import lanewise.shape.PoolingShape;
import lanewise.shape.Shape;

/**
 * The maximum of each window, by channel; padding never wins.
 *
 * <p>Input {@code [height, width, channels]}, output {@code [outHeight, outWidth, channels]}, sizes
 * as in {@link PoolingShape}. No parameters. Of equal maxima the first in row-major order receives
 * the gradient.
 *
 * <pre>{@code
 * new MaxPool2d(2)
 * new MaxPool2d(3, 2, Padding.SAME)
 * new MaxPool2d(3, 2, Padding.VALID).roundingUp()
 * }</pre>
 *
 * @param kernelHeight rows of the window
 * @param kernelWidth columns of the window
 * @param strideHeight rows that the window moves by
 * @param strideWidth columns that the window moves by
 * @param padding around the input
 * @param ceilMode whether the output's size is rounded up instead of down
 */
public record MaxPool2d(
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    Padding padding,
    boolean ceilMode)
    implements Layer {
  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if a size is below 1, or the window has over 255 elements
   */
  public MaxPool2d {
    Checks.atLeastOne("MaxPool2d", "window height", kernelHeight);
    Checks.atLeastOne("MaxPool2d", "window width", kernelWidth);
    Checks.atLeastOne("MaxPool2d", "vertical stride", strideHeight);
    Checks.atLeastOne("MaxPool2d", "horizontal stride", strideWidth);
    if ((long) kernelHeight * kernelWidth > 255) {
      throw new IllegalArgumentException(
          "MaxPool2d: the window must have at most 255 elements, got "
              + kernelHeight
              + "x"
              + kernelWidth);
    }
  }

  /** A square window that moves by {@code stride}. */
  public MaxPool2d(int size, int stride, Padding padding) {
    this(size, size, stride, stride, padding, false);
  }

  /** Square windows side by side, {@link Padding#VALID}. */
  public MaxPool2d(int size) {
    this(size, size, Padding.VALID);
  }

  /** This with the output's size rounded up: what the last stride leaves over has a window too. */
  public MaxPool2d roundingUp() {
    return new MaxPool2d(kernelHeight, kernelWidth, strideHeight, strideWidth, padding, true);
  }

  /**
   * The sizes of this pooling over a batch.
   *
   * @throws IllegalArgumentException if the input is not an image or the window does not fit
   */
  public PoolingShape shape(int batch, Shape input) {
    Checks.image("MaxPool2d", input);
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
    return "MaxPool2d("
        + Checks.window(kernelHeight, kernelWidth, strideHeight, strideWidth)
        + ", "
        + padding
        + (ceilMode ? ", ceil" : "")
        + ")";
  }
}
