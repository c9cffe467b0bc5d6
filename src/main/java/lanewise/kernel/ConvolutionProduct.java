package lanewise.kernel;

import lanewise.shape.ConvolutionShape;
import lanewise.shape.PoolingShape;

/**
 * A way to compute a convolution forward, and backward to the input. Arguments are those of {@link
 * Convolution}, which has checked them.
 */
interface ConvolutionProduct {
  void forward(
      ConvolutionShape s,
      float[] input,
      int inputOffset,
      float[] filter,
      int filterOffset,
      Epilogue epilogue,
      float[] output,
      int outputOffset);

  /** As above, with a filter that {@link #pack} packed. */
  void forward(
      ConvolutionShape s,
      float[] input,
      int inputOffset,
      PackedFilter filter,
      Epilogue epilogue,
      float[] output,
      int outputOffset);

  PackedFilter pack(ConvolutionShape s, float[] filter, int filterOffset);

  void backward(
      ConvolutionShape s,
      float[] dOutput,
      int dOutputOffset,
      float[] filter,
      int filterOffset,
      float[] dInput,
      int dInputOffset);

  /** One that makes its output row by row, and can pool the rows instead of storing them. */
  interface ByRows extends ConvolutionProduct {
    /** Whether it can, of a pooling that {@link PooledRows#suits}. */
    boolean pools(ConvolutionShape s, PoolingShape pooling);

    /** What the rows of the next forward pass go through. */
    PooledRows pooled();
  }
}
