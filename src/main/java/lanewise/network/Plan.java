package lanewise.network;

import java.util.List;

/**
 * A network compiled for one batch size.
 *
 * @param forward in the order to run
 * @param backward in the order to run; empty in inference
 * @param input {@code [batch, inputShape]}, an array of its own; in inference not yet placed: the
 *     samples are read where the caller has them
 * @param output {@code [batch, outputShape]}, an array of its own
 * @param dOutput the gradient of the output, an array of its own; {@link Buffer#NONE} in inference
 * @param arenaSize floats that all other buffers share
 */
record Plan(
    List<Op> forward,
    List<Op> backward,
    Buffer input,
    Buffer output,
    Buffer dOutput,
    int arenaSize) {
  void freeze() {
    forward.forEach(Op::freeze);
  }

  void forward(long step) {
    for (int i = 0; i < forward.size(); i++) {
      forward.get(i).forward(step);
    }
  }

  void backward(long step) {
    for (int i = 0; i < backward.size(); i++) {
      backward.get(i).backward(step);
    }
  }
}
