package lanewise.kernel;

import static jdk.incubator.vector.FloatVector.fromArray;
import static lanewise.kernel.Simd.FLOATS;
import static lanewise.kernel.Simd.LANES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

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
 * <p>Ioffe, Szegedy, "Batch normalization", 2015. Moments of pieces are merged as by Chan, Golub,
 * LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979.
 */
// r: row, c: channel, p: piece.
public final class BatchNormalization {
  private static final int CHUNK_ROWS = 256;

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

  /** {@code y = (x − mean) · scale + shift} by channel. In place is allowed. */
  public static void normalize(
      int rows,
      int channels,
      float[] mean, // [channels]
      int meanOffset,
      float[] scale, // [channels]
      int scaleOffset,
      float[] shift, // [channels]
      int shiftOffset,
      float[] x, // [rows, channels]
      int xOffset,
      float[] y, // [rows, channels]
      int yOffset) {
    int c = 0;
    for (; c < FLOATS.loopBound(channels); c += LANES) {
      FloatVector m = fromArray(FLOATS, mean, meanOffset + c);
      FloatVector a = fromArray(FLOATS, scale, scaleOffset + c);
      FloatVector b = fromArray(FLOATS, shift, shiftOffset + c);
      int at = c;
      for (int r = 0; r < rows; r++, at += channels) {
        fromArray(FLOATS, x, xOffset + at).sub(m).fma(a, b).intoArray(y, yOffset + at);
      }
    }
    for (; c < channels; c++) {
      float m = mean[meanOffset + c];
      float a = scale[scaleOffset + c];
      float b = shift[shiftOffset + c];
      int at = c;
      for (int r = 0; r < rows; r++, at += channels) {
        y[yOffset + at] = Math.fma(x[xOffset + at] - m, a, b);
      }
    }
  }

  /**
   * {@code sums[c] = Σ dOutput[r, c]}, {@code products[c] = Σ dOutput[r, c] · (x[r, c] − mean[c])}:
   * of this piece; what the gradients of beta, gamma and the input follow from.
   */
  public static void gradientSums(
      int rows,
      int channels,
      float[] mean, // [channels]
      float[] x, // [rows, channels]
      int xOffset,
      float[] dOutput, // [rows, channels]
      int dOutputOffset,
      float[] sums, // [channels]
      int sumsOffset,
      float[] products, // [channels]
      int productsOffset) {
    Reductions.columnSums(rows, channels, dOutput, dOutputOffset, channels, sums, sumsOffset);
    Arrays.fill(products, productsOffset, productsOffset + channels, 0);
    for (int first = 0; first < rows; first += CHUNK_ROWS) {
      int chunk = Math.min(CHUNK_ROWS, rows - first);
      int x0 = xOffset + first * channels;
      int d0 = dOutputOffset + first * channels;
      int c = 0;
      for (; c < FLOATS.loopBound(channels); c += LANES) {
        int to = productsOffset + c;
        addProducts(chunk, channels, mean, c, x, x0 + c, dOutput, d0 + c, products, to);
      }
      for (; c < channels; c++) {
        products[productsOffset + c] +=
            products(chunk, channels, mean[c], x, x0 + c, dOutput, d0 + c);
      }
    }
  }

  private static void addProducts(
      int rows,
      int channels,
      float[] mean,
      int meanOffset,
      float[] x,
      int xOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] products,
      int productsOffset) {
    FloatVector center = fromArray(FLOATS, mean, meanOffset);
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = FloatVector.zero(FLOATS);
    FloatVector s2 = FloatVector.zero(FLOATS);
    FloatVector s3 = FloatVector.zero(FLOATS);
    int xAt = xOffset;
    int at = dOutputOffset;
    int r = 0;
    for (; r <= rows - 4; r += 4, at += 4 * channels, xAt += 4 * channels) {
      FloatVector x0 = fromArray(FLOATS, x, xAt).sub(center);
      FloatVector x1 = fromArray(FLOATS, x, xAt + channels).sub(center);
      FloatVector x2 = fromArray(FLOATS, x, xAt + 2 * channels).sub(center);
      FloatVector x3 = fromArray(FLOATS, x, xAt + 3 * channels).sub(center);
      s0 = fromArray(FLOATS, dOutput, at).fma(x0, s0);
      s1 = fromArray(FLOATS, dOutput, at + channels).fma(x1, s1);
      s2 = fromArray(FLOATS, dOutput, at + 2 * channels).fma(x2, s2);
      s3 = fromArray(FLOATS, dOutput, at + 3 * channels).fma(x3, s3);
    }
    for (; r < rows; r++, at += channels, xAt += channels) {
      s0 = fromArray(FLOATS, dOutput, at).fma(fromArray(FLOATS, x, xAt).sub(center), s0);
    }
    fromArray(FLOATS, products, productsOffset)
        .add(s0.add(s2).add(s1.add(s3)))
        .intoArray(products, productsOffset);
  }

  private static float products(
      int rows,
      int channels,
      float center,
      float[] x,
      int xOffset,
      float[] dOutput,
      int dOutputOffset) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int xAt = xOffset;
    int at = dOutputOffset;
    int r = 0;
    for (; r <= rows - 4; r += 4, at += 4 * channels, xAt += 4 * channels) {
      s0 = Math.fma(dOutput[at], x[xAt] - center, s0);
      s1 = Math.fma(dOutput[at + channels], x[xAt + channels] - center, s1);
      s2 = Math.fma(dOutput[at + 2 * channels], x[xAt + 2 * channels] - center, s2);
      s3 = Math.fma(dOutput[at + 3 * channels], x[xAt + 3 * channels] - center, s3);
    }
    for (; r < rows; r++, at += channels, xAt += channels) {
      s0 = Math.fma(dOutput[at], x[xAt] - center, s0);
    }
    return (s0 + s2) + (s1 + s3);
  }

  /**
   * {@code dInput = scale · dOutput + (slope · (x − mean) + shift)} by channel. In place of dOutput
   * is allowed.
   *
   * <p>It is the gradient of the input for {@code scale = gamma / σ}, {@code slope = −scale ·
   * products / (rows · σ²)} and {@code shift = −scale · sums / rows}, {@code σ² = variance +
   * epsilon}.
   */
  public static void inputGradient(
      int rows,
      int channels,
      float[] mean, // [channels]
      float[] scale, // [channels]
      float[] slope, // [channels]
      float[] shift, // [channels]
      float[] x, // [rows, channels]
      int xOffset,
      float[] dOutput, // [rows, channels]
      int dOutputOffset,
      float[] dInput, // [rows, channels]
      int dInputOffset) {
    int c = 0;
    for (; c < FLOATS.loopBound(channels); c += LANES) {
      FloatVector m = fromArray(FLOATS, mean, c);
      FloatVector a = fromArray(FLOATS, scale, c);
      FloatVector b = fromArray(FLOATS, slope, c);
      FloatVector s = fromArray(FLOATS, shift, c);
      int at = c;
      for (int r = 0; r < rows; r++, at += channels) {
        FloatVector rest = fromArray(FLOATS, x, xOffset + at).sub(m).fma(b, s);
        fromArray(FLOATS, dOutput, dOutputOffset + at)
            .fma(a, rest)
            .intoArray(dInput, dInputOffset + at);
      }
    }
    for (; c < channels; c++) {
      float m = mean[c];
      float a = scale[c];
      float b = slope[c];
      float s = shift[c];
      int at = c;
      for (int r = 0; r < rows; r++, at += channels) {
        float rest = Math.fma(x[xOffset + at] - m, b, s);
        dInput[dInputOffset + at] = Math.fma(dOutput[dOutputOffset + at], a, rest);
      }
    }
  }
}
