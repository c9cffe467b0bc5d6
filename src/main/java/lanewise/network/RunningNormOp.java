package lanewise.network;

import lanewise.kernel.BatchNormalization;
import lanewise.kernel.Partition;
import lanewise.kernel.WorkerPool;

/** Batch normalization with running statistics, in inference. */
final class RunningNormOp implements Op {
  private final int channels;
  private final float epsilon;
  private final Weights weights; // gamma [channels], then beta [channels]
  private final float[] state; // from stateOffset: mean [channels], then variance [channels]
  private final int stateOffset;
  private final Ports ports;
  private final Partition rows;
  private final float[] scale; // [channels]: gamma / σ
  private final WorkerPool.Task normalize = this::normalize;

  RunningNormOp(
      int channels, float epsilon, Weights weights, float[] state, int stateOffset, Ports ports) {
    this.channels = channels;
    this.epsilon = epsilon;
    this.weights = weights;
    this.state = state;
    this.stateOffset = stateOffset;
    this.ports = ports;
    this.rows = Partition.rows(ports.output().size / channels, channels);
    this.scale = new float[channels];
  }

  @Override
  public void forward(long step) {
    for (int c = 0; c < channels; c++) {
      double variance = state[stateOffset + channels + c];
      scale[c] = (float) (weights.values()[weights.offset() + c] / Math.sqrt(variance + epsilon));
    }
    WorkerPool.run(rows.pieces(), normalize);
  }

  private void normalize(int piece) {
    Buffer x = ports.input();
    Buffer y = ports.output();
    int from = rows.from(piece) * channels;
    BatchNormalization.normalize(
        rows.length(piece),
        channels,
        state,
        stateOffset,
        scale,
        0,
        weights.values(),
        weights.offset() + channels,
        x.array,
        x.offset + from,
        y.array,
        y.offset + from);
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
