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

  /** A network's batch, NHWC. */
  static NDArray images(NDManager manager, float[] images, int batch, Network network) {
    lanewise.shape.Shape s = network.inputShape();
    return manager.create(images, new Shape(batch, s.size(0), s.size(1), s.size(2)));
  }

  /** The same tensor with its last axis second: NCHW from NHWC. */
  static PtNDArray channelsFirst(NDManager manager, NDArray nhwc) {
    NDArray view = nhwc.transpose(0, 3, 1, 2);
    return tensor(manager, view.toFloatArray(), view.getShape());
  }

  /** OIHW from HWIO. */
  static PtNDArray outputsFirst(NDManager manager, NDArray hwio) {
    NDArray view = hwio.transpose(3, 2, 0, 1);
    return tensor(manager, view.toFloatArray(), view.getShape());
  }
}
