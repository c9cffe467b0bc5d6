package lanewise.network;

import lanewise.kernel.Convolution;
import lanewise.kernel.Epilogue;
import lanewise.kernel.PackedFilter;
import lanewise.shape.ConvolutionShape;
import lanewise.shape.PoolingShape;
import org.jspecify.annotations.Nullable;

/** The filter of a convolution, {@code [kh, kw, inChannels / groups, outChannels]}, at work. */
final class Filter {
  private final ConvolutionShape shape;
  private final Weights weights;
  private @Nullable PackedFilter packed;

  Filter(ConvolutionShape shape, Weights weights) {
    this.shape = shape;
    this.weights = weights;
  }

  /** Packs the filter as it is now, for all forward passes to come. */
  void freeze() {
    packed = Convolution.pack(shape, weights.values(), weights.offset());
  }

  void forward(Buffer x, Epilogue epilogue, Buffer y) {
    PackedFilter filter = packed;
    if (filter != null) {
      Convolution.forward(shape, x.array, x.offset, filter, epilogue, y.array, y.offset);
      return;
    }
    Convolution.forward(
        shape, x.array, x.offset, weights.values(), weights.offset(), epilogue, y.array, y.offset);
  }

  void forwardPooled(
      PoolingShape pooling, Buffer x, Epilogue epilogue, Buffer y, byte @Nullable [] argmax) {
    PackedFilter filter = packed;
    if (filter != null) {
      Convolution.forwardPooled(
          shape, pooling, x.array, x.offset, filter, epilogue, y.array, y.offset, argmax);
      return;
    }
    Convolution.forwardPooled(
        shape,
        pooling,
        x.array,
        x.offset,
        weights.values(),
        weights.offset(),
        epilogue,
        y.array,
        y.offset,
        argmax);
  }

  /** The gradients of the filter, and of the input unless that is none. */
  void backward(Buffer x, Buffer dOutput, Buffer dInput) {
    Convolution.backwardFilter(
        shape,
        x.array,
        x.offset,
        dOutput.array,
        dOutput.offset,
        weights.gradients(),
        weights.offset());
    backwardInput(dOutput, dInput);
  }

  /** The filter's gradient from that of maxima. */
  void backwardOfMaxima(PoolingShape pooling, Buffer x, byte[] argmax, Buffer dMaxima) {
    Convolution.backwardFilterOfMaxima(
        shape,
        pooling,
        x.array,
        x.offset,
        argmax,
        dMaxima.array,
        dMaxima.offset,
        weights.gradients(),
        weights.offset());
  }

  /** The input's gradient, unless it is none. */
  void backwardInput(Buffer dOutput, Buffer dInput) {
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
}
