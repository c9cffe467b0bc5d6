package lanewise.jmh;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import lanewise.network.Network;

/** PyTorch through the Deep Java Library. */
final class PyTorch {
  private PyTorch() {}

  /** Loads the library; what the manager makes lives as long as the JVM. */
  static NDManager load(int threads) {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    JniUtils.setNumThreads(threads);
    return manager;
  }

  static PtNDArray tensor(NDManager manager, float[] values, Shape shape) {
    return (PtNDArray) manager.create(values, shape);
  }

  /** A network's batch, channels last. */
  static NDArray samples(NDManager manager, float[] samples, int batch, Network network) {
    lanewise.shape.Shape s = network.inputShape();
    Shape shape = new Shape(batch);
    for (int axis = 0; axis < s.rank(); axis++) {
      shape = shape.add(s.size(axis));
    }
    return manager.create(samples, shape);
  }

  /** The same tensor with its last axis second: NCHW from NHWC. Tables of features stay. */
  static PtNDArray channelsFirst(NDManager manager, NDArray nhwc) {
    NDArray view = channelsSecond(nhwc);
    return tensor(manager, view.toFloatArray(), view.getShape());
  }

  /** The same, on the memory of the one that is given. */
  static NDArray channelsSecond(NDArray nhwc) {
    return nhwc.getShape().dimension() == 4 ? nhwc.transpose(0, 3, 1, 2) : nhwc;
  }

  /** OIHW from HWIO. */
  static PtNDArray outputsFirst(NDManager manager, NDArray hwio) {
    NDArray view = hwio.transpose(3, 2, 0, 1);
    return tensor(manager, view.toFloatArray(), view.getShape());
  }
}
