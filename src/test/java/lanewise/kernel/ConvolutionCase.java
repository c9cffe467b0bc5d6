package lanewise.kernel;

import lanewise.shape.ConvolutionShape;

/**
 * A convolution with guarded operands, run through {@link Convolution}; outputs start as poison.
 */
record ConvolutionCase(
    ConvolutionShape shape, GuardedMatrix input, GuardedMatrix filter, GuardedMatrix dOutput) {

  static ConvolutionCase random(ConvolutionShape shape) {
    return new ConvolutionCase(
        shape,
        GuardedMatrix.random(shape.batch() * shape.inImageSize(), 1),
        GuardedMatrix.random(shape.filterSize(), 2),
        GuardedMatrix.random(shape.batch() * shape.outImageSize(), 3));
  }

  GuardedMatrix forward(Epilogue epilogue) {
    GuardedMatrix output = GuardedMatrix.poisoned(1, shape.batch() * shape.outImageSize(), 0);
    Convolution.forward(
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
        shape,
        input.array,
        input.offset,
        dOutput.array,
        dOutput.offset,
        dFilter.array,
        dFilter.offset);
    return dFilter;
  }
}
