package lanewise.network;

/**
 * The values that an op reads and writes. Without a backward pass, or where nobody wants a
 * gradient, {@link Buffer#NONE} stands for it.
 *
 * @param input read forward
 * @param output written forward
 * @param dOutput the gradient of the output: read backward, and the op may leave anything there
 * @param dInput the gradient of the input: written backward
 */
record Ports(Buffer input, Buffer output, Buffer dOutput, Buffer dInput) {}
