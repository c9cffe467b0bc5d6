package lanewise.network;

import java.util.List;
import lanewise.layer.CustomLayer;
import lanewise.layer.Initializer;
import lanewise.layer.ParameterSpec;
import lanewise.shape.Shape;

/** A user's layer: {@code y = factor · x} by feature. */
record Scale() implements CustomLayer {
  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public List<ParameterSpec> parameters(Shape input) {
    return List.of(new ParameterSpec("factor", input, 1, 1, new Initializer.Normal(1)));
  }

  @Override
  public void forward(
      int batch,
      Shape input,
      float[] x,
      int xOffset,
      float[] parameters,
      int parametersOffset,
      float[] y,
      int yOffset) {
    int n = input.size();
    for (int i = 0; i < batch * n; i++) {
      y[yOffset + i] = x[xOffset + i] * parameters[parametersOffset + i % n];
    }
  }

  @Override
  public void backward(
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
      int dParametersOffset) {
    int n = input.size();
    for (int i = 0; i < batch * n; i++) {
      int j = i % n;
      float product = x[xOffset + i] * dOutput[dOutputOffset + i];
      dParameters[dParametersOffset + j] =
          i < n ? product : dParameters[dParametersOffset + j] + product;
      dInput[dInputOffset + i] = dOutput[dOutputOffset + i] * parameters[parametersOffset + j];
    }
  }
}
