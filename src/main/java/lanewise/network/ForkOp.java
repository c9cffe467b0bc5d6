package lanewise.network;

import java.util.List;
import lanewise.kernel.Elementwise;
import lanewise.kernel.Partition;
import lanewise.kernel.WorkerPool;

/**
 * A value that several nodes read. Forward there is nothing to do; backward its gradient is the sum
 * of those that they give, in their order and in the place of the first.
 */
final class ForkOp implements Op {
  private final List<Buffer> gradients;
  private final Partition elements;
  private final WorkerPool.Task backward = this::backwardPiece;

  ForkOp(List<Buffer> gradients) {
    this.gradients = gradients;
    this.elements = Partition.elements(gradients.getFirst().size);
  }

  @Override
  public void forward(long step) {}

  @Override
  public void backward(long step) {
    WorkerPool.run(elements.pieces(), backward);
  }

  private void backwardPiece(int piece) {
    Buffer sum = gradients.getFirst();
    int from = elements.from(piece);
    int n = elements.length(piece);
    for (int i = 1; i < gradients.size(); i++) {
      Buffer d = gradients.get(i);
      Elementwise.add(
          n, sum.array, sum.offset + from, d.array, d.offset + from, sum.array, sum.offset + from);
    }
  }

  @Override
  public boolean backwardReadsInput() {
    return false;
  }

  @Override
  public boolean backwardReadsOutput() {
    return false;
  }
}
