package lanewise.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lanewise.kernel.Dropout;
import lanewise.layer.Add;
import lanewise.layer.AveragePool2d;
import lanewise.layer.BatchNorm;
import lanewise.layer.Concat;
import lanewise.layer.Conv2d;
import lanewise.layer.CustomLayer;
import lanewise.layer.Dense;
import lanewise.layer.DepthwiseConv2d;
import lanewise.layer.ELU;
import lanewise.layer.Flatten;
import lanewise.layer.GELU;
import lanewise.layer.GlobalAveragePool;
import lanewise.layer.Hardswish;
import lanewise.layer.LeakyReLU;
import lanewise.layer.MaxPool2d;
import lanewise.layer.PadChannels;
import lanewise.layer.ReLU;
import lanewise.layer.ReLU6;
import lanewise.layer.SiLU;
import lanewise.layer.Sigmoid;
import lanewise.layer.Softmax;
import lanewise.layer.Tanh;
import lanewise.random.CounterRandom;
import lanewise.shape.ConvolutionShape;
import lanewise.shape.PoolingShape;
import org.apache.commons.math3.special.Erf;

/** The forward pass of a network in double and in plain loops. */
final class ReferenceNetwork {
  private final Network network;
  private final int batch;
  private final long seed;
  private final long step;

  /** For training with dropout, as of {@code step} of a plan made with {@code seed}. */
  ReferenceNetwork(Network network, int batch, long seed, long step) {
    this.network = network;
    this.batch = batch;
    this.seed = seed;
    this.step = step;
  }

  double[] output(double[] parameters, double[] input) {
    List<double[]> values = new ArrayList<>(List.of(input));
    for (Node node : network.nodes()) {
      int from = node.parametersOffset();
      double[] p = Arrays.copyOfRange(parameters, from, from + node.parametersSize());
      values.add(apply(node, values.size(), p, node.inputs().stream().map(values::get).toList()));
    }
    return values.getLast();
  }

  private double[] apply(Node node, int value, double[] p, List<double[]> inputs) {
    double[] x = inputs.getFirst();
    return switch (node.layer()) {
      case Add _ -> add(inputs);
      case Concat _ -> concat(node, inputs);
      case Dense dense -> dense(dense.units(), p, x);
      case Conv2d conv -> convolution(conv.shape(batch, node.inputShape()), p, x);
      case DepthwiseConv2d depthwise -> {
        Conv2d conv = depthwise.convolution(node.inputShape().size(2));
        yield convolution(conv.shape(batch, node.inputShape()), p, x);
      }
      case PadChannels(int before, int after) -> {
        int rows = batch * node.inputShape().size() / node.inputShape().size(2);
        yield concat(node, List.of(new double[rows * before], x, new double[rows * after]));
      }
      case BatchNorm norm -> batchNorm(norm.epsilon(), p, x);
      case MaxPool2d pool -> pool(pool.shape(batch, node.inputShape()), x, true, false);
      case AveragePool2d pool ->
          pool(pool.shape(batch, node.inputShape()), x, false, pool.countPadding());
      case GlobalAveragePool _ -> {
        int h = node.inputShape().size(0);
        int w = node.inputShape().size(1);
        int c = node.inputShape().size(2);
        yield pool(
            new PoolingShape(batch, h, w, c, h, w, 1, 1, 0, 0, 0, 0, false), x, false, false);
      }
      case Flatten _ -> x;
      case lanewise.layer.Dropout dropout -> dropout(dropout.keep(), value, x);
      case ReLU _ -> Arrays.stream(x).map(v -> Math.max(v, 0)).toArray();
      case LeakyReLU(float slope) -> Arrays.stream(x).map(v -> v > 0 ? v : slope * v).toArray();
      case ReLU6 _ -> Arrays.stream(x).map(v -> Math.min(Math.max(v, 0), 6)).toArray();
      case ELU(float alpha) ->
          Arrays.stream(x).map(v -> v > 0 ? v : alpha * Math.expm1(v)).toArray();
      case Hardswish _ ->
          Arrays.stream(x).map(v -> v * Math.min(Math.max(v / 6 + 0.5, 0), 1)).toArray();
      case SiLU _ -> Arrays.stream(x).map(v -> v / (1 + Math.exp(-v))).toArray();
      case GELU _ -> Arrays.stream(x).map(v -> v * 0.5 * Erf.erfc(-v / Math.sqrt(2))).toArray();
      case Sigmoid _ -> Arrays.stream(x).map(v -> 1 / (1 + Math.exp(-v))).toArray();
      case Tanh _ -> Arrays.stream(x).map(Math::tanh).toArray();
      case Softmax _ -> softmax(node.outputShape().size(node.outputShape().rank() - 1), x);
      case CustomLayer _ -> scale(p, x);
    };
  }

  private static double[] add(List<double[]> inputs) {
    double[] y = new double[inputs.getFirst().length];
    inputs.forEach(x -> Arrays.setAll(y, i -> y[i] + x[i]));
    return y;
  }

  private double[] concat(Node node, List<double[]> inputs) {
    int channels = node.outputShape().size(node.outputShape().rank() - 1);
    int rows = batch * node.outputShape().size() / channels;
    double[] y = new double[rows * channels];
    int at = 0;
    for (int row = 0; row < rows; row++) {
      for (double[] x : inputs) {
        int n = x.length / rows;
        System.arraycopy(x, row * n, y, at, n);
        at += n;
      }
    }
    return y;
  }

  private double[] dense(int units, double[] p, double[] x) {
    int features = x.length / batch;
    double[] y = new double[batch * units];
    for (int i = 0; i < batch; i++) {
      for (int j = 0; j < units; j++) {
        double sum = p[features * units + j];
        for (int k = 0; k < features; k++) {
          sum += x[i * features + k] * p[k * units + j];
        }
        y[i * units + j] = sum;
      }
    }
    return y;
  }

  private static double[] convolution(ConvolutionShape s, double[] p, double[] x) {
    double[] y = new double[s.batch() * s.outImageSize()];
    for (int at = 0; at < y.length; at++) {
      int o = at % s.outChannels();
      int ox = at / s.outChannels() % s.outWidth();
      int oy = at / s.outChannels() / s.outWidth() % s.outHeight();
      int n = at / s.outImageSize();
      double sum = p.length > s.filterSize() ? p[s.filterSize() + o] : 0;
      for (int tap = 0; tap < s.patchSize(); tap++) {
        int c = tap % s.groupInChannels();
        int kx = tap / s.groupInChannels() % s.kernelWidth();
        int ky = tap / s.groupInChannels() / s.kernelWidth();
        int iy = oy * s.strideHeight() - s.padTop() + ky * s.dilationHeight();
        int ix = ox * s.strideWidth() - s.padLeft() + kx * s.dilationWidth();
        if (iy >= 0 && iy < s.inHeight() && ix >= 0 && ix < s.inWidth()) {
          int channel = o / s.groupOutChannels() * s.groupInChannels() + c;
          int in = ((n * s.inHeight() + iy) * s.inWidth() + ix) * s.inChannels() + channel;
          sum += x[in] * p[tap * s.outChannels() + o];
        }
      }
      y[at] = sum;
    }
    return y;
  }

  private static double[] batchNorm(float epsilon, double[] p, double[] x) {
    int channels = p.length / 2;
    int rows = x.length / channels;
    double[] y = new double[x.length];
    for (int c = 0; c < channels; c++) {
      double mean = 0;
      for (int at = c; at < x.length; at += channels) {
        mean += x[at] / rows;
      }
      double variance = 0;
      for (int at = c; at < x.length; at += channels) {
        variance += (x[at] - mean) * (x[at] - mean) / rows;
      }
      for (int at = c; at < x.length; at += channels) {
        y[at] = p[c] * (x[at] - mean) / Math.sqrt(variance + epsilon) + p[channels + c];
      }
    }
    return y;
  }

  private static double[] pool(PoolingShape s, double[] x, boolean max, boolean countPadding) {
    double[] y = new double[s.batch() * s.outImageSize()];
    for (int at = 0; at < y.length; at++) {
      int c = at % s.channels();
      int ox = at / s.channels() % s.outWidth();
      int oy = at / s.channels() / s.outWidth() % s.outHeight();
      int n = at / s.outImageSize();
      double largest = Double.NEGATIVE_INFINITY;
      double sum = 0;
      int count = 0;
      for (int tap = 0; tap < s.kernelHeight() * s.kernelWidth(); tap++) {
        int iy = oy * s.strideHeight() - s.padTop() + tap / s.kernelWidth();
        int ix = ox * s.strideWidth() - s.padLeft() + tap % s.kernelWidth();
        if (iy >= 0 && iy < s.inHeight() && ix >= 0 && ix < s.inWidth()) {
          double v = x[((n * s.inHeight() + iy) * s.inWidth() + ix) * s.channels() + c];
          largest = Math.max(largest, v);
          sum += v;
          count++;
        }
      }
      int divisor = countPadding ? s.kernelHeight() * s.kernelWidth() : count;
      y[at] = max ? largest : sum / divisor;
    }
    return y;
  }

  private double[] dropout(float keep, int value, double[] x) {
    float[] mask = new float[x.length];
    Arrays.fill(mask, 1);
    long key = CounterRandom.key(CounterRandom.key(seed, value), step);
    Dropout.forward(x.length, keep, key, 0, mask, 0, mask, 0);
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = mask[i] == 0 ? 0 : x[i] / keep;
    }
    return y;
  }

  private static double[] softmax(int columns, double[] x) {
    double[] y = new double[x.length];
    for (int row = 0; row < x.length; row += columns) {
      double sum = 0;
      for (int j = row; j < row + columns; j++) {
        sum += Math.exp(x[j]);
      }
      for (int j = row; j < row + columns; j++) {
        y[j] = Math.exp(x[j]) / sum;
      }
    }
    return y;
  }

  private static double[] scale(double[] p, double[] x) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i] * p[i % p.length];
    }
    return y;
  }
}
