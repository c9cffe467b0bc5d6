package lanewise.network;

import lanewise.layer.CustomLayer;
import lanewise.shape.Shape;

/** A user's layer. */
final class CustomOp implements Op {
  private final CustomLayer layer;
  private final int batch;
  private final Shape inputShape;
  private final Weights weights;
  private final Ports ports;

  CustomOp(CustomLayer layer, int batch, Shape inputShape, Weights weights, Ports ports) {
    this.layer = layer;
    this.batch = batch;
    this.inputShape = inputShape;
    this.weights = weights;
    this.ports = ports;
  }

  @Override
  public void forward(long step) {
    Buffer x = ports.input();
    Buffer y = ports.output();
    layer.forward(
        batch,
        inputShape,
        x.array,
        x.offset,
        weights.values(),
        weights.offset(),
        y.array,
        y.offset);
  }

  @Override
  public void backward(long step) {
    Buffer x = ports.input();
    Buffer y = ports.output();
    Buffer dOutput = ports.dOutput();
    Buffer dInput = ports.dInput();
    layer.backward(
        batch,
        inputShape,
        x.array,
        x.offset,
        y.array,
        y.offset,
        weights.values(),
        weights.offset(),
        dOutput.array,
        dOutput.offset,
        dInput.array,
        dInput.offset,
        weights.gradients(),
        weights.offset());
  }

  @Override
  public boolean backwardReadsInput() {
    return true;
  }

  @Override
  public boolean backwardReadsOutput() {
    return true;
  }
}
