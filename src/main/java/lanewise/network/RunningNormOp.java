package lanewise.network;

import lanewise.kernel.BatchNormalization;
import lanewise.kernel.Epilogue;
import lanewise.kernel.Partition;
import lanewise.kernel.WorkerPool;

/** Batch normalization with running statistics, in inference, then perhaps ReLU or ReLU6. */
final class RunningNormOp implements Op {
  private final RunningNorm norm;
  private final Epilogue activation;
  private final Ports ports;
  private final int channels;
  private final Partition rows;
  private final WorkerPool.Task normalize = this::normalize;

  RunningNormOp(RunningNorm norm, Epilogue activation, Ports ports) {
    this.norm = norm;
    this.activation = activation;
    this.ports = ports;
    this.channels = norm.channels();
    this.rows = Partition.rows(ports.output().size / channels, channels);
  }

  @Override
  public void forward(long step) {
    norm.update();
    WorkerPool.run(rows.pieces(), normalize);
  }

  private void normalize(int piece) {
    Buffer x = ports.input();
    Buffer y = ports.output();
    int from = rows.from(piece) * channels;
    BatchNormalization.normalize(
        rows.length(piece),
        channels,
        norm.state(),
        norm.stateOffset(),
        norm.scale(),
        0,
        norm.weights().values(),
        norm.weights().offset() + channels,
        activation.low(),
        activation.high(),
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
