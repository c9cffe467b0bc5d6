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
 * Max pooling of rows of one image, vectorized over the channels.
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

  /**
   * {@code y = max x}, {@code argmax = k} of the first maximum, for output rows {@code first … end
   * − 1}.
   *
   * @param xFrom where the image starts, or would, if only rows that are read are there
   * @param xEnd where what may be read ends
   * @param yFrom of output row {@code first}, as is {@code argmaxFrom}
   */
  static void forward(
      PoolingShape s,
      int first,
      int end,
      float[] x,
      int xFrom,
      int xEnd,
      float[] y,
      int yFrom,
      byte @Nullable [] argmax,
      int argmaxFrom) {
    int outWidth = s.outWidth();
    int to = yFrom;
    for (int oy = first; oy < end; oy++) {
      int iy = oy * s.strideHeight() - s.padTop();
      int ky = Pooling.firstInside(iy);
      int rows = Pooling.endInside(iy, s.kernelHeight(), s.inHeight()) - ky;
      for (int ox = 0, run; ox < outWidth; ox += run) {
        int ix = ox * s.strideWidth() - s.padLeft();
        int kx = Pooling.firstInside(ix);
        int columns = Pooling.endInside(ix, s.kernelWidth(), s.inWidth()) - kx;
        run = Pooling.run(ix, s.kernelWidth(), s.strideWidth(), s.inWidth(), outWidth - ox);
        int from = xFrom + ((iy + ky) * s.inWidth() + ix + kx) * s.channels();
        int lastTap = ((rows - 1) * s.inWidth() + columns - 1) * s.channels();
        int lastFrom = xEnd - lastTap - SPAN;
        int lastTo = yFrom + (end - first) * outWidth * s.channels() - SPAN;
        int toArgmax = argmaxFrom + to - yFrom;
        int k = ky * s.kernelWidth() + kx;
        int done = 0;
        if (rows == 2 && columns == 2) {
          done = maximaOfFour(s, k, run, x, from, lastFrom, y, to, lastTo, argmax, toArgmax);
        }
        maxima(s, k, rows, columns, done, run, x, from, lastFrom, y, to, lastTo, argmax, toArgmax);
        to += run * s.channels();
      }
    }
  }

  /**
   * Windows of 2 × 2 side by side, as many whole vectors as fit before {@code lastFrom} and {@code
   * lastTo}; returns how many elements of the output those are.
   */
  private static int maximaOfFour(
      PoolingShape s,
      int firstK,
      int windows,
      float[] x,
      int xOffset,
      int lastFrom,
      float[] y,
      int yOffset,
      int lastTo,
      byte @Nullable [] argmax,
      int argmaxOffset) {
    int channels = s.channels();
    int step = s.strideWidth() * channels;
    int below = s.inWidth() * channels;
    int kernelWidth = s.kernelWidth();
    int from = xOffset;
    int to = yOffset;
    int c = 0;
    // One loop over windows and channels: of two, the inner would be set up anew for few turns.
    for (int left = windows; left > 0 && from <= lastFrom && to <= lastTo; ) {
      FloatVector v0 = fromArray(FLOATS, x, from);
      FloatVector v1 = fromArray(FLOATS, x, from + channels);
      FloatVector v2 = fromArray(FLOATS, x, from + below);
      FloatVector v3 = fromArray(FLOATS, x, from + below + channels);
      VectorMask<Float> is1 = greater(v1, v0);
      FloatVector best1 = v0.blend(v1, is1);
      VectorMask<Float> is2 = greater(v2, best1);
      FloatVector best2 = best1.blend(v2, is2);
      VectorMask<Float> is3 = greater(v3, best2);
      best2.blend(v3, is3).intoArray(y, to);
      if (argmax != null) {
        IntVector at =
            IntVector.broadcast(INTS, firstK)
                .blend(firstK + 1, is1.cast(INTS))
                .blend(firstK + kernelWidth, is2.cast(INTS))
                .blend(firstK + kernelWidth + 1, is3.cast(INTS));
        // A call that seldom came so far would not be inlined, and the vector boxed.
        ((ByteVector) at.convertShape(VectorOperators.I2B, BYTES, 0))
            .intoArray(argmax, argmaxOffset + to - yOffset);
      }
      c += LANES;
      from += LANES;
      to += LANES;
      if (c >= channels) {
        from += step - c;
        to += channels - c;
        c = 0;
        left--;
      }
    }
    return to - yOffset;
  }

  /** Windows side by side, whose first {@code done} elements of the output are there already. */
  private static void maxima(
      PoolingShape s,
      int firstK,
      int rows,
      int columns,
      int done,
      int windows,
      float[] x,
      int xOffset,
      int lastFrom,
      float[] y,
      int yOffset,
      int lastTo,
      byte @Nullable [] argmax,
      int argmaxOffset) {
    int channels = s.channels();
    int step = s.strideWidth() * channels;
    int c = done % channels;
    int from = xOffset + done / channels * step + c;
    int to = done;
    while (to < windows * channels) {
      int at = yOffset + to;
      int atArgmax = argmaxOffset + to;
      int length = LANES;
      if (from > lastFrom || at > lastTo) {
        maxOfChannel(s, firstK, rows, columns, x, from, y, at, argmax, atArgmax);
        length = 1;
      } else {
        maxOfWindow(s, firstK, rows, columns, x, from, y, at, argmax, atArgmax);
      }
      c += length;
      from += length;
      to += length;
      if (c >= channels) {
        from += step - c;
        to += channels - c;
        c = 0;
      }
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
      ((ByteVector) at.convertShape(VectorOperators.I2B, BYTES, 0)).intoArray(argmax, argmaxOffset);
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
  static VectorMask<Float> greater(FloatVector v, FloatVector best) {
    return v.compare(VectorOperators.GT, best).or(v.compare(VectorOperators.NE, v));
  }

  /** {@code argmax ← places}, which are whole numbers of a byte. */
  static void places(int n, float[] places, byte[] argmax, int argmaxOffset) {
    int i = 0;
    for (; i <= n - SPAN; i += LANES) {
      IntVector at = (IntVector) fromArray(FLOATS, places, i).convert(VectorOperators.F2I, 0);
      ((ByteVector) at.convertShape(VectorOperators.I2B, BYTES, 0))
          .intoArray(argmax, argmaxOffset + i);
    }
    for (; i < n; i++) {
      argmax[argmaxOffset + i] = (byte) places[i];
    }
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
    boolean pairs = pairs(s);
    for (int iy = 0; iy < s.inHeight(); iy++) {
      int oy = (iy + s.padTop()) / s.strideHeight();
      int ky = (iy + s.padTop()) % s.strideHeight();
      int row = iy * rowSize;
      if (oy < outHeight && ky < s.kernelHeight()) {
        if (pairs) {
          gatherPairs(s, oy, ky, row, argmax, argmaxFrom, dOutput, outFrom, dInput, inFrom);
        } else {
          gatherRow(s, oy, ky, row, argmax, argmaxFrom, dOutput, outFrom, dInput, inFrom);
        }
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

  /**
   * Whether {@link #gatherPairs} may write: of more than one vector, a last one that reaches into
   * the pair's second pixel would come too late.
   */
  private static boolean pairs(PoolingShape s) {
    return s.kernelWidth() == 2
        && s.strideWidth() == 2
        && s.padLeft() == 0
        && 2 * s.outWidth() <= s.inWidth()
        && (s.channels() <= LANES || s.channels() % LANES == 0);
  }

  /** As {@link #gatherRow}, where a window is a pair of pixels. */
  private static void gatherPairs(
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
    int windows = s.outWidth();
    int lastOut = s.outImageSize() - SPAN; // what fits there fits twice in the input
    byte k = (byte) (ky * 2);
    int out = oy * s.outWidth() * channels;
    int in = row;
    int c = 0;
    int left = windows;
    while (left > 0 && out <= lastOut) {
      ByteVector at = ByteVector.fromArray(BYTES, argmax, argmaxFrom + out);
      IntVector wide = (IntVector) at.convertShape(VectorOperators.B2I, INTS, 0);
      FloatVector d = fromArray(FLOATS, dOutput, outFrom + out);
      FloatVector zero = FloatVector.zero(FLOATS);
      zero.blend(d, wide.compare(VectorOperators.EQ, k).cast(FLOATS))
          .intoArray(dInput, inFrom + in);
      zero.blend(d, wide.compare(VectorOperators.EQ, (byte) (k + 1)).cast(FLOATS))
          .intoArray(dInput, inFrom + in + channels);
      c += LANES;
      in += LANES;
      out += LANES;
      if (c >= channels) {
        in += 2 * channels - c;
        out += channels - c;
        c = 0;
        left--;
      }
    }
    while (left > 0) {
      boolean first = argmax[argmaxFrom + out] == k;
      boolean second = argmax[argmaxFrom + out] == (byte) (k + 1);
      dInput[inFrom + in] = first ? dOutput[outFrom + out] : 0;
      dInput[inFrom + in + channels] = second ? dOutput[outFrom + out] : 0;
      in++;
      out++;
      if (++c == channels) {
        in += channels;
        c = 0;
        left--;
      }
    }
    int used = row + 2 * windows * channels;
    Arrays.fill(dInput, inFrom + used, inFrom + row + s.inWidth() * channels, 0);
  }

  /**
   * Adds each output's gradient where its maximum was, in the outputs' order, to zeros written
   * shortly before.
   */
  static void scatter(
      PoolingShape s,
      byte[] argmax,
      int argmaxFrom,
      float[] dOutput,
      int outFrom,
      float[] dInput,
      int inFrom) {
    int channels = s.channels();
    int rowSize = s.inWidth() * channels;
    int cleared = 0;
    int out = 0;
    for (int oy = 0; oy < s.outHeight(); oy++) {
      int iy = oy * s.strideHeight() - s.padTop();
      int end =
          oy + 1 == s.outHeight() ? s.inHeight() : Math.min(s.inHeight(), iy + s.kernelHeight());
      Arrays.fill(dInput, inFrom + cleared * rowSize, inFrom + end * rowSize, 0);
      cleared = end;
      for (int ox = 0; ox < s.outWidth(); ox++) {
        int ix = ox * s.strideWidth() - s.padLeft();
        int c = 0;
        for (; c <= channels - SPAN; c += LANES) {
          int at = argmaxFrom + out + c;
          scatterVector(s, iy, ix, c, argmax, at, dOutput, outFrom + out + c, dInput, inFrom);
        }
        for (; c < channels; c++) {
          int k = Byte.toUnsignedInt(argmax[argmaxFrom + out + c]);
          int pixel = (iy + k / s.kernelWidth()) * s.inWidth() + ix + k % s.kernelWidth();
          dInput[inFrom + pixel * channels + c] += dOutput[outFrom + out + c];
        }
        out += channels;
      }
    }
  }

  private static void scatterVector(
      PoolingShape s,
      int iy,
      int ix,
      int channel,
      byte[] argmax,
      int argmaxOffset,
      float[] dOutput,
      int outOffset,
      float[] dInput,
      int inFrom) {
    ByteVector at = ByteVector.fromArray(BYTES, argmax, argmaxOffset);
    IntVector wide = (IntVector) at.convertShape(VectorOperators.B2I, INTS, 0);
    FloatVector d = fromArray(FLOATS, dOutput, outOffset);
    int endY = Pooling.endInside(iy, s.kernelHeight(), s.inHeight());
    int endX = Pooling.endInside(ix, s.kernelWidth(), s.inWidth());
    for (int ky = Pooling.firstInside(iy); ky < endY; ky++) {
      int row = inFrom + (iy + ky) * s.inWidth() * s.channels() + channel;
      for (int kx = Pooling.firstInside(ix); kx < endX; kx++) {
        int to = row + (ix + kx) * s.channels();
        VectorMask<Float> here =
            wide.compare(VectorOperators.EQ, (byte) (ky * s.kernelWidth() + kx)).cast(FLOATS);
        fromArray(FLOATS, dInput, to).add(d, here).intoArray(dInput, to);
      }
    }
  }
}
