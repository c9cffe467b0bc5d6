package lanewise.jmh;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.loss.Loss;
import ai.djl.training.loss.SigmoidBinaryCrossEntropyLoss;
import ai.djl.training.loss.SoftmaxCrossEntropyLoss;
import ai.djl.training.optimizer.Adam;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.List;
import lanewise.loss.SoftmaxCrossEntropy;
import lanewise.optimizer.Momentum;
import lanewise.optimizer.Sgd;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * PyTorch on images NCHW, with the recipe's optimizer as DJL has it: for Adam one native call for
 * each parameter.
 */
public class PyTorchTrainingStepBenchmark extends NetworkOperands {
  private Loss loss;
  private NDManager manager;
  private PyTorchNetwork model;
  private NDArray input;
  private NDArray targets;
  private Optimizer optimizer;

  @Override
  void prepare() {
    manager = PyTorch.load(threads);
    model = new PyTorchNetwork(manager, net, true);
    input = layOut(manager, PyTorch.samples(manager, samples, batch, net));
    boolean classes = recipe.trainer().loss() instanceof SoftmaxCrossEntropy;
    loss = classes ? new SoftmaxCrossEntropyLoss() : new SigmoidBinaryCrossEntropyLoss();
    NDArray numbers = manager.create(labels, new Shape(batch));
    targets = classes ? numbers : numbers.toType(DataType.FLOAT32, false).reshape(batch, 1);
    optimizer = optimizer(recipe.trainer().optimizer());
  }

  private Optimizer optimizer(lanewise.optimizer.Optimizer ours) {
    Tracker rate = Tracker.fixed(learningRate);
    return switch (ours) {
      case Sgd _ -> Optimizer.sgd().setLearningRateTracker(rate).build();
      case Momentum momentum ->
          Optimizer.sgd()
              .setLearningRateTracker(rate)
              .optMomentum(momentum.momentum())
              .optWeightDecays(momentum.weightDecay())
              .build();
      case lanewise.optimizer.Adam _ -> Adam.builder().optLearningRateTracker(rate).build();
      default -> throw new IllegalArgumentException("no recipe has the optimizer " + ours);
    };
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
      targets.tempAttach(scratch);
      NDArray mean = backward();
      List<NDArray> parameters = model.parameters();
      for (int i = 0; i < parameters.size(); i++) {
        try (NDArray gradient = parameters.get(i).getGradient()) {
          optimizer.update(Integer.toString(i), parameters.get(i), gradient);
        }
      }
      return mean.getFloat();
    }
  }

  private NDArray backward() {
    try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
      NDArray logits = model.forward(input);
      NDArray mean = loss.evaluate(new NDList(targets), new NDList(logits));
      collector.backward(mean);
      return mean;
    }
  }
}
