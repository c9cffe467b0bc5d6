package lanewise.kernel;

import java.util.ArrayList;
import java.util.List;
import lanewise.Dice;
import lanewise.random.CounterRandom;
import lanewise.shape.ConvolutionShape;
import lanewise.shape.Padding;
import org.jspecify.annotations.Nullable;

/** Shapes at which the convolution kernels are tested. */
final class ConvolutionShapes {
  private static final int[] KERNELS = {1, 2, 3, 5, 7};
  private static final int[] STRIDES = {1, 1, 2, 3, 8};
  private static final int[] CHANNELS = {1, 3, 5, 16, 17, 32};
  private static final int[] BATCHES = {1, 2, 5};
  private static final int[] EXTENTS = {1, 2, 3, 5, 7, 8, 13};

  private ConvolutionShapes() {}

  /**
   * Layers of known networks on small batches: each a case that a fast kernel may treat by itself.
   */
  static List<ConvolutionShape> ofNetworks() {
    return List.of(
        square(3, 28, 1, 32, 3, 1, Padding.SAME, 1), // first layer, grey
        square(2, 28, 32, 32, 3, 1, Padding.SAME, 1),
        square(2, 14, 32, 64, 3, 1, Padding.SAME, 1),
        square(2, 14, 64, 64, 3, 1, Padding.SAME, 1),
        square(5, 28, 1, 6, 5, 1, Padding.of(2), 1), // LeNet
        square(5, 14, 6, 16, 5, 1, Padding.VALID, 1),
        square(2, 32, 3, 16, 3, 1, Padding.SAME, 1), // first layer, colour
        square(1, 33, 3, 32, 7, 2, Padding.of(3), 1),
        ConvolutionShape.of(2, 11, 21, 3, 48, 3, 3, 2, 2, Padding.VALID, 1, 1, 1), // in place
        ConvolutionShape.of(2, 12, 17, 3, 64, 3, 3, 1, 1, Padding.of(2), 2, 2, 1),
        square(2, 16, 16, 32, 1, 2, Padding.VALID, 1), // ResNet's short cut
        square(2, 16, 16, 32, 3, 2, Padding.SAME, 1),
        square(2, 7, 64, 96, 1, 1, Padding.VALID, 1), // 1x1
        square(3, 7, 40, 24, 1, 1, Padding.VALID, 1), // part of a vector, and of a tile
        square(2, 7, 96, 20, 1, 1, Padding.VALID, 1), // vectors over the input's channels
        square(2, 5, 160, 9, 1, 1, Padding.VALID, 1),
        square(2, 3, 300, 440, 1, 1, Padding.VALID, 1), // a large filter, and vectors left over
        square(2, 5, 150, 70, 1, 2, Padding.SAME, 1),
        square(2, 5, 75, 152, 3, 2, Padding.SAME, 1),
        square(2, 12, 48, 48, 3, 1, Padding.SAME, 48), // depthwise
        square(2, 13, 48, 48, 3, 2, Padding.SAME, 48),
        square(2, 9, 8, 24, 5, 1, Padding.SAME, 8), // depthwise, three filters each
        square(2, 9, 32, 64, 3, 1, Padding.SAME, 4));
  }

  /** Whole vectors of channels, in images that tiles of 4 × 4 cover well and badly. */
  static List<ConvolutionShape> threeByThree() {
    return List.of(
        square(1, 4, 16, 16, 3, 1, Padding.SAME, 1), // one tile
        square(1, 1, 16, 32, 3, 1, Padding.SAME, 1),
        square(2, 3, 32, 16, 3, 1, Padding.VALID, 1), // one pixel
        square(3, 5, 48, 80, 3, 1, Padding.SAME, 1),
        square(2, 6, 16, 144, 3, 1, Padding.VALID, 1),
        square(2, 7, 64, 16, 3, 1, Padding.of(2), 1),
        square(2, 8, 16, 16, 3, 1, Padding.of(0, 1, 2, 0), 1),
        square(9, 28, 16, 16, 3, 1, Padding.SAME, 1), // several runs of several blocks
        square(2, 7, 208, 176, 3, 1, Padding.SAME, 1), // a large filter, by parts
        square(1, 5, 272, 256, 3, 1, Padding.SAME, 1), // and by tiles of 2 x 2
        ConvolutionShape.of(2, 3, 39, 16, 32, 3, 3, 1, 1, Padding.SAME, 1, 1, 1),
        ConvolutionShape.of(2, 37, 4, 32, 16, 3, 3, 1, 1, Padding.of(2, 0, 1, 1), 1, 1, 1),
        // Dilated: phases of rows and columns, of unequal lengths and empty.
        ConvolutionShape.of(2, 11, 9, 16, 32, 3, 3, 1, 1, Padding.SAME, 2, 2, 1),
        ConvolutionShape.of(1, 17, 23, 32, 16, 3, 3, 1, 1, Padding.VALID, 2, 3, 1),
        ConvolutionShape.of(2, 8, 22, 16, 80, 3, 3, 1, 1, Padding.of(1, 0, 8, 3), 1, 4, 1),
        ConvolutionShape.of(3, 19, 5, 48, 16, 3, 3, 1, 1, Padding.of(6, 2, 2, 1), 3, 1, 1),
        ConvolutionShape.of(1, 3, 2, 16, 16, 3, 3, 1, 1, Padding.SAME, 4, 5, 1),
        ConvolutionShape.of(1, 10, 12, 208, 176, 3, 3, 1, 1, Padding.SAME, 2, 2, 1),
        // Padded beyond what tiles take.
        square(2, 4, 16, 16, 3, 1, Padding.of(0, 0, 3, 0), 1),
        ConvolutionShape.of(1, 7, 9, 16, 32, 3, 3, 1, 1, Padding.of(6, 0, 1, 2), 2, 2, 1));
  }

  /** Of one channel to few, and back: vectors of pixels. */
  static List<ConvolutionShape> oneChannel() {
    return List.of(
        square(2, 1, 1, 6, 1, 1, Padding.VALID, 1),
        square(2, 28, 1, 6, 5, 1, Padding.VALID, 1), // in place
        square(1, 16, 1, 6, 1, 1, Padding.VALID, 1), // in place, to the array's end
        square(1, 15, 1, 6, 1, 1, Padding.VALID, 1),
        square(1, 17, 1, 5, 3, 1, Padding.SAME, 1),
        square(3, 32, 1, 4, 3, 1, Padding.of(2), 1),
        square(1, 33, 1, 3, 2, 1, Padding.VALID, 1),
        square(1, 70, 1, 2, 3, 1, Padding.SAME, 1), // several blocks
        square(1, 20, 1, 1, 19, 1, Padding.SAME, 1),
        square(1, 21, 1, 2, 20, 1, Padding.SAME, 1), // more products than a block
        square(1, 12, 6, 1, 5, 1, Padding.VALID, 1), // its gradient has one channel
        ConvolutionShape.of(2, 19, 23, 1, 6, 3, 5, 2, 1, Padding.SAME, 1, 1, 1),
        ConvolutionShape.of(2, 18, 40, 1, 6, 3, 3, 1, 1, Padding.of(1, 0, 2, 3), 2, 3, 1),
        ConvolutionShape.of(2, 3, 90, 1, 5, 3, 3, 1, 2, Padding.SAME, 1, 1, 1));
  }

  /** Of so many pixels that the filter's gradient is added up of several runs of images. */
  static List<ConvolutionShape> manyPixels() {
    return List.of(
        square(5, 24, 32, 5, 1, 1, Padding.VALID, 1), // turned, where both lie
        square(3, 29, 9, 32, 1, 1, Padding.VALID, 1),
        square(6, 20, 17, 7, 2, 1, Padding.SAME, 1), // turned, packed
        square(3, 54, 5, 33, 2, 2, Padding.SAME, 1),
        square(4, 24, 3, 24, 3, 1, Padding.SAME, 1)); // triples
  }

  /** Of few channels to one vector of them, or back, and the same of its gradient. */
  static List<ConvolutionShape> fewChannels() {
    return List.of(
        square(1, 14, 6, 16, 5, 1, Padding.VALID, 1), // in place, to the array's end
        square(3, 12, 2, 16, 5, 1, Padding.VALID, 1),
        square(2, 8, 4, 16, 5, 1, Padding.SAME, 1),
        square(1, 10, 16, 5, 3, 1, Padding.SAME, 1), // its gradient has one vector
        square(1, 16, 16, 4, 3, 1, Padding.of(2, 2, 2, 5), 1), // of which some columns do not count
        square(2, 16, 3, 16, 3, 1, Padding.SAME, 1),
        square(2, 17, 1, 16, 3, 1, Padding.SAME, 1), // lines of tiles that overlap
        square(1, 20, 4, 16, 3, 1, Padding.of(0, 1, 2, 1), 1),
        square(1, 45, 3, 16, 3, 1, Padding.SAME, 1), // several blocks
        square(1, 16, 12, 16, 7, 1, Padding.SAME, 1), // more products than a block
        ConvolutionShape.of(2, 9, 61, 2, 16, 3, 5, 2, 2, Padding.SAME, 1, 1, 1),
        ConvolutionShape.of(2, 12, 33, 3, 16, 3, 3, 1, 1, Padding.of(2), 2, 2, 1),
        ConvolutionShape.of(1, 7, 32, 16, 16, 3, 5, 1, 1, Padding.SAME, 1, 1, 1));
  }

  /** A filter for each channel. */
  static List<ConvolutionShape> depthwise() {
    return List.of(
        depthwise(1, 1, 1, 1, 1, 1, 1, 1, Padding.VALID, 1),
        depthwise(2, 1, 1, 3, 3, 3, 1, 1, Padding.SAME, 1),
        depthwise(1, 1, 1, 17, 5, 5, 1, 1, Padding.of(4), 1), // one tap is left of 25
        depthwise(1, 3, 40, 1, 3, 3, 1, 1, Padding.SAME, 1),
        depthwise(3, 5, 6, 3, 3, 3, 1, 1, Padding.SAME, 1), // one group of pixels
        depthwise(2, 9, 11, 5, 3, 3, 1, 1, Padding.of(2), 1),
        depthwise(1, 6, 10, 33, 3, 3, 1, 1, Padding.VALID, 1),
        depthwise(2, 7, 14, 17, 3, 3, 2, 2, Padding.SAME, 1),
        depthwise(1, 12, 9, 33, 3, 3, 3, 3, Padding.of(0, 1, 2, 0), 1),
        depthwise(1, 11, 13, 17, 3, 3, 2, 2, Padding.SAME, 2), // every tap meets one pixel in four
        depthwise(1, 14, 13, 5, 3, 3, 1, 1, Padding.of(4), 2),
        depthwise(1, 14, 15, 16, 3, 3, 3, 2, Padding.SAME, 2),
        depthwise(1, 17, 19, 3, 3, 4, 6, 4, Padding.SAME, 4), // divisors 2 and 4
        depthwise(2, 9, 14, 33, 3, 3, 2, 2, Padding.of(1), 1), // twice as wide as its output
        depthwise(2, 8, 13, 19, 3, 3, 2, 2, Padding.of(1), 1),
        depthwise(1, 8, 13, 40, 3, 3, 2, 2, Padding.VALID, 1),
        depthwise(1, 4, 1, 17, 3, 3, 2, 2, Padding.of(1), 1),
        depthwise(1, 5, 2, 17, 3, 3, 2, 2, Padding.of(1), 1),
        depthwise(1, 9, 12, 17, 3, 3, 2, 2, Padding.of(2), 1),
        depthwise(1, 9, 8, 17, 5, 3, 2, 2, Padding.of(1), 1),
        depthwise(2, 4, 5, 100, 3, 3, 1, 1, Padding.SAME, 1), // blocks of channels
        depthwise(2, 9, 12, 17, 5, 5, 1, 1, Padding.SAME, 1),
        depthwise(1, 13, 16, 33, 5, 5, 2, 2, Padding.of(4), 1),
        depthwise(2, 3, 21, 17, 1, 7, 1, 1, Padding.SAME, 1),
        depthwise(1, 21, 3, 33, 7, 1, 1, 2, Padding.SAME, 1),
        depthwise(1, 4, 5, 17, 2, 2, 5, 5, Padding.VALID, 1), // pixels that nobody reads
        depthwise(1, 4, 3, 5, 3, 3, 1, 1, Padding.of(7), 1), // windows that lie in padding alone
        depthwise(19, 8, 8, 40, 3, 3, 1, 1, Padding.SAME, 1)); // runs that end within an image
  }

  /** What an implementation easily forgets. */
  static List<ConvolutionShape> awkward() {
    return List.of(
        square(1, 1, 1, 1, 1, 1, Padding.VALID, 1),
        square(2, 1, 17, 5, 1, 1, Padding.VALID, 1),
        square(2, 1, 3, 5, 3, 1, Padding.SAME, 1),
        square(2, 1, 3, 5, 2, 1, Padding.SAME, 1),
        square(1, 5, 3, 7, 5, 1, Padding.VALID, 1), // the kernel is the image
        square(2, 8, 3, 5, 2, 5, Padding.VALID, 1), // stride beyond the kernel: pixels nobody reads
        square(2, 9, 16, 16, 1, 4, Padding.SAME, 1),
        square(2, 4, 3, 5, 3, 1, Padding.of(5), 1), // windows that lie in padding alone
        square(1, 2, 5, 17, 2, 3, Padding.of(4), 1),
        square(2, 6, 3, 5, 3, 1, Padding.of(0, 1, 2, 3), 1),
        square(2, 6, 3, 5, 3, 2, Padding.of(3, 0, 1, 0), 1),
        square(1, 40, 2, 3, 3, 1, Padding.SAME, 1),
        square(2, 11, 3, 400, 3, 2, Padding.of(2), 1), // more products than a block, striding
        square(2, 9, 5, 33, 3, 1, Padding.SAME, 1),
        // Height and width differ in everything.
        ConvolutionShape.of(2, 5, 11, 3, 5, 2, 3, 1, 2, Padding.of(1, 0, 2, 1), 2, 1, 1),
        ConvolutionShape.of(1, 1, 23, 5, 17, 1, 7, 1, 3, Padding.SAME, 1, 2, 1),
        ConvolutionShape.of(1, 19, 1, 16, 3, 5, 1, 2, 1, Padding.SAME, 3, 1, 1),
        ConvolutionShape.of(2, 9, 7, 6, 9, 3, 2, 2, 1, Padding.SAME, 1, 2, 3));
  }

  /** {@code number} shapes drawn from the lists of sizes above, always the same. */
  static List<ConvolutionShape> drawn(int number) {
    List<ConvolutionShape> shapes = new ArrayList<>();
    for (long draw = 0; shapes.size() < number; draw++) {
      ConvolutionShape shape = draw(new Dice(CounterRandom.key(5, draw)));
      if (shape != null && shape.multiplyAdds() < 500_000) {
        shapes.add(shape);
      }
    }
    return shapes;
  }

  private static @Nullable ConvolutionShape draw(Dice dice) {
    int[] groups = groups(dice);
    int kernelHeight = dice.of(KERNELS);
    int kernelWidth = dice.below(3) == 0 ? dice.of(KERNELS) : kernelHeight;
    int strideHeight = dice.of(STRIDES);
    int strideWidth = dice.below(3) == 0 ? dice.of(STRIDES) : strideHeight;
    Padding padding =
        switch (dice.below(4)) {
          case 0 -> Padding.VALID;
          case 1, 2 -> Padding.SAME;
          default ->
              Padding.of(
                  dice.below(kernelHeight + 1),
                  dice.below(kernelHeight + 1),
                  dice.below(kernelWidth + 1),
                  dice.below(kernelWidth + 1));
        };
    int dilation = dice.below(4) == 0 ? 2 : 1;
    try {
      return ConvolutionShape.of(
          dice.of(BATCHES),
          dice.of(EXTENTS),
          dice.of(EXTENTS),
          groups[1],
          groups[2],
          kernelHeight,
          kernelWidth,
          strideHeight,
          strideWidth,
          padding,
          dilation,
          dilation,
          groups[0]);
    } catch (IllegalArgumentException kernelBeyondImage) {
      return null;
    }
  }

  /**
   * Groups, input channels, output channels: one group, two, depthwise, or depthwise with a
   * multiplier.
   */
  private static int[] groups(Dice dice) {
    int in = dice.of(CHANNELS);
    int out = dice.of(CHANNELS);
    return switch (dice.below(6)) {
      case 0 -> new int[] {2, 2 * in, 2 * out};
      case 1 -> new int[] {in, in, in};
      case 2 -> new int[] {in, in, 3 * in};
      default -> new int[] {1, in, out};
    };
  }

  private static ConvolutionShape square(
      int batch,
      int extent,
      int inChannels,
      int outChannels,
      int kernel,
      int stride,
      Padding padding,
      int groups) {
    return ConvolutionShape.of(
        batch,
        extent,
        extent,
        inChannels,
        outChannels,
        kernel,
        kernel,
        stride,
        stride,
        padding,
        1,
        1,
        groups);
  }

  private static ConvolutionShape depthwise(
      int batch,
      int height,
      int width,
      int channels,
      int kernelHeight,
      int kernelWidth,
      int strideHeight,
      int strideWidth,
      Padding padding,
      int dilation) {
    return ConvolutionShape.of(
        batch,
        height,
        width,
        channels,
        channels,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        padding,
        dilation,
        dilation,
        channels);
  }
}
