package lanewise.network;

import lanewise.kernel.Convolution;
import lanewise.kernel.Epilogue;
import lanewise.kernel.Partition;
import lanewise.kernel.Pooling;
import lanewise.kernel.WorkerPool;
import lanewise.shape.ConvolutionShape;
import lanewise.shape.PoolingShape;

/**
 * A convolution and the max pooling of its output, in training: {@code output = max f(input ∗
 * filter + bias)}. Backward the gradients of filter and bias come from those of the maxima, which
 * are few; all others are zero.
 */
final class PooledConv2dOp implements Op {
  private final ConvolutionShape shape;
  private final PoolingShape pooling;
  private final Epilogue epilogue;
  private final Weights weights; // [kh, kw, inChannels, outChannels], then any bias
  private final Ports ports;
  private final Buffer convolved;
  private final Buffer dConvolved; // none if the input's gradient is not wanted
  private final OutputGradient outputGradient;
  private final Partition images;
  private final byte[] argmax; // [batch, outHeight, outWidth, channels] of the pooling
  private final WorkerPool.Task pool = this::poolPiece;
  private final WorkerPool.Task unpool = this::unpoolPiece;

  PooledConv2dOp(
      ConvolutionShape shape,
      PoolingShape pooling,
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
    argmax = new byte[pooling.batch() * pooling.outImageSize()];
  }

  @Override
  public void forward(long step) {
    Buffer x = ports.input();
    Convolution.forward(
        shape,
        x.array,
        x.offset,
        weights.values(),
        weights.offset(),
        epilogue,
        convolved.array,
        convolved.offset);
    WorkerPool.run(images.pieces(), pool);
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
    outputGradient.apply(); // a maximum's derivative is that of the element that it is
    Convolution.backwardFilterOfMaxima(
        shape,
        pooling,
        x.array,
        x.offset,
        argmax,
        dOutput.array,
        dOutput.offset,
        weights.gradients(),
        weights.offset());
    if (dInput != Buffer.NONE) {
      WorkerPool.run(images.pieces(), unpool);
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
    Buffer dOutput = ports.dOutput();
    Pooling.maxBackward(
        pooling,
        images.from(piece),
        images.length(piece),
        argmax,
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
