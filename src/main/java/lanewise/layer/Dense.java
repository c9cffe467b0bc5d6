package lanewise.layer;

import java.util.List;
import lanewise.shape.Shape;

/**
 * A fully connected layer: {@code y = x · weights + bias}.
 *
 * <p>Input {@code [features]}, output {@code [units]}. Parameters: {@code weights [features,
 * units]}, {@code bias [units]}.
 *
 * <pre>{@code
 * new Dense(10)
 * new Dense(10, new Initializer.Normal(0.01), Initializer.ZEROS)
 * }</pre>
 *
 * @param units outputs
 * @param weights the weights' first values
 * @param bias the bias's first values
 */
public record Dense(int units, Initializer weights, Initializer bias) implements Layer {
  /**
   * Checks the units.
   *
   * @throws IllegalArgumentException if {@code units} is below 1
   */
  public Dense {
    Checks.atLeastOne("Dense", "units", units);
  }

  /** Weights by {@link Initializer.He}, bias 0. */
  public Dense(int units) {
    this(units, Initializer.HE, Initializer.ZEROS);
  }

  /** {@inheritDoc} Here {@code [units]}; the input must be {@code [features]}. */
  @Override
  public Shape outputShape(Shape input) {
    Checks.features("Dense", input);
    return Shape.of(units);
  }

  @Override
  public List<ParameterSpec> parameters(Shape input) {
    int features = input.size();
    return List.of(
        new ParameterSpec("weights", Shape.of(features, units), features, units, weights),
        new ParameterSpec("bias", Shape.of(units), features, units, bias));
  }

  @Override
  public long multiplyAdds(Shape input) {
    return (long) input.size() * units;
  }

  @Override
  public String toString() {
    return "Dense(" + units + ")";
  }
}
