package lanewise.kernel;

import static jdk.incubator.vector.FloatVector.fromArray;
import static lanewise.kernel.Simd.FLOATS;
import static lanewise.kernel.Simd.INTS;
import static lanewise.kernel.Simd.LANES;

import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import lanewise.shape.PoolingShape;
import org.jspecify.annotations.Nullable;

/**
 * Max pooling of one image, vectorized over the channels.
 *
 * <p>Where the channels do not fill the last vector of a pixel, it reads and writes on into the
 * next pixel, whose own results are written afterwards; only at the image's end, where no pixel
 * follows, single channels are handled one by one.
 */
// y, x: row, column; input positions are iy, ix, output positions oy, ox; k = ky · kernelWidth +
// kx.
final class MaxPooling {
  /** At least one byte for each lane; the narrowest species there is has 8. */
  private static final VectorSpecies<Byte> BYTES =
      LANES == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

  /** Elements that a vector and its bytes take. */
  private static final int SPAN = Math.max(LANES, BYTES.length());

  private MaxPooling() {}

  /** {@code y = max x}, {@code argmax = k} of the first maximum. */
  static void forward(
      PoolingShape s,
      float[] x,
      int xFrom,
      float[] y,
      int yFrom,
      byte @Nullable [] argmax,
      int argmaxFrom) {
    int channels = s.channels();
    int outHeight = s.outHeight();
    int outWidth = s.outWidth();
    int inEnd = s.inImageSize();
    int outEnd = s.outImageSize();
    for (int oy = 0; oy < outHeight; oy++) {
      int iy = oy * s.strideHeight() - s.padTop();
      int ky = Pooling.firstInside(iy);
      int rows = Pooling.endInside(iy, s.kernelHeight(), s.inHeight()) - ky;
      for (int ox = 0; ox < outWidth; ox++) {
        int ix = ox * s.strideWidth() - s.padLeft();
        int kx = Pooling.firstInside(ix);
        int columns = Pooling.endInside(ix, s.kernelWidth(), s.inWidth()) - kx;
        int k = ky * s.kernelWidth() + kx;
        int in = ((iy + ky) * s.inWidth() + ix + kx) * channels;
        int out = (oy * outWidth + ox) * channels;
        int lastIn = in + ((rows - 1) * s.inWidth() + columns - 1) * channels;
        int room = Math.min(inEnd - lastIn, outEnd - out) - SPAN;
        // With two steps this is no counted loop, whose set-up would outweigh its few turns.
        for (int c = 0; c < channels; ) {
          int from = xFrom + in + c;
          int to = yFrom + out + c;
          int toArgmax = argmaxFrom + out + c;
          if (c > room) {
            maxOfChannel(s, k, rows, columns, x, from, y, to, argmax, toArgmax);
            c++;
          } else if (rows == 2 && columns == 2) {
            maxOfFour(s, k, x, from, y, to, argmax, toArgmax);
            c += LANES;
          } else {
            maxOfWindow(s, k, rows, columns, x, from, y, to, argmax, toArgmax);
            c += LANES;
          }
        }
      }
    }
  }

  private static void maxOfFour(
      PoolingShape s,
      int firstK,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      byte @Nullable [] argmax,
      int argmaxOffset) {
    int below = xOffset + s.inWidth() * s.channels();
    FloatVector v0 = fromArray(FLOATS, x, xOffset);
    FloatVector v1 = fromArray(FLOATS, x, xOffset + s.channels());
    FloatVector v2 = fromArray(FLOATS, x, below);
    FloatVector v3 = fromArray(FLOATS, x, below + s.channels());
    VectorMask<Float> is1 = greater(v1, v0);
    FloatVector best1 = v0.blend(v1, is1);
    VectorMask<Float> is2 = greater(v2, best1);
    FloatVector best2 = best1.blend(v2, is2);
    VectorMask<Float> is3 = greater(v3, best2);
    best2.blend(v3, is3).intoArray(y, yOffset);
    if (argmax != null) {
      IntVector at =
          IntVector.broadcast(INTS, firstK)
              .blend(firstK + 1, is1.cast(INTS))
              .blend(firstK + s.kernelWidth(), is2.cast(INTS))
              .blend(firstK + s.kernelWidth() + 1, is3.cast(INTS));
      store(at, argmax, argmaxOffset);
    }
  }

  private static void maxOfWindow(
      PoolingShape s,
      int firstK,
      int rows,
      int columns,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      byte @Nullable [] argmax,
      int argmaxOffset) {
    FloatVector best = fromArray(FLOATS, x, xOffset);
    IntVector at = IntVector.broadcast(INTS, firstK);
    for (int ky = 0; ky < rows; ky++) {
      int row = xOffset + ky * s.inWidth() * s.channels();
      for (int kx = 0; kx < columns; kx++) {
        FloatVector v = fromArray(FLOATS, x, row + kx * s.channels());
        VectorMask<Float> is = greater(v, best);
        best = best.blend(v, is);
        at = at.blend(firstK + ky * s.kernelWidth() + kx, is.cast(INTS));
      }
    }
    best.intoArray(y, yOffset);
    if (argmax != null) {
      store(at, argmax, argmaxOffset);
    }
  }

  private static void maxOfChannel(
      PoolingShape s,
      int firstK,
      int rows,
      int columns,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      byte @Nullable [] argmax,
      int argmaxOffset) {
    float best = x[xOffset];
    int at = firstK;
    for (int ky = 0; ky < rows; ky++) {
      int row = xOffset + ky * s.inWidth() * s.channels();
      for (int kx = 0; kx < columns; kx++) {
        float v = x[row + kx * s.channels()];
        if (v > best || Float.isNaN(v)) {
          best = v;
          at = firstK + ky * s.kernelWidth() + kx;
        }
      }
    }
    y[yOffset] = best;
    if (argmax != null) {
      argmax[argmaxOffset] = (byte) at;
    }
  }

  /** Where {@code v} takes the place of {@code best}: where it is greater or NaN. */
  private static VectorMask<Float> greater(FloatVector v, FloatVector best) {
    return v.compare(VectorOperators.GT, best).or(v.compare(VectorOperators.NE, v));
  }

  private static void store(IntVector at, byte[] argmax, int offset) {
    ((ByteVector) at.convertShape(VectorOperators.I2B, BYTES, 0)).intoArray(argmax, offset);
  }

  /** Writes each input element once, in ascending order: what its only window sends, or zero. */
  static void gather(
      PoolingShape s,
      byte[] argmax,
      int argmaxFrom,
      float[] dOutput,
      int outFrom,
      float[] dInput,
      int inFrom) {
    int rowSize = s.inWidth() * s.channels();
    int outHeight = s.outHeight();
    for (int iy = 0; iy < s.inHeight(); iy++) {
      int oy = (iy + s.padTop()) / s.strideHeight();
      int ky = (iy + s.padTop()) % s.strideHeight();
      int row = iy * rowSize;
      if (oy < outHeight && ky < s.kernelHeight()) {
        gatherRow(s, oy, ky, row, argmax, argmaxFrom, dOutput, outFrom, dInput, inFrom);
      } else {
        Arrays.fill(dInput, inFrom + row, inFrom + row + rowSize, 0);
      }
    }
  }

  private static void gatherRow(
      PoolingShape s,
      int oy,
      int ky,
      int row,
      byte[] argmax,
      int argmaxFrom,
      float[] dOutput,
      int outFrom,
      float[] dInput,
      int inFrom) {
    int channels = s.channels();
    int outWidth = s.outWidth();
    int inEnd = s.inImageSize();
    int outEnd = s.outImageSize();
    int ox = s.padLeft() / s.strideWidth();
    int kx = s.padLeft() % s.strideWidth();
    for (int ix = 0; ix < s.inWidth(); ix++) {
      int in = row + ix * channels;
      if (ox < outWidth && kx < s.kernelWidth()) {
        byte k = (byte) (ky * s.kernelWidth() + kx);
        int out = (oy * outWidth + ox) * channels;
        int room = Math.min(inEnd - in, outEnd - out) - SPAN;
        for (int c = 0; c < channels; ) {
          int from = outFrom + out + c;
          int fromArgmax = argmaxFrom + out + c;
          int to = inFrom + in + c;
          if (c > room) {
            dInput[to] = argmax[fromArgmax] == k ? dOutput[from] : 0;
            c++;
          } else {
            ByteVector at = ByteVector.fromArray(BYTES, argmax, fromArgmax);
            IntVector wide = (IntVector) at.convertShape(VectorOperators.B2I, INTS, 0);
            VectorMask<Float> here = wide.compare(VectorOperators.EQ, k).cast(FLOATS);
            FloatVector d = fromArray(FLOATS, dOutput, from);
            FloatVector.zero(FLOATS).blend(d, here).intoArray(dInput, to);
            c += LANES;
          }
        }
      } else {
        Arrays.fill(dInput, inFrom + in, inFrom + in + channels, 0);
      }
      if (++kx == s.strideWidth()) {
        kx = 0;
        ox++;
      }
    }
  }

  /** Adds each output's gradient where its maximum was, in the outputs' order. */
  static void scatter(
      PoolingShape s,
      byte[] argmax,
      int argmaxFrom,
      float[] dOutput,
      int outFrom,
      float[] dInput,
      int inFrom) {
    int out = 0;
    for (int oy = 0; oy < s.outHeight(); oy++) {
      int iy = oy * s.strideHeight() - s.padTop();
      for (int ox = 0; ox < s.outWidth(); ox++) {
        int ix = ox * s.strideWidth() - s.padLeft();
        for (int c = 0; c < s.channels(); c++, out++) {
          int k = Byte.toUnsignedInt(argmax[argmaxFrom + out]);
          int pixel = (iy + k / s.kernelWidth()) * s.inWidth() + ix + k % s.kernelWidth();
          dInput[inFrom + pixel * s.channels() + c] += dOutput[outFrom + out];
        }
      }
    }
  }
}
