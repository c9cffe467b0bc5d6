package lanewise.network;

import java.util.List;

/**
 * The values that an op reads and writes. Without a backward pass, or where nobody wants a
 * gradient, {@link Buffer#NONE} stands for it.
 *
 * @param inputs read forward
 * @param output written forward
 * @param dOutput the gradient of the output: read backward, and the op may leave anything there
 * @param dInputs the gradients of the inputs: written backward
 */
record Ports(List<Buffer> inputs, Buffer output, Buffer dOutput, List<Buffer> dInputs) {
  /** The only or first input. */
  Buffer input() {
    return inputs.getFirst();
  }

  /** The gradient of the only or first input. */
  Buffer dInput() {
    return dInputs.getFirst();
  }
}
