package lanewise.kernel;

import java.util.Arrays;
import lanewise.shape.PoolingShape;
import org.jspecify.annotations.Nullable;

/**
 * Max and average pooling of NHWC images. A call handles images {@code firstImage … firstImage +
 * images − 1} of a batch and touches no other; offsets are those of image 0. Windows see only what
 * lies inside the input.
 */
public final class Pooling {
  private static final int MAX_WINDOW = 255;

  private Pooling() {}

  /**
   * {@code y[b, oy, ox, c] = max x} over the window; NaN if it holds one.
   *
   * @param argmax set to the index {@code ky · kernelWidth + kx} of the first maximum, an unsigned
   *     byte, laid out like {@code y}; null where no gradient will be asked for
   * @throws IllegalArgumentException if {@code argmax} is given and the window has more than 255
   *     elements
   */
  public static void maxForward(
      PoolingShape s,
      int firstImage,
      int images,
      float[] x, // [batch, inHeight, inWidth, channels]
      int xOffset,
      float[] y, // [batch, outHeight, outWidth, channels]
      int yOffset,
      byte @Nullable [] argmax, // [batch, outHeight, outWidth, channels]
      int argmaxOffset) {
    checkWindow(s, argmax);
    int inSize = s.inImageSize();
    int outSize = s.outImageSize();
    for (int b = firstImage; b < firstImage + images; b++) {
      int out = b * outSize;
      int in = xOffset + b * inSize;
      MaxPooling.forward(
          s, 0, s.outHeight(), x, in, in + inSize, y, yOffset + out, argmax, argmaxOffset + out);
    }
  }

  static void checkWindow(PoolingShape s, byte @Nullable [] argmax) {
    if (argmax != null && s.kernelHeight() * s.kernelWidth() > MAX_WINDOW) {
      throw new IllegalArgumentException(
          "Max pooling: the window must have at most 255 elements, got "
              + (s.kernelHeight() + " x " + s.kernelWidth()));
    }
  }

  /**
   * The gradient of {@link #maxForward}: {@code dInput} is the sum of {@code dOutput} over the
   * windows whose maximum the element is. Writes all of {@code dInput} of these images, zeros
   * included.
   */
  public static void maxBackward(
      PoolingShape s,
      int firstImage,
      int images,
      byte[] argmax, // [batch, outHeight, outWidth, channels]
      int argmaxOffset,
      float[] dOutput, // [batch, outHeight, outWidth, channels]
      int dOutputOffset,
      float[] dInput, // [batch, inHeight, inWidth, channels]
      int dInputOffset) {
    boolean disjoint = s.strideHeight() >= s.kernelHeight() && s.strideWidth() >= s.kernelWidth();
    int inSize = s.inImageSize();
    int outSize = s.outImageSize();
    for (int b = firstImage; b < firstImage + images; b++) {
      int argmaxFrom = argmaxOffset + b * outSize;
      int out = dOutputOffset + b * outSize;
      int in = dInputOffset + b * inSize;
      if (disjoint) {
        MaxPooling.gather(s, argmax, argmaxFrom, dOutput, out, dInput, in);
      } else {
        MaxPooling.scatter(s, argmax, argmaxFrom, dOutput, out, dInput, in);
      }
    }
  }

  /**
   * {@code y[b, oy, ox, c] = Σ x / count} over the window, rows first.
   *
   * @param countIncludePad whether {@code count} includes the padding that the window covers
   */
  public static void averageForward(
      PoolingShape s,
      boolean countIncludePad,
      int firstImage,
      int images,
      float[] x, // [batch, inHeight, inWidth, channels]
      int xOffset,
      float[] y, // [batch, outHeight, outWidth, channels]
      int yOffset) {
    for (int b = firstImage; b < firstImage + images; b++) {
      int in = xOffset + b * s.inImageSize();
      AveragePooling.forward(s, countIncludePad, x, in, y, yOffset + b * s.outImageSize());
    }
  }

  /** The gradient of {@link #averageForward}. Writes all of {@code dInput} of these images. */
  public static void averageBackward(
      PoolingShape s,
      boolean countIncludePad,
      int firstImage,
      int images,
      float[] dOutput, // [batch, outHeight, outWidth, channels]
      int dOutputOffset,
      float[] dInput, // [batch, inHeight, inWidth, channels]
      int dInputOffset) {
    for (int b = firstImage; b < firstImage + images; b++) {
      int out = dOutputOffset + b * s.outImageSize();
      int in = dInputOffset + b * s.inImageSize();
      Arrays.fill(dInput, in, in + s.inImageSize(), 0);
      AveragePooling.backward(s, countIncludePad, dOutput, out, dInput, in);
    }
  }

  /** {@code y[b, c] = Σ x[b, p, c] / pixels}: the mean of each channel over all pixels. */
  public static void globalAverageForward(
      int pixels,
      int channels,
      int firstImage,
      int images,
      float[] x, // [batch, pixels, channels]
      int xOffset,
      float[] y, // [batch, channels]
      int yOffset) {
    for (int b = firstImage; b < firstImage + images; b++) {
      int in = xOffset + b * pixels * channels;
      int out = yOffset + b * channels;
      Reductions.columnSums(pixels, channels, x, in, channels, y, out);
      Elementwise.scale(channels, 1f / pixels, y, out, y, out);
    }
  }

  /**
   * The gradient of {@link #globalAverageForward}: {@code dInput[b, p, c] = dOutput[b, c] /
   * pixels}.
   */
  public static void globalAverageBackward(
      int pixels,
      int channels,
      int firstImage,
      int images,
      float[] dOutput, // [batch, channels]
      int dOutputOffset,
      float[] dInput, // [batch, pixels, channels]
      int dInputOffset) {
    for (int b = firstImage; b < firstImage + images; b++) {
      int out = dOutputOffset + b * channels;
      for (int p = 0; p < pixels; p++) {
        int in = dInputOffset + (b * pixels + p) * channels;
        Elementwise.scale(channels, 1f / pixels, dOutput, out, dInput, in);
      }
    }
  }

  /**
   * How many of {@code left} windows side by side, the first at {@code origin}, share one loop:
   * those that lie inside the input, or else one.
   */
  static int run(int origin, int kernel, int stride, int in, int left) {
    boolean inside = origin >= 0 && origin + kernel <= in;
    return inside ? Math.min(left, (in - kernel - origin) / stride + 1) : 1;
  }

  /** Of a window that starts at {@code origin}, the first index inside the input. */
  static int firstInside(int origin) {
    return Math.max(0, -origin);
  }

  /** Of a window that starts at {@code origin}, one more than the last index inside the input. */
  static int endInside(int origin, int kernel, int in) {
    return Math.min(kernel, in - origin);
  }
}
