package lanewise.kernel;

import lanewise.shape.ConvolutionShape;

/** 2-D convolution forward, backward to the input and backward to the filter. NHWC images, HWIO filters. */
public final class Convolution {
  private Convolution() {}

  /** {@code output ← epilogue(input ∗ filter)}. */
  public static void forward(
      ConvolutionShape shape, float[] input, int inputOffset, float[] filter, int filterOffset, Epilogue epilogue,
      float[] output, int outputOffset) {
    each(
        shape,
        (in, w, out, first) -> {
          float sum = first ? 0 : output[outputOffset + out];
          output[outputOffset + out] = Math.fma(input[inputOffset + in], filter[filterOffset + w], sum);
        },
        output,
        outputOffset);
    int rows = shape.batch() * shape.outHeight() * shape.outWidth();
    for (int i = 0; i < rows * shape.outChannels(); i++) {
      output[outputOffset + i] = epilogue.apply(output[outputOffset + i], i % shape.outChannels());
    }
  }

  /** {@code dInput ←} the gradient of the input. */
  public static void backwardInput(
      ConvolutionShape shape, float[] dOutput, int dOutputOffset, float[] filter, int filterOffset, float[] dInput,
      int dInputOffset) {
    java.util.Arrays.fill(dInput, dInputOffset, dInputOffset + shape.batch() * shape.inImageSize(), 0);
    each(
        shape,
        (in, w, out, first) ->
            dInput[dInputOffset + in] =
                Math.fma(dOutput[dOutputOffset + out], filter[filterOffset + w], dInput[dInputOffset + in]),
        null,
        0);
  }

  /** {@code dFilter ←} the gradient of the filter, summed over the batch. */
  public static void backwardFilter(
      ConvolutionShape shape, float[] input, int inputOffset, float[] dOutput, int dOutputOffset, float[] dFilter,
      int dFilterOffset) {
    java.util.Arrays.fill(dFilter, dFilterOffset, dFilterOffset + shape.filterSize(), 0);
    each(
        shape,
        (in, w, out, first) ->
            dFilter[dFilterOffset + w] =
                Math.fma(input[inputOffset + in], dOutput[dOutputOffset + out], dFilter[dFilterOffset + w]),
        null,
        0);
  }

  private interface Product {
    void at(int in, int w, int out, boolean first);
  }

  private static void each(
      ConvolutionShape s, Product product, float @org.jspecify.annotations.Nullable [] zeroed, int zeroedOffset) {
    int oh = s.outHeight();
    int ow = s.outWidth();
    for (int n = 0; n < s.batch(); n++) {
      for (int y = 0; y < oh; y++) {
        for (int x = 0; x < ow; x++) {
          for (int o = 0; o < s.outChannels(); o++) {
            int out = ((n * oh + y) * ow + x) * s.outChannels() + o;
            if (zeroed != null) {
              zeroed[zeroedOffset + out] = 0;
            }
            int group = o / s.groupOutChannels();
            for (int ky = 0; ky < s.kernelHeight(); ky++) {
              int iy = y * s.strideHeight() - s.padTop() + ky * s.dilationHeight();
              for (int kx = 0; kx < s.kernelWidth(); kx++) {
                int ix = x * s.strideWidth() - s.padLeft() + kx * s.dilationWidth();
                if (iy < 0 || iy >= s.inHeight() || ix < 0 || ix >= s.inWidth()) {
                  continue;
                }
                for (int c = 0; c < s.groupInChannels(); c++) {
                  int in =
                      ((n * s.inHeight() + iy) * s.inWidth() + ix) * s.inChannels() + group * s.groupInChannels() + c;
                  int w = ((ky * s.kernelWidth() + kx) * s.groupInChannels() + c) * s.outChannels() + o;
                  product.at(in, w, out, false);
                }
              }
            }
          }
        }
      }
    }
  }
}
