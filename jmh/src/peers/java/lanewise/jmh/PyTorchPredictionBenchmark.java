package lanewise.jmh;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.openjdk.jmh.annotations.Benchmark;

/** PyTorch on images NCHW, one operation after the other. */
public class PyTorchPredictionBenchmark extends NetworkOperands {
  private NDManager manager;
  private PyTorchNetwork model;
  private NDArray input;

  @Override
  void prepare() {
    manager = PyTorch.load(threads);
    model = new PyTorchNetwork(manager, net, false);
    input = PyTorch.channelsFirst(manager, PyTorch.samples(manager, samples, batch, net));
  }

  /** The logits of one batch. */
  @Benchmark
  public float[] predict() {
    try (NDManager scratch = manager.newSubManager()) {
      input.tempAttach(scratch);
      return model.forward(input).toFloatArray();
    }
  }
}
