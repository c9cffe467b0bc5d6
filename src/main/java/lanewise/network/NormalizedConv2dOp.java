package lanewise.network;

import lanewise.kernel.Convolution;
import lanewise.kernel.Elementwise;
import lanewise.kernel.Epilogue;
import lanewise.kernel.PackedFilter;
import lanewise.kernel.Partition;
import lanewise.kernel.WorkerPool;
import lanewise.shape.ConvolutionShape;
import org.jspecify.annotations.Nullable;

/**
 * A convolution, then batch normalization with running statistics, in inference, as one convolution
 * {@code output = f(input ∗ (filter · scale) + (bias − mean) · scale + beta)}. Its filter and bias
 * are computed before each run, from the weights of then: one pass over the filter takes the place
 * of one over the output.
 */
final class NormalizedConv2dOp implements Op {
  private final ConvolutionShape shape;
  private final boolean biased;
  private final Weights weights; // [kh, kw, inChannels / groups, outChannels], then any bias
  private final RunningNorm norm;
  private final Buffer filter; // [kh, kw, inChannels / groups, outChannels], scaled
  private final float[] bias; // [outChannels]
  private final Epilogue epilogue; // adds bias
  private final Ports ports;
  private final Partition rows; // of the filter
  private final WorkerPool.Task scaleFilter = this::scaleFilter;
  private @Nullable PackedFilter packed;

  NormalizedConv2dOp(
      ConvolutionShape shape,
      boolean biased,
      Weights weights,
      RunningNorm norm,
      Buffer filter,
      float[] bias,
      Epilogue epilogue,
      Ports ports) {
    this.shape = shape;
    this.biased = biased;
    this.weights = weights;
    this.norm = norm;
    this.filter = filter;
    this.bias = bias;
    this.epilogue = epilogue;
    this.ports = ports;
    this.rows = Partition.rows(shape.patchSize(), bias.length);
  }

  @Override
  public void freeze() {
    scale();
    packed = Convolution.pack(shape, filter.array, filter.offset);
  }

  @Override
  public void forward(long step) {
    Buffer x = ports.input();
    Buffer y = ports.output();
    PackedFilter frozen = packed;
    if (frozen != null) {
      Convolution.forward(shape, x.array, x.offset, frozen, epilogue, y.array, y.offset);
      return;
    }
    scale();
    Convolution.forward(
        shape, x.array, x.offset, filter.array, filter.offset, epilogue, y.array, y.offset);
  }

  private void scale() {
    norm.update();
    int biasOffset = weights.offset() + shape.filterSize();
    for (int c = 0; c < bias.length; c++) {
      bias[c] = (float) norm.apply(c, biased ? weights.values()[biasOffset + c] : 0);
    }
    WorkerPool.run(rows.pieces(), scaleFilter);
  }

  private void scaleFilter(int piece) {
    int channels = bias.length;
    int from = rows.from(piece) * channels;
    for (int at = from; at < from + rows.length(piece) * channels; at += channels) {
      Elementwise.multiply(
          channels,
          weights.values(),
          weights.offset() + at,
          norm.scale(),
          0,
          filter.array,
          filter.offset + at);
    }
  }

  @Override
  public void backward(long step) {}

  @Override
  public boolean backwardReadsInput() {
    return false;
  }

  @Override
  public boolean backwardReadsOutput() {
    return false;
  }
}
