package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;
import lanewise.Allocations;
import lanewise.shape.ConvolutionShape;
import lanewise.shape.Padding;
import lanewise.shape.PoolingShape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Maxima made of a convolution's rows, against the pooling of its output. */
final class PooledConvolutionTest {
  private static final ConvolutionShape LENET =
      ConvolutionShape.of(5, 28, 28, 1, 6, 5, 5, 1, 1, Padding.SAME, 1, 1, 1);
  private static final PoolingShape HALVES =
      PoolingShape.of(5, 28, 28, 6, 2, 2, 2, 2, Padding.VALID, false);

  private final int threadsBefore = WorkerPool.threads();

  @AfterEach
  void restoreThreads() {
    WorkerPool.threads(threadsBefore);
  }

  private static List<PooledCase> cases() {
    List<ConvolutionShape> shapes = new ArrayList<>(ConvolutionShapes.ofNetworks());
    shapes.addAll(ConvolutionShapes.threeByThree());
    shapes.addAll(ConvolutionShapes.oneChannel());
    shapes.addAll(ConvolutionShapes.fewChannels());
    shapes.addAll(ConvolutionShapes.awkward());
    shapes.addAll(ConvolutionShapes.drawn(200));
    shapes.addAll(ROWS);
    shapes.add(SMALL);
    return shapes.stream().flatMap(shape -> PooledCase.each(shape).stream()).toList();
  }

  /** By {@link ConvolutionAlgorithm#WINOGRAD_ROWS}. */
  private static final List<ConvolutionShape> ROWS =
      List.of(
          ConvolutionShape.of(3, 13, 11, 9, 10, 3, 3, 1, 1, Padding.SAME, 1, 1, 1),
          ConvolutionShape.of(2, 15, 15, 10, 20, 5, 5, 1, 1, Padding.SAME, 1, 1, 1),
          ConvolutionShape.of(2, 14, 14, 12, 7, 5, 5, 1, 1, Padding.VALID, 1, 1, 1));

  /** By {@link ConvolutionAlgorithm#WINOGRAD_2X2}. */
  private static final ConvolutionShape SMALL =
      ConvolutionShape.of(3, 6, 6, 16, 32, 3, 3, 1, 1, Padding.SAME, 1, 1, 1);

  private static List<Epilogue> epilogues(ConvolutionShape s) {
    GuardedMatrix bias = GuardedMatrix.random(s.outChannels(), 5);
    Epilogue biased = Epilogue.bias(bias.array, bias.offset);
    return List.of(
        Epilogue.NONE, Epilogue.NONE.relu(), biased, biased.relu(), biased.relu6().leakyRelu(0.1f));
  }

  @Test
  void areThoseOfTheOutput() {
    List<PooledCase> cases = cases();
    assertTrue(cases.size() > 300, () -> "cases: " + cases.size());
    assertEquals(
        EnumSet.complementOf(EnumSet.of(ConvolutionAlgorithm.DEPTHWISE)),
        cases.stream()
            .map(c -> ConvolutionAlgorithm.of(c.shape()))
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(ConvolutionAlgorithm.class))));
    for (ConvolutionShape shape : ROWS) {
      assertEquals(ConvolutionAlgorithm.WINOGRAD_ROWS, ConvolutionAlgorithm.of(shape));
      assertTrue(cases.stream().anyMatch(c -> c.shape().equals(shape)), shape::toString);
    }
    for (PooledCase c : cases) {
      for (Epilogue epilogue : epilogues(c.shape())) {
        PooledCase.Maxima expected = c.expected(epilogue);
        PooledCase.Maxima actual = c.maxima(epilogue, false, true);
        expected.values().assertSameBits(actual.values(), c);
        assertArrayEquals(expected.argmax(), actual.argmax(), c::toString);
      }
    }
  }

  @Test
  void filtersPackedBeforehandGiveTheSame() {
    for (PooledCase c : cases()) {
      Epilogue epilogue = epilogues(c.shape()).get(3);
      PooledCase.Maxima actual = c.maxima(epilogue, true, false);
      c.expected(epilogue).values().assertSameBits(actual.values(), c);
      assertArrayEquals(c.untouched(), actual.argmax(), c::toString);
    }
  }

  @Test
  void sameBitsForAnyNumberOfThreads() {
    for (PooledCase c : cases()) {
      Epilogue epilogue = epilogues(c.shape()).get(2);
      WorkerPool.threads(1);
      PooledCase.Maxima expected = c.maxima(epilogue, false, true);
      for (int threads = 2; threads <= 3; threads++) {
        WorkerPool.threads(threads);
        PooledCase.Maxima actual = c.maxima(epilogue, false, true);
        expected.values().assertSameBits(actual.values(), c);
        assertArrayEquals(expected.argmax(), actual.argmax(), c::toString);
      }
    }
  }

  @Test
  void notANumberIsAMaximum() {
    float[] input = new float[5 * LENET.inImageSize()];
    input[14 * 28 + 14] = Float.NaN;
    input[28 * 28 + 3] = Float.POSITIVE_INFINITY;
    float[] filter = new float[LENET.filterSize()];
    Arrays.fill(filter, 1);
    float[] output = new float[5 * LENET.outImageSize()];
    float[] expected = new float[5 * HALVES.outImageSize()];
    float[] actual = expected.clone();
    byte[] expectedArgmax = new byte[expected.length];
    byte[] argmax = new byte[expected.length];
    Convolution.forward(LENET, input, 0, filter, 0, Epilogue.NONE, output, 0);
    Pooling.maxForward(HALVES, 0, 5, output, 0, expected, 0, expectedArgmax, 0);
    Convolution.forwardPooled(LENET, HALVES, input, 0, filter, 0, Epilogue.NONE, actual, 0, argmax);
    assertArrayEquals(expected, actual);
    assertArrayEquals(expectedArgmax, argmax);
    assertTrue(Float.isNaN(actual[(7 * 14 + 7) * 6]));
  }

  @Test
  void allocatesNothing() {
    ConvolutionShape winograd =
        ConvolutionShape.of(4, 14, 14, 32, 48, 3, 3, 1, 1, Padding.SAME, 1, 1, 1);
    ConvolutionShape patches =
        ConvolutionShape.of(4, 14, 14, 6, 16, 5, 5, 1, 1, Padding.VALID, 1, 1, 1);
    for (ConvolutionShape s : List.of(LENET, winograd, patches, ROWS.get(0), ROWS.get(1))) {
      PoolingShape pooling = PooledCase.pooling(s, 2, 2, 2, 2, false);
      float[] x = new float[s.batch() * s.inImageSize()];
      float[] w = new float[s.filterSize()];
      float[] y = new float[s.batch() * pooling.outImageSize()];
      byte[] argmax = new byte[y.length];
      Epilogue epilogue = epilogues(s).get(3);
      Runnable pass =
          () -> Convolution.forwardPooled(s, pooling, x, 0, w, 0, epilogue, y, 0, argmax);
      assertEquals(0, Allocations.steady(pass), s::toString);
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertTrue(Convolution.pools(LENET, HALVES));
    assertFalse(
        Convolution.pools(
            LENET, PooledCase.pooling(LENET, 3, 3, 2, 2, false))); // rows of two windows
    ConvolutionShape depthwise =
        ConvolutionShape.of(5, 28, 28, 6, 6, 3, 3, 1, 1, Padding.SAME, 1, 1, 6);
    assertFalse(Convolution.pools(depthwise, HALVES));
    PoolingShape other = PoolingShape.of(5, 28, 28, 7, 2, 2, 2, 2, Padding.VALID, false);
    int in = 5 * LENET.inImageSize();
    int out = 5 * HALVES.outImageSize();
    pool(HALVES, Epilogue.NONE, in, LENET.filterSize(), out, out);
    assertThrows(
        IllegalArgumentException.class, () -> pool(other, Epilogue.NONE, in, 150, out, out));
    Epilogue sum = Epilogue.NONE.plusOutput();
    assertThrows(IllegalArgumentException.class, () -> pool(HALVES, sum, in, 150, out, out));
    assertThrows(
        IndexOutOfBoundsException.class, () -> pool(HALVES, Epilogue.NONE, in - 1, 150, out, out));
    assertThrows(
        IndexOutOfBoundsException.class, () -> pool(HALVES, Epilogue.NONE, in, 149, out, out));
    assertThrows(
        IndexOutOfBoundsException.class, () -> pool(HALVES, Epilogue.NONE, in, 150, out - 1, out));
    assertThrows(
        IndexOutOfBoundsException.class, () -> pool(HALVES, Epilogue.NONE, in, 150, out, out - 1));
  }

  private static void pool(
      PoolingShape pooling, Epilogue epilogue, int in, int filter, int out, int places) {
    Convolution.forwardPooled(
        LENET,
        pooling,
        new float[in],
        0,
        new float[filter],
        0,
        epilogue,
        new float[out],
        0,
        new byte[places]);
  }
}
