package lanewise.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static lanewise.kernel.Simd.FLOATS;
import static lanewise.kernel.Simd.LANES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The passes of batch normalization over {@code x [rows, channels]}, a row being a sample or a
 * pixel of one: {@code y = gamma · (x − mean) / √(variance + epsilon) + beta} by channel, mean and
 * variance over the rows. A call handles some of the rows, so that several threads share them; the
 * sums of such pieces are put together in double, in order.
 *
 * <p>Within a piece, sums run like {@link Reductions#columnSums}: chunks of 256 rows are added in
 * order, row {@code i} of a chunk goes to partial sum {@code i mod 4}. So the bits depend on how
 * the rows are cut, and on nothing else. Each pass goes down the rows for one vector of channels
 * after the other: what belongs to a channel stays in registers.
 *
 * <p>A ReLU or ReLU6 that follows joins the passes as bounds of the output: forward {@code y ←
 * min(max(y, low), high)}; backward dOutput counts as 0 where y, which is computed anew, reaches a
 * bound. A bound that is NaN is none.
 *
 * <p>Ioffe, Szegedy, "Batch normalization", 2015. Moments of pieces are merged as by Chan, Golub,
 * LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979.
 */
// r: row, c: channel, p: piece.
public final class BatchNormalization {
  private static final int CHUNK_ROWS = 256;

  /**
   * Elements that a pass without sums does for all channels before it goes on: the first-level
   * cache keeps the lines that two vectors of channels share.
   */
  private static final int BLOCK = 2048;

  private BatchNormalization() {}

  /**
   * {@code mean[c] = Σ x[r, c] / rows}, {@code squares[c] = Σ (x[r, c] − mean[c])²}: of this piece,
   * at least one row, about its own mean, which loses nothing to cancellation.
   */
  public static void moments(
      int rows,
      int channels,
      float[] x, // [rows, channels]
      int xOffset,
      float[] mean, // [channels]
      int meanOffset,
      float[] squares, // [channels]
      int squaresOffset) {
    Reductions.columnSums(rows, channels, x, xOffset, channels, mean, meanOffset);
    for (int c = meanOffset; c < meanOffset + channels; c++) {
      mean[c] /= rows;
    }
    Arrays.fill(squares, squaresOffset, squaresOffset + channels, 0);
    for (int first = 0; first < rows; first += CHUNK_ROWS) {
      int chunk = Math.min(CHUNK_ROWS, rows - first);
      int at = xOffset + first * channels;
      int c = 0;
      for (; c < FLOATS.loopBound(channels); c += LANES) {
        addSquares(chunk, channels, x, at + c, mean, meanOffset + c, squares, squaresOffset + c);
      }
      for (; c < channels; c++) {
        squares[squaresOffset + c] += squares(chunk, channels, x, at + c, mean[meanOffset + c]);
      }
    }
  }

  private static void addSquares(
      int rows,
      int channels,
      float[] x,
      int xOffset,
      float[] mean,
      int meanOffset,
      float[] squares,
      int squaresOffset) {
    FloatVector center = fromArray(FLOATS, mean, meanOffset);
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = FloatVector.zero(FLOATS);
    FloatVector s2 = FloatVector.zero(FLOATS);
    FloatVector s3 = FloatVector.zero(FLOATS);
    int at = xOffset;
    int r = 0;
    for (; r <= rows - 4; r += 4, at += 4 * channels) {
      FloatVector d0 = fromArray(FLOATS, x, at).sub(center);
      FloatVector d1 = fromArray(FLOATS, x, at + channels).sub(center);
      FloatVector d2 = fromArray(FLOATS, x, at + 2 * channels).sub(center);
      FloatVector d3 = fromArray(FLOATS, x, at + 3 * channels).sub(center);
      s0 = d0.fma(d0, s0);
      s1 = d1.fma(d1, s1);
      s2 = d2.fma(d2, s2);
      s3 = d3.fma(d3, s3);
    }
    for (; r < rows; r++, at += channels) {
      FloatVector d = fromArray(FLOATS, x, at).sub(center);
      s0 = d.fma(d, s0);
    }
    fromArray(FLOATS, squares, squaresOffset)
        .add(s0.add(s2).add(s1.add(s3)))
        .intoArray(squares, squaresOffset);
  }

  private static float squares(int rows, int channels, float[] x, int xOffset, float center) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int at = xOffset;
    int r = 0;
    for (; r <= rows - 4; r += 4, at += 4 * channels) {
      float d0 = x[at] - center;
      float d1 = x[at + channels] - center;
      float d2 = x[at + 2 * channels] - center;
      float d3 = x[at + 3 * channels] - center;
      s0 = Math.fma(d0, d0, s0);
      s1 = Math.fma(d1, d1, s1);
      s2 = Math.fma(d2, d2, s2);
      s3 = Math.fma(d3, d3, s3);
    }
    for (; r < rows; r++, at += channels) {
      float d = x[at] - center;
      s0 = Math.fma(d, d, s0);
    }
    return (s0 + s2) + (s1 + s3);
  }

  /**
   * The moments of all rows from those of their pieces: {@code mean[c] = Σ_p rows_p · means[p, c] /
   * rows}, {@code variance[c] = Σ_p (squares[p, c] + rows_p · (means[p, c] − mean[c])²) / rows}.
   */
  public static void merge(
      Partition rows,
      int channels,
      float[] means, // [pieces, channels]
      float[] squares, // [pieces, channels]
      float[] mean, // [channels]
      float[] variance) { // [channels]
    for (int c = 0; c < channels; c++) {
      double sum = 0;
      for (int p = 0; p < rows.pieces(); p++) {
        sum += (double) rows.length(p) * means[p * channels + c];
      }
      double center = sum / rows.size();
      double square = 0;
      for (int p = 0; p < rows.pieces(); p++) {
        double d = means[p * channels + c] - center;
        square += squares[p * channels + c] + rows.length(p) * d * d;
      }
      mean[c] = (float) center;
      variance[c] = (float) (square / rows.size());
    }
  }

  /**
   * {@code y = min(max((x − mean) · scale + shift, low), high)} by channel. In place is allowed;
   * NaN stays NaN.
   */
  public static void normalize(
      int rows,
      int channels,
      float[] mean, // [channels]
      int meanOffset,
      float[] scale, // [channels]
      int scaleOffset,
      float[] shift, // [channels]
      int shiftOffset,
      float low,
      float high,
      float[] x, // [rows, channels]
      int xOffset,
      float[] y, // [rows, channels]
      int yOffset) {
    FloatVector least = broadcast(FLOATS, low);
    FloatVector most = broadcast(FLOATS, high);
    int block = blockRows(channels);
    boolean far = ReadAhead.paysForPiece(rows * channels, channels);
    for (int first = 0; first < rows; first += block) {
      int from = first * channels;
      int end = Math.min(rows, first + block) * channels;
      if (far) {
        ReadAhead.lines(x, xOffset + from, xOffset + end);
        ReadAhead.lines(y, yOffset + from, yOffset + end);
      }
      int c = 0;
      for (; c < FLOATS.loopBound(channels); c += LANES) {
        FloatVector m = fromArray(FLOATS, mean, meanOffset + c);
        FloatVector a = fromArray(FLOATS, scale, scaleOffset + c);
        FloatVector b = fromArray(FLOATS, shift, shiftOffset + c);
        for (int at = from + c; at < end; at += channels) {
          FloatVector v = fromArray(FLOATS, x, xOffset + at).sub(m).fma(a, b);
          v.blend(least, v.compare(VectorOperators.LT, least))
              .blend(most, v.compare(VectorOperators.GT, most))
              .intoArray(y, yOffset + at);
        }
      }
      for (; c < channels; c++) {
        float m = mean[meanOffset + c];
        float a = scale[scaleOffset + c];
        float b = shift[shiftOffset + c];
        for (int at = from + c; at < end; at += channels) {
          float v = Math.fma(x[xOffset + at] - m, a, b);
          y[yOffset + at] = v < low ? low : v > high ? high : v;
        }
      }
    }
  }

  private static int blockRows(int channels) {
    return Math.max(1, BLOCK / channels);
  }

  /**
   * {@code sums[c] = Σ d[r, c]}, {@code products[c] = Σ d[r, c] · (x[r, c] − mean[c])}: of this
   * piece; what the gradients of beta, gamma and the input follow from. {@code d} is dOutput, but 0
   * where {@code y = (x − mean) · scale + shift} has {@code y ≤ low} or {@code y ≥ high}.
   */
  public static void gradientSums(
      int rows,
      int channels,
      float[] mean, // [channels]
      float[] scale, // [channels]
      float[] shift, // [channels]
      int shiftOffset,
      float low,
      float high,
      float[] x, // [rows, channels]
      int xOffset,
      float[] dOutput, // [rows, channels]
      int dOutputOffset,
      float[] sums, // [channels]
      int sumsOffset,
      float[] products, // [channels]
      int productsOffset) {
    Arrays.fill(sums, sumsOffset, sumsOffset + channels, 0);
    Arrays.fill(products, productsOffset, productsOffset + channels, 0);
    boolean far = ReadAhead.paysForPiece(rows * channels, channels);
    for (int first = 0; first < rows; first += CHUNK_ROWS) {
      int chunk = Math.min(CHUNK_ROWS, rows - first);
      int x0 = xOffset + first * channels;
      int d0 = dOutputOffset + first * channels;
      if (far) {
        ReadAhead.lines(x, x0, x0 + chunk * channels);
        ReadAhead.lines(dOutput, d0, d0 + chunk * channels);
      }
      int c = 0;
      for (; c < FLOATS.loopBound(channels); c += LANES) {
        addVector(
            chunk,
            channels,
            c,
            mean,
            scale,
            shift,
            shiftOffset,
            low,
            high,
            x,
            x0 + c,
            dOutput,
            d0 + c,
            sums,
            sumsOffset,
            products,
            productsOffset);
      }
      for (; c < channels; c++) {
        addChannel(
            chunk,
            channels,
            c,
            mean,
            scale,
            shift,
            shiftOffset,
            low,
            high,
            x,
            x0 + c,
            dOutput,
            d0 + c,
            sums,
            sumsOffset,
            products,
            productsOffset);
      }
    }
  }

  /** Adds the sums of one chunk of rows, for the vector of channels from {@code c} on. */
  private static void addVector(
      int rows,
      int channels,
      int c,
      float[] mean,
      float[] scale,
      float[] shift,
      int shiftOffset,
      float low,
      float high,
      float[] x,
      int xOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] sums,
      int sumsOffset,
      float[] products,
      int productsOffset) {
    FloatVector m = fromArray(FLOATS, mean, c);
    FloatVector a = fromArray(FLOATS, scale, c);
    FloatVector b = fromArray(FLOATS, shift, shiftOffset + c);
    FloatVector least = broadcast(FLOATS, low);
    FloatVector most = broadcast(FLOATS, high);
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = FloatVector.zero(FLOATS);
    FloatVector s2 = FloatVector.zero(FLOATS);
    FloatVector s3 = FloatVector.zero(FLOATS);
    FloatVector p0 = FloatVector.zero(FLOATS);
    FloatVector p1 = FloatVector.zero(FLOATS);
    FloatVector p2 = FloatVector.zero(FLOATS);
    FloatVector p3 = FloatVector.zero(FLOATS);
    int xAt = xOffset;
    int at = dOutputOffset;
    int r = 0;
    for (; r <= rows - 4; r += 4, at += 4 * channels, xAt += 4 * channels) {
      FloatVector x0 = fromArray(FLOATS, x, xAt).sub(m);
      FloatVector y0 = x0.fma(a, b);
      VectorMask<Float> at0 =
          y0.compare(VectorOperators.LE, least).or(y0.compare(VectorOperators.GE, most));
      FloatVector d0 = fromArray(FLOATS, dOutput, at).blend(0, at0);
      s0 = s0.add(d0);
      p0 = d0.fma(x0, p0);
      FloatVector x1 = fromArray(FLOATS, x, xAt + channels).sub(m);
      FloatVector y1 = x1.fma(a, b);
      VectorMask<Float> at1 =
          y1.compare(VectorOperators.LE, least).or(y1.compare(VectorOperators.GE, most));
      FloatVector d1 = fromArray(FLOATS, dOutput, at + channels).blend(0, at1);
      s1 = s1.add(d1);
      p1 = d1.fma(x1, p1);
      FloatVector x2 = fromArray(FLOATS, x, xAt + 2 * channels).sub(m);
      FloatVector y2 = x2.fma(a, b);
      VectorMask<Float> at2 =
          y2.compare(VectorOperators.LE, least).or(y2.compare(VectorOperators.GE, most));
      FloatVector d2 = fromArray(FLOATS, dOutput, at + 2 * channels).blend(0, at2);
      s2 = s2.add(d2);
      p2 = d2.fma(x2, p2);
      FloatVector x3 = fromArray(FLOATS, x, xAt + 3 * channels).sub(m);
      FloatVector y3 = x3.fma(a, b);
      VectorMask<Float> at3 =
          y3.compare(VectorOperators.LE, least).or(y3.compare(VectorOperators.GE, most));
      FloatVector d3 = fromArray(FLOATS, dOutput, at + 3 * channels).blend(0, at3);
      s3 = s3.add(d3);
      p3 = d3.fma(x3, p3);
    }
    for (; r < rows; r++, at += channels, xAt += channels) {
      FloatVector x0 = fromArray(FLOATS, x, xAt).sub(m);
      FloatVector y0 = x0.fma(a, b);
      VectorMask<Float> at0 =
          y0.compare(VectorOperators.LE, least).or(y0.compare(VectorOperators.GE, most));
      FloatVector d0 = fromArray(FLOATS, dOutput, at).blend(0, at0);
      s0 = s0.add(d0);
      p0 = d0.fma(x0, p0);
    }
    fromArray(FLOATS, sums, sumsOffset + c)
        .add(s0.add(s2).add(s1.add(s3)))
        .intoArray(sums, sumsOffset + c);
    fromArray(FLOATS, products, productsOffset + c)
        .add(p0.add(p2).add(p1.add(p3)))
        .intoArray(products, productsOffset + c);
  }

  /** The same for channel {@code c} alone. */
  private static void addChannel(
      int rows,
      int channels,
      int c,
      float[] mean,
      float[] scale,
      float[] shift,
      int shiftOffset,
      float low,
      float high,
      float[] x,
      int xOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] sums,
      int sumsOffset,
      float[] products,
      int productsOffset) {
    float m = mean[c];
    float a = scale[c];
    float b = shift[shiftOffset + c];
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    float p0 = 0;
    float p1 = 0;
    float p2 = 0;
    float p3 = 0;
    int xAt = xOffset;
    int at = dOutputOffset;
    int r = 0;
    for (; r <= rows - 4; r += 4, at += 4 * channels, xAt += 4 * channels) {
      float x0 = x[xAt] - m;
      float x1 = x[xAt + channels] - m;
      float x2 = x[xAt + 2 * channels] - m;
      float x3 = x[xAt + 3 * channels] - m;
      float d0 = inside(Math.fma(x0, a, b), low, high, dOutput[at]);
      float d1 = inside(Math.fma(x1, a, b), low, high, dOutput[at + channels]);
      float d2 = inside(Math.fma(x2, a, b), low, high, dOutput[at + 2 * channels]);
      float d3 = inside(Math.fma(x3, a, b), low, high, dOutput[at + 3 * channels]);
      s0 += d0;
      s1 += d1;
      s2 += d2;
      s3 += d3;
      p0 = Math.fma(d0, x0, p0);
      p1 = Math.fma(d1, x1, p1);
      p2 = Math.fma(d2, x2, p2);
      p3 = Math.fma(d3, x3, p3);
    }
    for (; r < rows; r++, at += channels, xAt += channels) {
      float x0 = x[xAt] - m;
      float d0 = inside(Math.fma(x0, a, b), low, high, dOutput[at]);
      s0 += d0;
      p0 = Math.fma(d0, x0, p0);
    }
    sums[sumsOffset + c] += (s0 + s2) + (s1 + s3);
    products[productsOffset + c] += (p0 + p2) + (p1 + p3);
  }

  private static float inside(float y, float low, float high, float d) {
    return y <= low || y >= high ? 0 : d;
  }

  /**
   * {@code dInput = scale · d + (slope · (x − mean) + offset)} by channel, {@code d} as in {@link
   * #gradientSums}. In place of dOutput is allowed.
   *
   * <p>It is the gradient of the input for {@code scale = gamma / σ}, {@code slope = −scale ·
   * products / (rows · σ²)} and {@code offset = −scale · sums / rows}, {@code σ² = variance +
   * epsilon}.
   */
  public static void inputGradient(
      int rows,
      int channels,
      float[] mean, // [channels]
      float[] scale, // [channels]
      float[] shift, // [channels]
      int shiftOffset,
      float low,
      float high,
      float[] slope, // [channels]
      float[] offset, // [channels]
      float[] x, // [rows, channels]
      int xOffset,
      float[] dOutput, // [rows, channels]
      int dOutputOffset,
      float[] dInput, // [rows, channels]
      int dInputOffset) {
    FloatVector least = broadcast(FLOATS, low);
    FloatVector most = broadcast(FLOATS, high);
    int block = blockRows(channels);
    boolean far = ReadAhead.paysForPiece(rows * channels, channels);
    for (int first = 0; first < rows; first += block) {
      int from = first * channels;
      int end = Math.min(rows, first + block) * channels;
      if (far) {
        ReadAhead.lines(x, xOffset + from, xOffset + end);
        ReadAhead.lines(dOutput, dOutputOffset + from, dOutputOffset + end);
        ReadAhead.lines(dInput, dInputOffset + from, dInputOffset + end);
      }
      int c = 0;
      for (; c < FLOATS.loopBound(channels); c += LANES) {
        FloatVector m = fromArray(FLOATS, mean, c);
        FloatVector a = fromArray(FLOATS, scale, c);
        FloatVector b = fromArray(FLOATS, shift, shiftOffset + c);
        FloatVector e = fromArray(FLOATS, slope, c);
        FloatVector f = fromArray(FLOATS, offset, c);
        for (int at = from + c; at < end; at += channels) {
          FloatVector centered = fromArray(FLOATS, x, xOffset + at).sub(m);
          FloatVector v = centered.fma(a, b);
          VectorMask<Float> bounded =
              v.compare(VectorOperators.LE, least).or(v.compare(VectorOperators.GE, most));
          fromArray(FLOATS, dOutput, dOutputOffset + at)
              .blend(0, bounded)
              .fma(a, centered.fma(e, f))
              .intoArray(dInput, dInputOffset + at);
        }
      }
      for (; c < channels; c++) {
        float m = mean[c];
        float a = scale[c];
        float b = shift[shiftOffset + c];
        float e = slope[c];
        float f = offset[c];
        for (int at = from + c; at < end; at += channels) {
          float centered = x[xOffset + at] - m;
          float d = inside(Math.fma(centered, a, b), low, high, dOutput[dOutputOffset + at]);
          dInput[dInputOffset + at] = Math.fma(d, a, Math.fma(centered, e, f));
        }
      }
    }
  }
}
