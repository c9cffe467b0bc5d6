package lanewise.kernel;

import java.util.Arrays;
import lanewise.shape.ConvolutionShape;

/**
 * The three passes of a convolution by plain loops in double, over images that carry their padding
 * as real zeros. Each result comes with the sum of the absolute products, from which its error
 * bound follows.
 */
final class ReferenceConvolution {
  // n, y, x: image, row and column of the output; ky, kx: of the filter; g: group; c, o: input and
  // output channel within the group.

  /** Values, each a sum of so many products, and the sums of the products' absolute values. */
  record Result(double[] values, int products, double[] magnitudes) {
    /**
     * The same values, each within what Winograd's algorithms promise: the largest bound, of as
     * many products as an element of the filter's gradient adds planes, if there are fewer.
     */
    Result byWinograd(int planes) {
      double[] same = new double[magnitudes.length];
      Arrays.fill(same, Arrays.stream(magnitudes).max().orElse(0));
      return new Result(values, Math.max(products, planes), same);
    }

    /**
     * Fails unless {@code actual} is within the bound everywhere and wrote nothing around itself.
     */
    void assertNear(GuardedMatrix actual, Object what) {
      for (int i = 0; i < values.length; i++) {
        double bound = RoundingBound.of(products, magnitudes[i]);
        RoundingBound.check(values[i], bound, actual.get(i), what, i);
      }
      actual.assertGuarded(what);
    }
  }

  /** The three places that one product of a convolution connects. */
  private interface Visitor {
    void visit(int padded, int filter, int output);
  }

  private final ConvolutionShape s;
  private final int paddedHeight;
  private final int paddedWidth;

  ReferenceConvolution(ConvolutionShape shape) {
    s = shape;
    paddedHeight = s.inHeight() + s.padTop() + s.padBottom();
    paddedWidth = s.inWidth() + s.padLeft() + s.padRight();
  }

  /** The output: {@code epilogue(input ∗ filter)}, where an epilogue may add {@code prior}. */
  Result forward(
      GuardedMatrix input, GuardedMatrix filter, Epilogue epilogue, GuardedMatrix prior) {
    double[] padded = pad(input);
    double[] values = new double[s.batch() * s.outImageSize()];
    double[] magnitudes = new double[values.length];
    each(
        (in, w, out) -> {
          double product = padded[in] * filter.get(w);
          values[out] += product;
          magnitudes[out] += Math.abs(product);
        });
    float[] bias = epilogue.bias();
    for (int i = 0; i < values.length; i++) {
      double b = bias == null ? 0 : bias[epilogue.biasOffset() + i % s.outChannels()];
      double y = epilogue.sums() ? prior.get(i) : 0;
      magnitudes[i] += Math.abs(b) + Math.abs(y);
      double x = values[i] + y + b;
      double activated = x > 0 ? Math.min(x, epilogue.cap()) : epilogue.slope() * x;
      values[i] = epilogue.activates() ? activated : x;
    }
    return new Result(values, s.patchSize(), magnitudes);
  }

  /** The gradient of the input. */
  Result backwardInput(GuardedMatrix dOutput, GuardedMatrix filter) {
    double[] values = new double[s.batch() * paddedHeight * paddedWidth * s.inChannels()];
    double[] magnitudes = new double[values.length];
    each(
        (in, w, out) -> {
          double product = (double) dOutput.get(out) * filter.get(w);
          values[in] += product;
          magnitudes[in] += Math.abs(product);
        });
    int products = s.kernelHeight() * s.kernelWidth() * s.groupOutChannels();
    return new Result(crop(values), products, crop(magnitudes));
  }

  /** The gradient of the filter, summed over the batch. */
  Result backwardFilter(GuardedMatrix input, GuardedMatrix dOutput) {
    double[] padded = pad(input);
    double[] values = new double[s.filterSize()];
    double[] magnitudes = new double[values.length];
    each(
        (in, w, out) -> {
          double product = padded[in] * dOutput.get(out);
          values[w] += product;
          magnitudes[w] += Math.abs(product);
        });
    return new Result(values, s.batch() * s.outHeight() * s.outWidth(), magnitudes);
  }

  private void each(Visitor visitor) {
    for (int n = 0; n < s.batch(); n++) {
      for (int y = 0; y < s.outHeight(); y++) {
        for (int x = 0; x < s.outWidth(); x++) {
          eachOfPatch(n, y, x, visitor);
        }
      }
    }
  }

  private void eachOfPatch(int n, int y, int x, Visitor visitor) {
    for (int ky = 0; ky < s.kernelHeight(); ky++) {
      for (int kx = 0; kx < s.kernelWidth(); kx++) {
        int row = y * s.strideHeight() + ky * s.dilationHeight();
        int column = x * s.strideWidth() + kx * s.dilationWidth();
        for (int g = 0; g < s.groups(); g++) {
          for (int c = 0; c < s.groupInChannels(); c++) {
            for (int o = 0; o < s.groupOutChannels(); o++) {
              int inChannel = g * s.groupInChannels() + c;
              int outChannel = g * s.groupOutChannels() + o;
              visitor.visit(
                  at(n, row, column, inChannel, paddedHeight, paddedWidth, s.inChannels()),
                  at(ky, kx, c, outChannel, s.kernelWidth(), s.groupInChannels(), s.outChannels()),
                  at(n, y, x, outChannel, s.outHeight(), s.outWidth(), s.outChannels()));
            }
          }
        }
      }
    }
  }

  private double[] pad(GuardedMatrix input) {
    double[] padded = new double[s.batch() * paddedHeight * paddedWidth * s.inChannels()];
    for (int i = 0; i < s.batch() * s.inImageSize(); i++) {
      padded[padded(i)] = input.get(i);
    }
    return padded;
  }

  private double[] crop(double[] padded) {
    double[] cropped = new double[s.batch() * s.inImageSize()];
    for (int i = 0; i < cropped.length; i++) {
      cropped[i] = padded[padded(i)];
    }
    return cropped;
  }

  /** Where element {@code i} of the images stands among the padded ones. */
  private int padded(int i) {
    int c = i % s.inChannels();
    int column = i / s.inChannels() % s.inWidth();
    int row = i / s.inChannels() / s.inWidth() % s.inHeight();
    int n = i / s.inImageSize();
    return at(
        n, row + s.padTop(), column + s.padLeft(), c, paddedHeight, paddedWidth, s.inChannels());
  }

  private static int at(int i, int j, int k, int l, int sizeJ, int sizeK, int sizeL) {
    return ((i * sizeJ + j) * sizeK + k) * sizeL + l;
  }
}
