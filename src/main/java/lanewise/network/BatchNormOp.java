package lanewise.network;

import lanewise.kernel.Activations;
import lanewise.kernel.BatchNormalization;
import lanewise.kernel.Elementwise;
import lanewise.kernel.Epilogue;
import lanewise.kernel.Partition;
import lanewise.kernel.WorkerPool;
import lanewise.layer.BatchNorm;

/**
 * Batch normalization with the statistics of the batch, then perhaps the sum with a second input,
 * then perhaps ReLU or ReLU6. The gradient of the output may stand in the place of the first
 * input's; where the second input's is wanted, it stands in the place of that.
 */
final class BatchNormOp implements Op {
  private final int channels;
  private final BatchNorm layer;
  private final Weights weights; // gamma [channels], then beta [channels]
  private final float[] state; // from stateOffset: mean [channels], then variance [channels]
  private final int stateOffset;
  private final Epilogue activation;
  private final boolean adds;
  private final Epilogue ofNorm; // what follows the normalization at once
  private final Ports ports;
  private final Partition rows;
  private final float[] means; // [pieces, channels], backward the sums of the gradients
  private final float[] squares; // [pieces, channels], backward the sums of products
  private final float[] mean; // [channels]
  private final float[] variance; // [channels]
  private final float[] scale; // [channels]: gamma / σ
  private final float[] slope; // [channels]
  private final float[] offset; // [channels]
  private final WorkerPool.Task moments = this::moments;
  private final WorkerPool.Task normalize = this::normalize;
  private final WorkerPool.Task gradientSums = this::gradientSums;
  private final WorkerPool.Task inputGradient = this::inputGradient;

  BatchNormOp(
      int channels,
      BatchNorm layer,
      Epilogue activation,
      Weights weights,
      float[] state,
      int stateOffset,
      Ports ports) {
    this.channels = channels;
    this.layer = layer;
    this.weights = weights;
    this.state = state;
    this.stateOffset = stateOffset;
    this.activation = activation;
    this.adds = ports.inputs().size() > 1;
    this.ofNorm = adds ? Epilogue.NONE : activation;
    this.ports = ports;
    this.rows = Partition.rows(ports.output().size / channels, channels);
    this.means = new float[rows.pieces() * channels];
    this.squares = new float[rows.pieces() * channels];
    this.mean = new float[channels];
    this.variance = new float[channels];
    this.scale = new float[channels];
    this.slope = new float[channels];
    this.offset = new float[channels];
  }

  @Override
  public void forward(long step) {
    WorkerPool.run(rows.pieces(), moments);
    BatchNormalization.merge(rows, channels, means, squares, mean, variance);
    for (int c = 0; c < channels; c++) {
      scale[c] = (float) (weights.values()[weights.offset() + c] / deviation(c));
    }
    WorkerPool.run(rows.pieces(), normalize);
  }

  private double deviation(int channel) {
    return Math.sqrt((double) variance[channel] + layer.epsilon());
  }

  private void moments(int piece) {
    Buffer x = ports.input();
    BatchNormalization.moments(
        rows.length(piece),
        channels,
        x.array,
        x.offset + rows.from(piece) * channels,
        means,
        piece * channels,
        squares,
        piece * channels);
  }

  private void normalize(int piece) {
    Buffer x = ports.input();
    Buffer y = ports.output();
    int from = rows.from(piece) * channels;
    BatchNormalization.normalize(
        rows.length(piece),
        channels,
        mean,
        0,
        scale,
        0,
        weights.values(),
        weights.offset() + channels,
        ofNorm.low(),
        ofNorm.high(),
        x.array,
        x.offset + from,
        y.array,
        y.offset + from);
    if (adds) {
      Buffer other = ports.inputs().getLast();
      Elementwise.addClamped(
          rows.length(piece) * channels,
          activation.low(),
          activation.high(),
          y.array,
          y.offset + from,
          other.array,
          other.offset + from,
          y.array,
          y.offset + from);
    }
  }

  /** The running statistics move here: a step that is given up for its loss leaves them alone. */
  @Override
  public void backward(long step) {
    WorkerPool.run(rows.pieces(), gradientSums);
    for (int c = 0; c < channels; c++) {
      mergeGradients(c);
    }
    if (ports.dInput() != Buffer.NONE) {
      WorkerPool.run(rows.pieces(), inputGradient);
    }
    float unbiased = rows.size() / Math.max(1f, rows.size() - 1f);
    for (int c = 0; c < channels; c++) {
      move(stateOffset + c, mean[c]);
      move(stateOffset + channels + c, variance[c] * unbiased);
    }
  }

  private void mergeGradients(int channel) {
    double sum = 0;
    double products = 0;
    for (int piece = 0; piece < rows.pieces(); piece++) {
      sum += means[piece * channels + channel];
      products += squares[piece * channels + channel];
    }
    double deviation = deviation(channel);
    weights.gradients()[weights.offset() + channel] = (float) (products / deviation);
    weights.gradients()[weights.offset() + channels + channel] = (float) sum;
    double share = scale[channel] / (double) rows.size();
    slope[channel] = (float) (-share * products / (deviation * deviation));
    offset[channel] = (float) (-share * sum);
  }

  private void move(int at, float batch) {
    state[at] = Math.fma(layer.momentum(), state[at], (1 - layer.momentum()) * batch);
  }

  private void gradientSums(int piece) {
    Buffer x = ports.input();
    Buffer dOutput = ports.dOutput();
    int from = rows.from(piece) * channels;
    if (backwardReadsOutput()) {
      Buffer y = ports.output();
      int at = dOutput.offset + from;
      Activations.epilogueBackward(
          activation,
          rows.length(piece) * channels,
          y.array,
          y.offset + from,
          dOutput.array,
          at,
          dOutput.array,
          at);
    }
    BatchNormalization.gradientSums(
        rows.length(piece),
        channels,
        mean,
        scale,
        weights.values(),
        weights.offset() + channels,
        ofNorm.low(),
        ofNorm.high(),
        x.array,
        x.offset + from,
        dOutput.array,
        dOutput.offset + from,
        means,
        piece * channels,
        squares,
        piece * channels);
  }

  private void inputGradient(int piece) {
    Buffer x = ports.input();
    Buffer dOutput = ports.dOutput();
    Buffer dInput = ports.dInput();
    int from = rows.from(piece) * channels;
    BatchNormalization.inputGradient(
        rows.length(piece),
        channels,
        mean,
        scale,
        weights.values(),
        weights.offset() + channels,
        ofNorm.low(),
        ofNorm.high(),
        slope,
        offset,
        x.array,
        x.offset + from,
        dOutput.array,
        dOutput.offset + from,
        dInput.array,
        dInput.offset + from);
  }

  @Override
  public boolean backwardReadsInput() {
    return true;
  }

  @Override
  public boolean backwardReadsOutput() {
    return adds && activation.activates();
  }
}
