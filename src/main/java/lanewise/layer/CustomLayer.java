package lanewise.layer;

import lanewise.shape.Shape;

/**
 * A layer of the user's own, described and computed in one class. The methods are called from one
 * thread at a time per plan, with the whole batch; several plans may call at once, so an instance
 * keeps no state.
 *
 * <p>Buffers hold a batch of samples, {@code [batch, shape]}, from their offset on. The parameters
 * stand one behind the other in the order of {@link #parameters}.
 */
public non-sealed interface CustomLayer extends Layer {
  /**
   * Computes the output.
   *
   * @param batch samples
   * @param input shape of one sample
   * @param x the input
   * @param parameters the network's parameters
   * @param y modified: the output, all of it
   */
  void forward(
      int batch,
      Shape input,
      float[] x,
      int xOffset,
      float[] parameters,
      int parametersOffset,
      float[] y,
      int yOffset);

  /**
   * Computes the gradients of the input and the parameters from that of the output.
   *
   * @param x the input that {@link #forward} saw
   * @param y the output that it computed
   * @param dOutput the gradient of the output
   * @param dInput modified: the gradient of the input, all of it
   * @param dParameters modified: the gradient of the parameters, summed over the batch, all of it
   */
  void backward(
      int batch,
      Shape input,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      float[] parameters,
      int parametersOffset,
      float[] dOutput,
      int dOutputOffset,
      float[] dInput,
      int dInputOffset,
      float[] dParameters,
      int dParametersOffset);
}
