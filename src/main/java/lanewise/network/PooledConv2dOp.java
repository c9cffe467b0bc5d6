package lanewise.network;

import lanewise.kernel.Convolution;
import lanewise.kernel.Epilogue;
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
  private final Filter filter;
  private final Ports ports;
  private final Buffer convolved; // none if rows are pooled as they are made
  private final Buffer dConvolved; // none if no gradient is made of it
  private final OutputGradient outputGradient;
  private final Partition images;
  private final byte @Nullable [] argmax; // [batch, outHeight, outWidth, channels] of the pooling
  private final WorkerPool.Task pool = this::poolPiece;
  private final WorkerPool.Task unpool = this::unpoolPiece;

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
    filter = new Filter(shape, weights);
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
    filter.freeze();
  }

  @Override
  public void forward(long step) {
    if (convolved == Buffer.NONE) {
      filter.forwardPooled(pooling, ports.input(), epilogue, ports.output(), argmax);
      return;
    }
    filter.forward(ports.input(), epilogue, convolved);
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
    byte[] places = argmax;
    if (places == null) {
      return;
    }
    outputGradient.apply(); // a maximum's derivative is that of the element that it is
    if (dConvolved != Buffer.NONE) {
      WorkerPool.run(images.pieces(), unpool);
    }
    if (Convolution.takesMaxima(shape, pooling)) {
      filter.backwardOfMaxima(pooling, ports.input(), places, ports.dOutput());
      filter.backwardInput(dConvolved, ports.dInput());
    } else {
      filter.backward(ports.input(), dConvolved, ports.dInput());
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
