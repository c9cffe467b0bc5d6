package lanewise.kernel;

import lanewise.shape.ConvolutionShape;

/**
 * The rows that patches read, parted into planes {@code [strideHeight, strideWidth · channels,
 * rows, width]}, so that a patch element's values for one pixel after the other lie side by side.
 */
final class PatchPlanes {
  private final int channels;
  private final int strideHeight;
  private final int strideWidth;
  private final int paddedWidth;
  private final int pitch;

  /** From a row of a plane to the next: what is one pixel's stride apart lies side by side. */
  final int width;

  private final int size;

  /** Where each element of a patch stands; a tile's rows beyond the last repeat the first. */
  final int[] taps;

  /**
   * Planes of images whose rows of {@code paddedWidth} pixels start {@code pitch} floats apart.
   *
   * @param paddedRows that a block of patches reads, at most
   */
  PatchPlanes(
      ConvolutionShape s,
      int channels,
      int groupChannels,
      int strideHeight,
      int strideWidth,
      int paddedRows,
      int paddedWidth,
      int pitch) {
    this.channels = channels;
    this.strideHeight = strideHeight;
    this.strideWidth = strideWidth;
    this.paddedWidth = paddedWidth;
    this.pitch = pitch;
    width = Math.ceilDiv(paddedWidth, strideWidth);
    size = Math.ceilDiv(paddedRows, strideHeight) * width;
    taps = taps(s, groupChannels);
  }

  private int[] taps(ConvolutionShape s, int groupChannels) {
    int step = strideWidth * channels;
    int[] offsets = new int[s.kernelHeight() * s.kernelWidth() * groupChannels + 8];
    int at = 0;
    for (int ky = 0; ky < s.kernelHeight(); ky++) {
      int y = ky * s.dilationHeight();
      for (int kx = 0; kx < s.kernelWidth(); kx++) {
        for (int c = 0; c < groupChannels; c++) {
          int x = kx * s.dilationWidth() * channels + c;
          int plane = y % strideHeight * step + x % step;
          offsets[at++] = plane * size + y / strideHeight * width + x / step;
        }
      }
    }
    return offsets;
  }

  /** Where the plane of a channel begins. */
  int offset(int channel) {
    return channel * size;
  }

  /** Parts {@code rows} rows of an image. */
  float[] of(int rows, float[] image, int base, Scratch scratch) {
    int step = strideWidth * channels;
    float[] planes = scratch.left((strideHeight * step + Simd.LANES) * size);
    boolean together = // the rows of a plane follow each other as those of the image do
        strideHeight == 1 && strideWidth == 1 && pitch == paddedWidth * channels;
    int pixels = together ? rows * paddedWidth : paddedWidth;
    for (int r = 0; r < (together ? 1 : rows); r++) {
      int from = base + r * pitch;
      int to = r % strideHeight * step * size + r / strideHeight * width;
      if (step == 1) {
        System.arraycopy(image, from, planes, to, pixels);
      } else {
        part(pixels, image, from, planes, to);
      }
    }
    return planes;
  }

  private void part(int pixels, float[] image, int from, float[] planes, int to) {
    int step = strideWidth * channels;
    int count = Math.ceilDiv(pixels, strideWidth);
    int end = from + pixels * channels;
    int lanes = Simd.LANES;
    int most = (Math.min(end, image.length - lanes) - from) / step; // elements in whole squares
    int i = 0;
    for (; i < most && most >= lanes; i += lanes) {
      int start = Math.min(i, most - lanes);
      for (int f = 0; f < step; f += lanes) {
        int source = from + start * step + f;
        Transposition.fewColumns(
            step - f, image, source, step, planes, f * size + to + start, size);
      }
    }
    for (i = Math.min(i, Math.max(0, most)); i < count; i++) {
      for (int f = 0; f < step; f++) {
        int source = from + i * step + f;
        planes[f * size + to + i] = source < end ? image[source] : 0;
      }
    }
  }
}
