package lanewise.kernel;

import java.util.List;
import java.util.stream.Stream;
import lanewise.shape.ConvolutionShape;

/**
 * A convolution by some algorithm, with guarded operands, run through {@link Convolution}; outputs
 * start as poison.
 */
record ConvolutionCase(
    ConvolutionAlgorithm algorithm,
    ConvolutionShape shape,
    GuardedMatrix input,
    GuardedMatrix filter,
    GuardedMatrix dOutput) {
  private static final long PRIOR = 4;

  /** The shape by each algorithm that supports it. */
  static List<ConvolutionCase> each(ConvolutionShape shape) {
    return Stream.of(ConvolutionAlgorithm.values())
        .filter(algorithm -> algorithm.supports(shape))
        .map(algorithm -> random(algorithm, shape))
        .toList();
  }

  static ConvolutionCase random(ConvolutionAlgorithm algorithm, ConvolutionShape shape) {
    return new ConvolutionCase(
        algorithm,
        shape,
        GuardedMatrix.random(shape.batch() * shape.inImageSize(), 1),
        GuardedMatrix.random(shape.filterSize(), 2),
        GuardedMatrix.random(shape.batch() * shape.outImageSize(), 3));
  }

  /** What an output holds to which an epilogue adds. */
  GuardedMatrix prior() {
    return GuardedMatrix.random(shape.batch() * shape.outImageSize(), PRIOR);
  }

  GuardedMatrix forward(Epilogue epilogue) {
    int size = shape.batch() * shape.outImageSize();
    GuardedMatrix output = epilogue.sums() ? prior() : GuardedMatrix.poisoned(1, size, 0);
    Convolution.forward(
        algorithm,
        shape,
        input.array,
        input.offset,
        filter.array,
        filter.offset,
        epilogue,
        output.array,
        output.offset);
    return output;
  }

  GuardedMatrix backwardInput() {
    GuardedMatrix dInput = GuardedMatrix.poisoned(1, shape.batch() * shape.inImageSize(), 0);
    Convolution.backwardInput(
        algorithm,
        shape,
        dOutput.array,
        dOutput.offset,
        filter.array,
        filter.offset,
        dInput.array,
        dInput.offset);
    return dInput;
  }

  GuardedMatrix backwardFilter() {
    GuardedMatrix dFilter = GuardedMatrix.poisoned(1, shape.filterSize(), 0);
    Convolution.backwardFilter(
        algorithm,
        shape,
        input.array,
        input.offset,
        dOutput.array,
        dOutput.offset,
        dFilter.array,
        dFilter.offset);
    return dFilter;
  }

  @Override
  public String toString() {
    return algorithm + " " + shape;
  }
}
