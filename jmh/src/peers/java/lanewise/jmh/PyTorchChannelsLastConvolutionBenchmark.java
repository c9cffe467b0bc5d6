package lanewise.jmh;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;

/** PyTorch on images that lie in memory as NHWC, its format {@code channels_last}. */
public class PyTorchChannelsLastConvolutionBenchmark extends PyTorchConvolutionBenchmark {
  @Override
  PtNDArray layOut(NDManager manager, NDArray nhwc) {
    return (PtNDArray) nhwc.transpose(0, 3, 1, 2);
  }
}
