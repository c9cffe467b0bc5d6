package lanewise.jmh;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.loss.Loss;
import ai.djl.training.loss.SoftmaxCrossEntropyLoss;
import ai.djl.training.optimizer.Adam;
import ai.djl.training.tracker.Tracker;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;

/** PyTorch on images NCHW, with DJL's Adam, which is one native call for each parameter. */
public class PyTorchTrainingStepBenchmark extends NetworkOperands {
  private final Loss loss = new SoftmaxCrossEntropyLoss();
  private NDManager manager;
  private PyTorchNetwork model;
  private NDArray input;
  private NDArray classes;
  private Adam adam;

  @Override
  void prepare() {
    manager = PyTorch.load(threads);
    model = new PyTorchNetwork(manager, net, true);
    input = layOut(manager, PyTorch.images(manager, images, batch, net));
    classes = manager.create(labels, new Shape(batch));
    adam = Adam.builder().optLearningRateTracker(Tracker.fixed(0.001f)).build();
  }

  /** Gives images the layout that the library shall compute in. */
  NDArray layOut(NDManager images, NDArray nhwc) {
    return PyTorch.channelsFirst(images, nhwc);
  }

  /** One step; returns its loss. */
  @Benchmark
  public double step() {
    try (NDManager scratch = manager.newSubManager()) {
      input.tempAttach(scratch);
      classes.tempAttach(scratch);
      NDArray mean = backward();
      List<NDArray> parameters = model.parameters();
      for (int i = 0; i < parameters.size(); i++) {
        try (NDArray gradient = parameters.get(i).getGradient()) {
          adam.update(Integer.toString(i), parameters.get(i), gradient);
        }
      }
      return mean.getFloat();
    }
  }

  private NDArray backward() {
    try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
      NDArray logits = model.forward(input);
      NDArray mean = loss.evaluate(new NDList(classes), new NDList(logits));
      collector.backward(mean);
      return mean;
    }
  }
}
