package lanewise.kernel;

import lanewise.shape.ConvolutionShape;

/**
 * Depthwise convolution, a filter of {@code kh × kw} for each channel, vectorized over the channels
 * of a pixel: {@link DepthwiseProduct} forward and backward to the input, {@link DepthwiseFilter}
 * backward to the filter. Nothing is copied: a tap outside the image is skipped.
 */
final class Depthwise {
  private Depthwise() {}

  static boolean supports(ConvolutionShape s) {
    return s.groups() == s.inChannels() && s.groups() == s.outChannels();
  }
}
