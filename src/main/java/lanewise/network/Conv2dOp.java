package lanewise.network;

import lanewise.kernel.Epilogue;
import lanewise.shape.ConvolutionShape;

/** {@code output = f(input ∗ filter + bias)}. */
final class Conv2dOp implements Op {
  private final Epilogue epilogue;
  private final Filter filter;
  private final Ports ports;
  private final OutputGradient outputGradient;

  /**
   * A convolution.
   *
   * @param weights the filter's, then any bias
   */
  Conv2dOp(ConvolutionShape shape, Epilogue epilogue, Weights weights, Ports ports) {
    this.epilogue = epilogue;
    this.filter = new Filter(shape, weights);
    this.ports = ports;
    int rows = shape.batch() * shape.outHeight() * shape.outWidth();
    int biasOffset = weights.offset() + shape.filterSize();
    this.outputGradient =
        new OutputGradient(
            rows, shape.outChannels(), epilogue, ports, weights.gradients(), biasOffset);
  }

  @Override
  public void freeze() {
    filter.freeze();
  }

  @Override
  public void forward(long step) {
    filter.forward(ports.input(), epilogue, ports.output());
  }

  @Override
  public void backward(long step) {
    outputGradient.apply();
    filter.backward(ports.input(), ports.dOutput(), ports.dInput());
  }

  @Override
  public boolean backwardReadsInput() {
    return true;
  }

  @Override
  public boolean backwardReadsOutput() {
    return epilogue.activates();
  }
}
