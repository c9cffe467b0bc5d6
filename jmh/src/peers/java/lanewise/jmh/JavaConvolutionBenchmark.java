package lanewise.jmh;

import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;

/** Plain loops, left to the compiler; the innermost runs along output channels. */
public class JavaConvolutionBenchmark extends ConvolutionOperands {
  /** What is done where one tap of the filter meets one pixel of the input and the output. */
  private interface Tap {
    void at(int inputOffset, int filterOffset, int outputOffset);
  }

  @Override
  void prepare() {
    Peers.oneThread("plain Java", threads);
  }

  /** The output. */
  @Benchmark
  public float[] forward() {
    Arrays.fill(output, 0);
    everyTap(this::forward);
    return output;
  }

  /** The input's gradient. */
  @Benchmark
  public float[] backwardInput() {
    Arrays.fill(input, 0);
    everyTap(this::backwardInput);
    return input;
  }

  /** The filter's gradient. */
  @Benchmark
  public float[] backwardFilter() {
    Arrays.fill(filter, 0);
    everyTap(this::backwardFilter);
    return filter;
  }

  private void everyTap(Tap tap) {
    for (int image = 0; image < s.batch(); image++) {
      for (int y = 0; y < s.outHeight(); y++) {
        for (int x = 0; x < s.outWidth(); x++) {
          int pixel = (image * s.outHeight() + y) * s.outWidth() + x;
          tapsOf(image, y, x, pixel * s.outChannels(), tap);
        }
      }
    }
  }

  private void tapsOf(int image, int y, int x, int outputOffset, Tap tap) {
    int size = s.groupInChannels() * s.outChannels();
    for (int ky = 0; ky < s.kernelHeight(); ky++) {
      int inY = y * s.strideHeight() + ky * s.dilationHeight() - s.padTop();
      for (int kx = 0; kx < s.kernelWidth(); kx++) {
        int inX = x * s.strideWidth() + kx * s.dilationWidth() - s.padLeft();
        if (inY >= 0 && inY < s.inHeight() && inX >= 0 && inX < s.inWidth()) {
          int pixel = (image * s.inHeight() + inY) * s.inWidth() + inX;
          tap.at(pixel * s.inChannels(), (ky * s.kernelWidth() + kx) * size, outputOffset);
        }
      }
    }
  }

  private void forward(int inputOffset, int filterOffset, int outputOffset) {
    for (int c = 0; c < s.inChannels(); c++) {
      int group = c / s.groupInChannels() * s.groupOutChannels();
      int row = filterOffset + c % s.groupInChannels() * s.outChannels() + group;
      int out = outputOffset + group;
      axpy(s.groupOutChannels(), input[inputOffset + c], filter, row, output, out);
    }
  }

  private void backwardInput(int inputOffset, int filterOffset, int outputOffset) {
    for (int c = 0; c < s.inChannels(); c++) {
      int group = c / s.groupInChannels() * s.groupOutChannels();
      int row = filterOffset + c % s.groupInChannels() * s.outChannels() + group;
      int out = outputOffset + group;
      input[inputOffset + c] += dot(s.groupOutChannels(), filter, row, output, out);
    }
  }

  private void backwardFilter(int inputOffset, int filterOffset, int outputOffset) {
    for (int c = 0; c < s.inChannels(); c++) {
      int group = c / s.groupInChannels() * s.groupOutChannels();
      int row = filterOffset + c % s.groupInChannels() * s.outChannels() + group;
      int out = outputOffset + group;
      axpy(s.groupOutChannels(), input[inputOffset + c], output, out, filter, row);
    }
  }

  /** {@code y ← y + alpha · x}. */
  private static void axpy(int n, float alpha, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] += alpha * x[xOffset + i];
    }
  }

  private static float dot(int n, float[] x, int xOffset, float[] y, int yOffset) {
    float sum = 0;
    for (int i = 0; i < n; i++) {
      sum += x[xOffset + i] * y[yOffset + i];
    }
    return sum;
  }
}
