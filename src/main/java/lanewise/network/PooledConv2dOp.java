package lanewise.network;

import lanewise.kernel.Convolution;
import lanewise.kernel.Epilogue;
import lanewise.kernel.PackedFilter;
import lanewise.kernel.Partition;
import lanewise.kernel.Pooling;
import lanewise.kernel.WorkerPool;
import lanewise.shape.ConvolutionShape;
import lanewise.shape.PoolingShape;
import org.jspecify.annotations.Nullable;

/**
 * A convolution and the max pooling of its output: {@code output = max f(input ∗ filter + bias)}.
 * What the convolution puts out is not stored, where its rows can be pooled as they are made.
 * Backward the gradients of filter and bias come from those of the maxima, which are few; all
 * others are zero.
 */
final class PooledConv2dOp implements Op {
  private final ConvolutionShape shape;
  private final PoolingShape pooling;
  private final Epilogue epilogue;
  private final Weights weights; // [kh, kw, inChannels / groups, outChannels], then any bias
  private final Ports ports;
  private final Buffer convolved; // none if rows are pooled as they are made
  private final Buffer dConvolved; // none if no gradient is made of it
  private final OutputGradient outputGradient;
  private final Partition images;
  private final byte @Nullable [] argmax; // [batch, outHeight, outWidth, channels] of the pooling
  private final WorkerPool.Task pool = this::poolPiece;
  private final WorkerPool.Task unpool = this::unpoolPiece;
  private @Nullable PackedFilter packed;

  PooledConv2dOp(
      ConvolutionShape shape,
      PoolingShape pooling,
      boolean training,
      Epilogue epilogue,
      Weights weights,
      Ports ports,
      Buffer convolved,
      Buffer dConvolved) {
    this.shape = shape;
    this.pooling = pooling;
    this.epilogue = epilogue;
    this.weights = weights;
    this.ports = ports;
    this.convolved = convolved;
    this.dConvolved = dConvolved;
    int rows = pooling.batch() * pooling.outHeight() * pooling.outWidth();
    int biasOffset = weights.offset() + shape.filterSize();
    outputGradient =
        new OutputGradient(
            rows, pooling.channels(), epilogue, ports, weights.gradients(), biasOffset);
    images = Partition.rows(pooling.batch(), pooling.inImageSize());
    argmax = training ? new byte[pooling.batch() * pooling.outImageSize()] : null;
  }

  @Override
  public void freeze() {
    packed = Convolution.pack(shape, weights.values(), weights.offset());
  }

  @Override
  public void forward(long step) {
    if (convolved == Buffer.NONE) {
      forwardByRows();
      return;
    }
    Buffer x = ports.input();
    Buffer y = convolved;
    PackedFilter filter = packed;
    if (filter != null) {
      Convolution.forward(shape, x.array, x.offset, filter, epilogue, y.array, y.offset);
    } else {
      Convolution.forward(
          shape,
          x.array,
          x.offset,
          weights.values(),
          weights.offset(),
          epilogue,
          y.array,
          y.offset);
    }
    WorkerPool.run(images.pieces(), pool);
  }

  private void forwardByRows() {
    Buffer x = ports.input();
    Buffer y = ports.output();
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

  private void poolPiece(int piece) {
    Buffer y = ports.output();
    Pooling.maxForward(
        pooling,
        images.from(piece),
        images.length(piece),
        convolved.array,
        convolved.offset,
        y.array,
        y.offset,
        argmax,
        0);
  }

  @Override
  public void backward(long step) {
    Buffer x = ports.input();
    Buffer dOutput = ports.dOutput();
    Buffer dInput = ports.dInput();
    byte[] places = argmax;
    if (places == null) {
      return;
    }
    outputGradient.apply(); // a maximum's derivative is that of the element that it is
    if (dConvolved != Buffer.NONE) {
      WorkerPool.run(images.pieces(), unpool);
    }
    if (Convolution.takesMaxima(shape, pooling)) {
      Convolution.backwardFilterOfMaxima(
          shape,
          pooling,
          x.array,
          x.offset,
          places,
          dOutput.array,
          dOutput.offset,
          weights.gradients(),
          weights.offset());
    } else {
      Convolution.backwardFilter(
          shape,
          x.array,
          x.offset,
          dConvolved.array,
          dConvolved.offset,
          weights.gradients(),
          weights.offset());
    }
    if (dInput != Buffer.NONE) {
      Convolution.backwardInput(
          shape,
          dConvolved.array,
          dConvolved.offset,
          weights.values(),
          weights.offset(),
          dInput.array,
          dInput.offset);
    }
  }

  private void unpoolPiece(int piece) {
    byte[] places = argmax;
    if (places == null) {
      return;
    }
    Buffer dOutput = ports.dOutput();
    Pooling.maxBackward(
        pooling,
        images.from(piece),
        images.length(piece),
        places,
        0,
        dOutput.array,
        dOutput.offset,
        dConvolved.array,
        dConvolved.offset);
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
