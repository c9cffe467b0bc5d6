package lanewise.network;

import lanewise.kernel.Epilogue;
import lanewise.kernel.Gemm;
import lanewise.kernel.PackedMatrix;
import org.jspecify.annotations.Nullable;

/** {@code output = f(input · weights + bias)}. m, n, k: batch, units, features. */
final class DenseOp implements Op {
  private final int m;
  private final int n;
  private final int k;
  private final Epilogue epilogue;
  private final Weights weights; // [k, n], then the bias [n]
  private final Ports ports;
  private final OutputGradient outputGradient;
  private @Nullable PackedMatrix packed;

  DenseOp(int batch, int units, int features, Epilogue epilogue, Weights weights, Ports ports) {
    this.m = batch;
    this.n = units;
    this.k = features;
    this.epilogue = epilogue;
    this.weights = weights;
    this.ports = ports;
    int biasOffset = weights.offset() + k * n;
    this.outputGradient =
        new OutputGradient(m, n, epilogue, ports, weights.gradients(), biasOffset);
  }

  @Override
  public void freeze() {
    packed = Gemm.pack(false, k, n, weights.values(), weights.offset(), n);
  }

  @Override
  public void forward(long step) {
    Buffer x = ports.input();
    Buffer y = ports.output();
    PackedMatrix right = packed;
    if (right != null) {
      Gemm.multiply(false, m, 1, x.array, x.offset, k, right, 0, y.array, y.offset, n, epilogue);
      return;
    }
    Gemm.multiply(
        false,
        false,
        m,
        n,
        k,
        1,
        x.array,
        x.offset,
        k,
        weights.values(),
        weights.offset(),
        n,
        0,
        y.array,
        y.offset,
        n,
        epilogue);
  }

  @Override
  public void backward(long step) {
    Buffer x = ports.input();
    Buffer dOutput = ports.dOutput();
    Buffer dInput = ports.dInput();
    outputGradient.apply();
    Gemm.multiply(
        true,
        false,
        k,
        n,
        m,
        1,
        x.array,
        x.offset,
        k,
        dOutput.array,
        dOutput.offset,
        n,
        0,
        weights.gradients(),
        weights.offset(),
        n);
    if (dInput != Buffer.NONE) {
      Gemm.multiply(
          false,
          true,
          m,
          k,
          n,
          1,
          dOutput.array,
          dOutput.offset,
          n,
          weights.values(),
          weights.offset(),
          n,
          0,
          dInput.array,
          dInput.offset,
          k);
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
