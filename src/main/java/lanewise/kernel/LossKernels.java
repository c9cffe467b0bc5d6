package lanewise.kernel;

import static jdk.incubator.vector.FloatVector.fromArray;
import static lanewise.kernel.Simd.FLOATS;
import static lanewise.kernel.Simd.LANES;

import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Losses, one number for each row or element, with their gradients times {@code scale} (one over
 * the batch where the loss is a mean). The gradient may be written over the logits.
 */
public final class LossKernels {
  private static final Blocks BLOCKS = new Blocks();

  private LossKernels() {}

  /**
   * Cross-entropy of softmax, row by row of {@code logits [rows, classes]}, with {@code p =
   * softmax(logits)} and target {@code t = (1 − labelSmoothing) · [j = label] + labelSmoothing /
   * classes}: {@code loss = ln Σ eᶻ − Σ t · z}, {@code z = logit − max logit}; {@code dLogits =
   * scale · (p − t)}.
   *
   * @throws IndexOutOfBoundsException if a label is not one of 0 … classes − 1
   */
  public static void softmaxCrossEntropy(
      int rows,
      int classes,
      float[] logits, // [rows, classes]
      int logitsOffset,
      int[] labels, // [rows]
      int labelsOffset,
      float labelSmoothing,
      float scale,
      float[] losses, // [rows]
      int lossesOffset,
      float[] dLogits, // [rows, classes]
      int dLogitsOffset) {
    float[] sums = BLOCKS.get();
    for (int from = 0; from < rows; from += Blocks.SIZE) {
      int m = Math.min(Blocks.SIZE, rows - from);
      int lossesAt = lossesOffset + from;
      int d = dLogitsOffset + from * classes;
      shiftRows(
          m,
          classes,
          logits,
          logitsOffset + from * classes,
          labels,
          labelsOffset + from,
          labelSmoothing,
          losses,
          lossesAt,
          dLogits,
          d);
      VectorMath.exp(m * classes, dLogits, d, dLogits, d);
      for (int r = 0; r < m; r++) {
        int at = d + r * classes;
        int label = labels[labelsOffset + from + r];
        sums[r] = Reductions.sum(classes, dLogits, at);
        gradientRow(classes, label, 1 / sums[r], labelSmoothing, scale, dLogits, at);
      }
      VectorMath.log(m, sums, 0, sums, 0);
      for (int r = 0; r < m; r++) {
        losses[lossesAt + r] = sums[r] - losses[lossesAt + r];
      }
    }
  }

  /** {@code dLogits = z}, {@code losses = Σ t · z}. */
  private static void shiftRows(
      int rows,
      int classes,
      float[] logits,
      int logitsOffset,
      int[] labels,
      int labelsOffset,
      float labelSmoothing,
      float[] losses,
      int lossesOffset,
      float[] dLogits,
      int dLogitsOffset) {
    float share = labelSmoothing / classes;
    for (int r = 0; r < rows; r++) {
      int at = dLogitsOffset + r * classes;
      int label = Objects.checkIndex(labels[labelsOffset + r], classes);
      Softmax.shiftRow(classes, logits, logitsOffset + r * classes, dLogits, at);
      // Without smoothing a logit of −∞ elsewhere does no harm.
      float others = share == 0 ? 0 : share * Reductions.sum(classes, dLogits, at);
      losses[lossesOffset + r] = Math.fma(1 - labelSmoothing, dLogits[at + label], others);
    }
  }

  /** {@code d ← scale · (inverse · d − t)}. */
  private static void gradientRow(
      int n, int label, float inverse, float labelSmoothing, float scale, float[] d, int offset) {
    float share = labelSmoothing / n;
    float dLabel = scale * Math.fma(d[offset + label], inverse, labelSmoothing - 1 - share);
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += LANES) {
      fromArray(FLOATS, d, offset + i).fma(inverse, -share).mul(scale).intoArray(d, offset + i);
    }
    for (; i < n; i++) {
      d[offset + i] = Math.fma(d[offset + i], inverse, -share) * scale;
    }
    d[offset + label] = dLabel;
  }

  /**
   * Cross-entropy of the sigmoid {@code s} of each logit {@code x} with target {@code t} in 0 … 1:
   * {@code loss = max(x, 0) − x · t + ln(1 + e^−|x|)}, {@code dLogit = scale · (s − t)}.
   */
  public static void sigmoidCrossEntropy(
      int n,
      float[] logits,
      int logitsOffset,
      float[] targets,
      int targetsOffset,
      float scale,
      float[] losses,
      int lossesOffset,
      float[] dLogits,
      int dLogitsOffset) {
    float[] scratch = BLOCKS.get();
    for (int from = 0; from < n; from += Blocks.SIZE) {
      int m = Math.min(Blocks.SIZE, n - from);
      int x = logitsOffset + from;
      int t = targetsOffset + from;
      logOf1PlusExp(m, logits, x, scratch);
      sigmoidLosses(m, logits, x, targets, t, scratch, losses, lossesOffset + from);
      VectorMath.sigmoid(m, logits, x, scratch, 0);
      sigmoidGradients(m, scratch, targets, t, scale, dLogits, dLogitsOffset + from);
    }
  }

  /**
   * The first block of {@code scratch} becomes {@code ln(1 + e)}, {@code e = e^−|x|}: the logarithm
   * of the rounded sum, and what the rounding lost.
   */
  private static void logOf1PlusExp(int n, float[] x, int xOffset, float[] scratch) {
    VectorMath.expOfMagnitude(n, -1, x, xOffset, scratch, Blocks.SIZE);
    for (int i = 0; i < n; i += LANES) {
      fromArray(FLOATS, scratch, Blocks.SIZE + i).add(1).intoArray(scratch, i);
    }
    VectorMath.log(n, scratch, 0, scratch, 0);
    for (int i = 0; i < n; i += LANES) {
      FloatVector e = fromArray(FLOATS, scratch, Blocks.SIZE + i);
      FloatVector lost = e.sub(e.add(1).sub(1));
      fromArray(FLOATS, scratch, i).add(lost).intoArray(scratch, i);
    }
  }

  /** {@code loss = max(x, 0) − x · t + log}. */
  private static void sigmoidLosses(
      int n,
      float[] x,
      int xOffset,
      float[] targets,
      int targetsOffset,
      float[] log,
      float[] losses,
      int lossesOffset) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += LANES) {
      FloatVector v = fromArray(FLOATS, x, xOffset + i);
      FloatVector positive = v.blend(0, v.compare(VectorOperators.LT, 0));
      v.neg()
          .fma(fromArray(FLOATS, targets, targetsOffset + i), positive)
          .add(fromArray(FLOATS, log, i))
          .intoArray(losses, lossesOffset + i);
    }
    for (; i < n; i++) {
      float v = x[xOffset + i];
      float positive = v < 0 ? 0 : v;
      losses[lossesOffset + i] = Math.fma(-v, targets[targetsOffset + i], positive) + log[i];
    }
  }

  /** {@code dLogit = scale · (s − t)}. */
  private static void sigmoidGradients(
      int n,
      float[] s,
      float[] targets,
      int targetsOffset,
      float scale,
      float[] dLogits,
      int dLogitsOffset) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += LANES) {
      fromArray(FLOATS, s, i)
          .sub(fromArray(FLOATS, targets, targetsOffset + i))
          .mul(scale)
          .intoArray(dLogits, dLogitsOffset + i);
    }
    for (; i < n; i++) {
      dLogits[dLogitsOffset + i] = (s[i] - targets[targetsOffset + i]) * scale;
    }
  }

  /** {@code loss = (output − target)²}, {@code dOutput = scale · 2 · (output − target)}. */
  public static void squaredError(
      int n,
      float[] outputs,
      int outputsOffset,
      float[] targets,
      int targetsOffset,
      float scale,
      float[] losses,
      int lossesOffset,
      float[] dOutputs,
      int dOutputsOffset) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += LANES) {
      FloatVector error =
          fromArray(FLOATS, outputs, outputsOffset + i)
              .sub(fromArray(FLOATS, targets, targetsOffset + i));
      error.mul(error).intoArray(losses, lossesOffset + i);
      error.mul(2 * scale).intoArray(dOutputs, dOutputsOffset + i);
    }
    for (; i < n; i++) {
      float error = outputs[outputsOffset + i] - targets[targetsOffset + i];
      losses[lossesOffset + i] = error * error;
      dOutputs[dOutputsOffset + i] = error * (2 * scale);
    }
  }
}
