package lanewise.network;

import lanewise.kernel.Convolution;
import lanewise.kernel.Epilogue;
import lanewise.kernel.PackedFilter;
import lanewise.shape.ConvolutionShape;
import org.jspecify.annotations.Nullable;

/** {@code output = f(input ∗ filter + bias)}. */
final class Conv2dOp implements Op {
  private final ConvolutionShape shape;
  private final Epilogue epilogue;
  private final Weights weights; // [kh, kw, inChannels / groups, outChannels], then any bias
  private final Ports ports;
  private final OutputGradient outputGradient;
  private @Nullable PackedFilter packed;

  Conv2dOp(ConvolutionShape shape, Epilogue epilogue, Weights weights, Ports ports) {
    this.shape = shape;
    this.epilogue = epilogue;
    this.weights = weights;
    this.ports = ports;
    int rows = shape.batch() * shape.outHeight() * shape.outWidth();
    int biasOffset = weights.offset() + shape.filterSize();
    this.outputGradient =
        new OutputGradient(
            rows, shape.outChannels(), epilogue, ports, weights.gradients(), biasOffset);
  }

  @Override
  public void freeze() {
    packed = Convolution.pack(shape, weights.values(), weights.offset());
  }

  @Override
  public void forward(long step) {
    Buffer x = ports.input();
    Buffer y = ports.output();
    PackedFilter filter = packed;
    if (filter != null) {
      Convolution.forward(shape, x.array, x.offset, filter, epilogue, y.array, y.offset);
      return;
    }
    Convolution.forward(
        shape, x.array, x.offset, weights.values(), weights.offset(), epilogue, y.array, y.offset);
  }

  @Override
  public void backward(long step) {
    Buffer x = ports.input();
    Buffer dOutput = ports.dOutput();
    Buffer dInput = ports.dInput();
    outputGradient.apply();
    Convolution.backwardFilter(
        shape,
        x.array,
        x.offset,
        dOutput.array,
        dOutput.offset,
        weights.gradients(),
        weights.offset());
    if (dInput != Buffer.NONE) {
      Convolution.backwardInput(
          shape,
          dOutput.array,
          dOutput.offset,
          weights.values(),
          weights.offset(),
          dInput.array,
          dInput.offset);
    }
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
