package lanewise.kernel;

import java.util.Arrays;
import lanewise.shape.PoolingShape;
import org.jspecify.annotations.Nullable;

/** Pooling over NHWC images. */
public final class Pooling {
  private Pooling() {}

  /** Max pooling of images {@code firstImage …}; offsets are those of image 0. */
  public static void maxForward(
      PoolingShape s,
      int firstImage,
      int images,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      byte @Nullable [] argmax,
      int argmaxOffset) {
    for (int o = firstImage * s.outImageSize(); o < (firstImage + images) * s.outImageSize(); o++) {
      float best = Float.NEGATIVE_INFINITY;
      int at = -1;
      for (int k = 0; k < s.kernelHeight() * s.kernelWidth(); k++) {
        int i = input(s, o, k);
        if (i >= 0 && (at < 0 || x[xOffset + i] > best || Float.isNaN(x[xOffset + i]))) {
          best = x[xOffset + i];
          at = k;
        }
      }
      y[yOffset + o] = best;
      if (argmax != null) {
        argmax[argmaxOffset + o] = (byte) at;
      }
    }
  }

  /** The gradient of {@link #maxForward}. */
  public static void maxBackward(
      PoolingShape s,
      int firstImage,
      int images,
      byte[] argmax,
      int argmaxOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset) {
    zero(s, firstImage, images, dInput, dInputOffset);
    for (int o = firstImage * s.outImageSize(); o < (firstImage + images) * s.outImageSize(); o++) {
      dInput[dInputOffset + input(s, o, argmax[argmaxOffset + o] & 0xFF)] +=
          dOutput[dOutputOffset + o];
    }
  }

  /** Average pooling. */
  public static void averageForward(
      PoolingShape s,
      boolean countIncludePad,
      int firstImage,
      int images,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset) {
    for (int o = firstImage * s.outImageSize(); o < (firstImage + images) * s.outImageSize(); o++) {
      float sum = 0;
      int count = 0;
      for (int k = 0; k < s.kernelHeight() * s.kernelWidth(); k++) {
        int i = input(s, o, k);
        if (i >= 0) {
          sum += x[xOffset + i];
          count++;
        }
      }
      y[yOffset + o] = sum / (countIncludePad ? s.kernelHeight() * s.kernelWidth() : count);
    }
  }

  /** The gradient of {@link #averageForward}. */
  public static void averageBackward(
      PoolingShape s,
      boolean countIncludePad,
      int firstImage,
      int images,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset) {
    zero(s, firstImage, images, dInput, dInputOffset);
    int window = s.kernelHeight() * s.kernelWidth();
    for (int o = firstImage * s.outImageSize(); o < (firstImage + images) * s.outImageSize(); o++) {
      int count = 0;
      for (int k = 0; k < window; k++) {
        count += input(s, o, k) >= 0 ? 1 : 0;
      }
      for (int k = 0; k < window; k++) {
        int i = input(s, o, k);
        if (i >= 0) {
          dInput[dInputOffset + i] += dOutput[dOutputOffset + o] / (countIncludePad ? window : count);
        }
      }
    }
  }

  /** The mean over the pixels of each channel: {@code x [batch, pixels, channels]}, {@code y [batch, channels]}. */
  public static void globalAverageForward(
      int pixels,
      int channels,
      int firstImage,
      int images,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset) {
    for (int b = firstImage; b < firstImage + images; b++) {
      int to = yOffset + b * channels;
      Reductions.columnSums(
          pixels, channels, x, xOffset + b * pixels * channels, channels, y, to);
      Elementwise.scale(channels, 1f / pixels, y, to, y, to);
    }
  }

  /** The gradient of {@link #globalAverageForward}. */
  public static void globalAverageBackward(
      int pixels,
      int channels,
      int firstImage,
      int images,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset) {
    for (int p = firstImage * pixels; p < (firstImage + images) * pixels; p++) {
      Elementwise.scale(
          channels,
          1f / pixels,
          dOutput,
          dOutputOffset + p / pixels * channels,
          dInput,
          dInputOffset + p * channels);
    }
  }

  private static void zero(PoolingShape s, int firstImage, int images, float[] d, int offset) {
    int from = offset + firstImage * s.inImageSize();
    Arrays.fill(d, from, from + images * s.inImageSize(), 0);
  }

  private static int input(PoolingShape s, int o, int k) {
    int c = o % s.channels();
    int pixel = o / s.channels();
    int x = pixel % s.outWidth() * s.strideWidth() - s.padLeft() + k % s.kernelWidth();
    int row = pixel / s.outWidth();
    int y = row % s.outHeight() * s.strideHeight() - s.padTop() + k / s.kernelWidth();
    if (x < 0 || x >= s.inWidth() || y < 0 || y >= s.inHeight()) {
      return -1;
    }
    return ((row / s.outHeight() * s.inHeight() + y) * s.inWidth() + x) * s.channels() + c;
  }
}
