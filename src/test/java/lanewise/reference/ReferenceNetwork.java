package lanewise.reference;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * A dense network in double, written as the articles write it: [linear → ReLU] × (L − 1) → linear →
 * sigmoid, binary cross-entropy, full-batch gradient descent. Samples are columns.
 */
public final class ReferenceNetwork {
  // n: units of a layer, m: samples

  private final RealMatrix[] weights; // each [n, n of the layer before]
  private final double[][] biases; // each [n]

  /**
   * A network of the given weights {@code [n, n of the layer before]} and biases; both are copied.
   */
  public ReferenceNetwork(RealMatrix[] weights, double[][] biases) {
    this.weights = new RealMatrix[weights.length];
    this.biases = new double[weights.length][];
    for (int l = 0; l < weights.length; l++) {
      this.weights[l] = weights[l].copy();
      this.biases[l] = biases[l].clone();
    }
  }

  /**
   * Gradient descent on all samples at once.
   *
   * @param x {@code [features, m]}
   * @param y {@code [m]}, 0 or 1
   * @return the cost before each update
   */
  public double[] train(RealMatrix x, double[] y, double rate, int iterations) {
    double[] costs = new double[iterations];
    RealMatrix xTransposed = x.transpose();
    for (int i = 0; i < iterations; i++) {
      RealMatrix[] activations = forward(x);
      costs[i] = cost(activations[weights.length - 1].getRow(0), y);
      update(activations, xTransposed, y, rate);
    }
    return costs;
  }

  /** The probability of class 1 for each column of {@code x}. */
  public double[] predict(RealMatrix x) {
    return forward(x)[weights.length - 1].getRow(0);
  }

  /** The share of columns whose probability falls on the right side of one half. */
  public double accuracy(RealMatrix x, double[] y) {
    double[] probabilities = predict(x);
    int right = 0;
    for (int j = 0; j < y.length; j++) {
      right += (probabilities[j] > 0.5 ? 1 : 0) == y[j] ? 1 : 0;
    }
    return right / (double) y.length;
  }

  /** The weights of layer {@code l}, counted from 0: {@code [n, n of the layer before]}. */
  public RealMatrix weights(int l) {
    return weights[l].copy();
  }

  /** The biases of layer {@code l}. */
  public double[] biases(int l) {
    return biases[l].clone();
  }

  /** {@code −(1/m) Σ (y ln a + (1 − y) ln(1 − a))}. */
  static double cost(double[] a, double[] y) {
    double sum = 0;
    for (int j = 0; j < y.length; j++) {
      sum += y[j] * Math.log(a[j]) + (1 - y[j]) * Math.log(1 - a[j]);
    }
    return -sum / y.length;
  }

  /** The output of every layer: {@code a = g(W · a of the layer before + b)}. */
  private RealMatrix[] forward(RealMatrix x) {
    RealMatrix[] activations = new RealMatrix[weights.length];
    RealMatrix a = x;
    for (int l = 0; l < weights.length; l++) {
      boolean last = l == weights.length - 1;
      DoubleUnaryOperator g = last ? z -> 1 / (1 + Math.exp(-z)) : z -> Math.max(0, z);
      double[] b = biases[l];
      a = map(weights[l].multiply(a), (i, j, z) -> g.applyAsDouble(z + b[i]));
      activations[l] = a;
    }
    return activations;
  }

  /** {@code dZ = a − y} at the output; {@code dW = dZ · aᵀ/m, db = mean(dZ), dA = Wᵀ · dZ}. */
  private void update(RealMatrix[] activations, RealMatrix xTransposed, double[] y, double rate) {
    int m = y.length;
    RealMatrix dZ = map(activations[weights.length - 1], (i, j, a) -> a - y[j]);
    for (int l = weights.length - 1; l >= 0; l--) {
      RealMatrix before = l == 0 ? xTransposed : activations[l - 1].transpose();
      RealMatrix dWeights = dZ.multiply(before).scalarMultiply(1.0 / m);
      double[] dBiases = new double[biases[l].length];
      for (int i = 0; i < dBiases.length; i++) {
        dBiases[i] = Arrays.stream(dZ.getRow(i)).sum() / m;
      }
      if (l > 0) {
        RealMatrix active = activations[l - 1];
        dZ =
            map(
                weights[l].transpose().multiply(dZ),
                (i, j, dA) -> active.getEntry(i, j) > 0 ? dA : 0);
      }
      weights[l] = weights[l].subtract(dWeights.scalarMultiply(rate));
      for (int i = 0; i < dBiases.length; i++) {
        biases[l][i] -= rate * dBiases[i];
      }
    }
  }

  private interface Entry {
    double of(int row, int column, double value);
  }

  private static RealMatrix map(RealMatrix x, Entry entry) {
    RealMatrix y = MatrixUtils.createRealMatrix(x.getRowDimension(), x.getColumnDimension());
    for (int i = 0; i < x.getRowDimension(); i++) {
      for (int j = 0; j < x.getColumnDimension(); j++) {
        y.setEntry(i, j, entry.of(i, j, x.getEntry(i, j)));
      }
    }
    return y;
  }
}
