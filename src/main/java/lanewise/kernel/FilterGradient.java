package lanewise.kernel;

import lanewise.shape.ConvolutionShape;

/**
 * A way to compute a convolution backward to the filter. Arguments are those of {@link
 * Convolution#backwardFilter}, which has checked them.
 */
interface FilterGradient {
  void run(
      ConvolutionShape s,
      float[] input,
      int inputOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dFilter,
      int dFilterOffset);
}
