package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import lanewise.Dice;
import lanewise.random.CounterRandom;
import lanewise.shape.ConvolutionShape;
import lanewise.shape.Padding;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Products and convolutions of any size, drawn: what no list of awkward sizes foresees. {@code
 * -Dlanewise.draws} says how many, {@code -Dlanewise.seed} which.
 */
final class DrawnSizesTest {
  private static final int DRAWS = Integer.getInteger("lanewise.draws", 300);
  private static final long SEED = Long.getLong("lanewise.seed", 1);

  private static final GuardedMatrix BIAS = GuardedMatrix.random(1200, 4);
  private static final int MOST_MULTIPLY_ADDS = 2_000_000;

  private final int threadsBefore = WorkerPool.threads();

  @AfterEach
  void restoreThreads() {
    WorkerPool.threads(threadsBefore);
  }

  @Test
  void products() {
    for (int draw = 0; draw < DRAWS; draw++) {
      Dice dice = new Dice(CounterRandom.key(SEED, draw));
      int m = dice.size(dice.of(20, 200, 1000));
      int n = dice.size(dice.of(20, 200, 1000));
      int k = dice.size(dice.of(40, 300, 1500));
      if ((long) m * n * k > MOST_MULTIPLY_ADDS) {
        continue;
      }
      WorkerPool.threads(1 + dice.below(4));
      ReferenceGemm product =
          ReferenceGemm.random(
              dice.once(2),
              dice.once(2),
              m,
              n,
              k,
              dice.of(0, 0, 3),
              dice.once(3) ? -0.5f : 1,
              dice.of(0, 0, 1, 2),
              epilogue(dice));
      GemmTest.assertNearAndInOrder(product);
      product.multiply().assertSameBits(product.multiplyPacked(), "packed, " + product);
    }
  }

  @Test
  void convolutions() {
    for (int draw = 0; draw < DRAWS; draw++) {
      Dice dice = new Dice(CounterRandom.key(SEED + 1, draw));
      ConvolutionShape shape = shape(dice);
      if (shape == null || shape.multiplyAdds() > MOST_MULTIPLY_ADDS) {
        continue;
      }
      Epilogue epilogue = epilogue(dice);
      WorkerPool.threads(1 + dice.below(4));
      ConvolutionTest.assertAllPasses(shape, epilogue);
      for (ConvolutionCase convolution : ConvolutionCase.each(shape)) {
        ConvolutionTest.assertSameBits(
            () -> convolution.forward(epilogue), "forward " + convolution);
        ConvolutionTest.assertSameBits(convolution::backwardInput, "backwardInput " + convolution);
        ConvolutionTest.assertSameBits(
            convolution::backwardFilter, "backwardFilter " + convolution);
      }
      assertSameWithoutMargin(ConvolutionCase.random(ConvolutionAlgorithm.of(shape), shape));
      for (PooledCase pooled : PooledCase.each(shape)) {
        PooledCase.Maxima expected = pooled.expected(Epilogue.NONE.relu());
        PooledCase.Maxima actual = pooled.maxima(Epilogue.NONE.relu(), dice.once(2), true);
        expected.values().assertSameBits(actual.values(), pooled);
        assertArrayEquals(expected.argmax(), actual.argmax(), pooled::toString);
      }
    }
  }

  /** Arrays that end with their images, and a filter packed beforehand. */
  private static void assertSameWithoutMargin(ConvolutionCase c) {
    ConvolutionShape s = c.shape();
    float[] x = ConvolutionTest.cut(c.input());
    float[] w = ConvolutionTest.cut(c.filter());
    float[] d = ConvolutionTest.cut(c.dOutput());
    float[] y = new float[d.length];
    Convolution.forward(s, x, 0, w, 0, Epilogue.NONE, y, 0);
    assertArrayEquals(ConvolutionTest.cut(c.forward(Epilogue.NONE)), y, c::toString);
    Arrays.fill(y, Float.NaN);
    Convolution.forward(s, x, 0, Convolution.pack(s, w, 0), Epilogue.NONE, y, 0);
    assertArrayEquals(ConvolutionTest.cut(c.forward(Epilogue.NONE)), y, () -> "packed, " + c);
    float[] dInput = new float[x.length];
    Convolution.backwardInput(s, d, 0, w, 0, dInput, 0);
    assertArrayEquals(ConvolutionTest.cut(c.backwardInput()), dInput, c::toString);
    float[] dFilter = new float[w.length];
    Convolution.backwardFilter(s, x, 0, d, 0, dFilter, 0);
    assertArrayEquals(ConvolutionTest.cut(c.backwardFilter()), dFilter, c::toString);
  }

  private static Epilogue epilogue(Dice dice) {
    Epilogue epilogue = dice.once(2) ? Epilogue.NONE : Epilogue.bias(BIAS.array, BIAS.offset);
    return switch (dice.below(4)) {
      case 0 -> epilogue.relu();
      case 1 -> epilogue.leakyRelu(0.1f);
      case 2 -> epilogue.relu6();
      default -> epilogue;
    };
  }

  private static @Nullable ConvolutionShape shape(Dice dice) {
    int groups = dice.once(8) ? dice.size(4) : 1;
    int in = channels(dice);
    int out = channels(dice);
    if (dice.once(6)) {
      groups = in;
      in = 1;
      out = dice.of(1, 1, 1, 2);
    }
    int kernelHeight = dice.of(1, 2, 3, 3, 3, 4, 5, 7);
    int kernelWidth = dice.once(4) ? dice.size(7) : kernelHeight;
    int strideHeight = dice.of(1, 1, 1, 2, 2, 3);
    int strideWidth = dice.once(4) ? dice.size(4) : strideHeight;
    int dilationHeight = dice.once(4) ? dice.size(4) : 1;
    int dilationWidth = dice.once(4) ? dice.size(4) : dilationHeight;
    int down = dilationHeight * (kernelHeight - 1) + 1;
    int across = dilationWidth * (kernelWidth - 1) + 1;
    Padding padding =
        switch (dice.below(3)) {
          case 0 -> Padding.VALID;
          case 1 -> Padding.SAME;
          default ->
              Padding.of(
                  dice.below(down + 1),
                  dice.below(down + 1),
                  dice.below(across + 1),
                  dice.below(across + 1));
        };
    int height = dice.size(dice.of(8, 30));
    int width = dice.once(3) ? dice.size(dice.of(8, 60)) : height;
    try {
      return ConvolutionShape.of(
          dice.size(6),
          height,
          width,
          groups * in,
          groups * out,
          kernelHeight,
          kernelWidth,
          strideHeight,
          strideWidth,
          padding,
          dilationHeight,
          dilationWidth,
          groups);
    } catch (IllegalArgumentException kernelBeyondImage) {
      return null;
    }
  }

  private static int channels(Dice dice) {
    return switch (dice.below(3)) {
      case 0 -> dice.size(8);
      case 1 -> 16 * dice.size(5);
      default -> dice.size(100);
    };
  }
}
