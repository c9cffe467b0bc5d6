package lanewise.layer;

import java.util.List;
import lanewise.shape.Shape;

/**
 * Batch normalization: {@code y = gamma · (x − mean) / √(variance + epsilon) + beta} for each
 * channel, the last size of the input.
 *
 * <p>In training, mean and variance are those of the channel over the batch and all its pixels, the
 * variance {@code Σ (x − mean)² / n} over n of them. Each backward pass of a training also moves
 * the running statistics, {@code running ← momentum · running + (1 − momentum) · that of the
 * batch}; the running variance follows the unbiased {@code Σ (x − mean)² / (n − 1)} (for n = 1, 0).
 * In inference the running statistics take the batch's place.
 *
 * <p>Input {@code [features]} or {@code [height, width, channels]}, output of the same shape.
 * Parameters: {@code gamma [channels]}, {@code beta [channels]}. State: {@code mean [channels]},
 * {@code variance [channels]}, at first 0 and 1.
 *
 * <p>A convolution before it needs no bias, which beta takes the place of.
 *
 * <p>Ioffe, Szegedy, "Batch normalization: accelerating deep network training by reducing internal
 * covariate shift", 2015.
 *
 * <pre>{@code
 * new Conv2d(32, 3).withoutBias(), new BatchNorm(), new ReLU()
 * }</pre>
 *
 * @param momentum what a step leaves of the running statistics, from 0 to 1
 * @param epsilon added to the variance, positive
 * @param gamma its first values
 * @param beta its first values
 */
public record BatchNorm(float momentum, float epsilon, Initializer gamma, Initializer beta)
    implements Layer {
  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if {@code momentum} is not from 0 to 1, or {@code epsilon} not
   *     positive and finite
   */
  public BatchNorm {
    if (!(momentum >= 0 && momentum <= 1)) {
      throw new IllegalArgumentException(
          "BatchNorm: momentum must be from 0 to 1, got " + momentum);
    }
    if (!(epsilon > 0 && epsilon < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "BatchNorm: epsilon must be positive and finite, got " + epsilon);
    }
  }

  /** Momentum 0.9, epsilon 10⁻⁵, gamma 1, beta 0. */
  public BatchNorm() {
    this(0.9f, 1e-5f, Initializer.ONES, Initializer.ZEROS);
  }

  /** This with another momentum. */
  public BatchNorm momentum(float newMomentum) {
    return new BatchNorm(newMomentum, epsilon, gamma, beta);
  }

  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public List<ParameterSpec> parameters(Shape input) {
    return List.of(spec("gamma", input, gamma), spec("beta", input, beta));
  }

  @Override
  public List<ParameterSpec> state(Shape input) {
    return List.of(
        spec("mean", input, Initializer.ZEROS), spec("variance", input, Initializer.ONES));
  }

  private static ParameterSpec spec(String name, Shape input, Initializer initializer) {
    return new ParameterSpec(name, Shape.of(input.size(input.rank() - 1)), 1, 1, initializer);
  }

  @Override
  public String toString() {
    return "BatchNorm";
  }
}
