package lanewise.jmh;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/** PyTorch on images that lie in memory as NHWC, its format {@code channels_last}. */
public class PyTorchChannelsLastTrainingStepBenchmark extends PyTorchTrainingStepBenchmark {
  @Override
  NDArray layOut(NDManager images, NDArray nhwc) {
    return PyTorch.channelsSecond(nhwc);
  }
}
