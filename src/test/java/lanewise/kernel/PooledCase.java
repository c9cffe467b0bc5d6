package lanewise.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import lanewise.shape.ConvolutionShape;
import lanewise.shape.Padding;
import lanewise.shape.PoolingShape;

/** A convolution whose rows are pooled as they are made, with operands drawn at random. */
record PooledCase(ConvolutionShape shape, PoolingShape pooling) {
  private static final byte UNTOUCHED = 99;

  private static final int[][] WINDOWS = {
    {2, 2, 2, 2}, {2, 3, 2, 2}, {1, 3, 4, 1}, {3, 2, 3, 1}, {4, 1, 4, 3}
  };

  record Maxima(GuardedMatrix values, byte[] argmax) {}

  /** Those of some windows that a convolution's rows can go through. */
  static List<PooledCase> each(ConvolutionShape s) {
    return Stream.of(WINDOWS)
        .filter(z -> z[0] <= s.outHeight() && z[1] <= s.outWidth())
        .flatMap(
            z ->
                Stream.of(true, false)
                    .map(ceil -> new PooledCase(s, pooling(s, z[0], z[1], z[2], z[3], ceil))))
        .filter(c -> Convolution.pools(s, c.pooling))
        .toList();
  }

  static PoolingShape pooling(
      ConvolutionShape s, int height, int width, int down, int across, boolean ceil) {
    return PoolingShape.of(
        s.batch(),
        s.outHeight(),
        s.outWidth(),
        s.outChannels(),
        height,
        width,
        down,
        across,
        Padding.VALID,
        ceil);
  }

  private int outputs() {
    return pooling.batch() * pooling.outImageSize();
  }

  byte[] untouched() {
    byte[] argmax = new byte[outputs() + 40];
    Arrays.fill(argmax, UNTOUCHED);
    return argmax;
  }

  private ConvolutionCase operands() {
    return ConvolutionCase.random(ConvolutionAlgorithm.of(shape), shape);
  }

  /** The output, then its maxima. */
  Maxima expected(Epilogue epilogue) {
    GuardedMatrix output = operands().forward(epilogue);
    GuardedMatrix values = GuardedMatrix.poisoned(1, outputs(), 0);
    byte[] argmax = untouched();
    Pooling.maxForward(
        pooling,
        0,
        shape.batch(),
        output.array,
        output.offset,
        values.array,
        values.offset,
        argmax,
        0);
    return new Maxima(values, argmax);
  }

  /**
   * The maxima of rows.
   *
   * @param packed whether the filter is packed beforehand
   * @param places whether argmax is asked for
   */
  Maxima maxima(Epilogue epilogue, boolean packed, boolean places) {
    GuardedMatrix x = operands().input();
    float[] input = Arrays.copyOfRange(x.array, x.offset, x.offset + x.columns); // no margin
    GuardedMatrix filter = operands().filter();
    GuardedMatrix values = GuardedMatrix.poisoned(1, outputs(), 0);
    byte[] argmax = untouched();
    if (packed) {
      Convolution.forwardPooled(
          shape,
          pooling,
          input,
          0,
          Convolution.pack(shape, filter.array, filter.offset),
          epilogue,
          values.array,
          values.offset,
          places ? argmax : null);
    } else {
      Convolution.forwardPooled(
          shape,
          pooling,
          input,
          0,
          filter.array,
          filter.offset,
          epilogue,
          values.array,
          values.offset,
          places ? argmax : null);
    }
    return new Maxima(values, argmax);
  }

  @Override
  public String toString() {
    return pooling + " of " + shape;
  }
}
