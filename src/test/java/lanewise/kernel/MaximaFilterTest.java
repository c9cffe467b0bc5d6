package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import lanewise.Allocations;
import lanewise.shape.ConvolutionShape;
import lanewise.shape.Padding;
import lanewise.shape.PoolingShape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class MaximaFilterTest {
  private static final ConvolutionShape LENET =
      ConvolutionShape.of(5, 14, 14, 6, 16, 5, 5, 1, 1, Padding.VALID, 1, 1, 1);
  private static final PoolingShape HALVES =
      PoolingShape.of(5, 10, 10, 16, 2, 2, 2, 2, Padding.VALID, false);

  private final int threadsBefore = WorkerPool.threads();

  @AfterEach
  void restoreThreads() {
    WorkerPool.threads(threadsBefore);
  }

  private static List<MaximaCase> cases() {
    List<ConvolutionShape> shapes = new ArrayList<>(ConvolutionShapes.ofNetworks());
    shapes.addAll(ConvolutionShapes.awkward());
    shapes.addAll(ConvolutionShapes.oneChannel());
    shapes.addAll(ConvolutionShapes.drawn(400));
    return shapes.stream().flatMap(shape -> MaximaCase.each(shape).stream()).toList();
  }

  @Test
  void isTheGradientOfTheFilter() {
    List<MaximaCase> cases = cases();
    assertTrue(cases.size() > 200, () -> "cases: " + cases.size());
    for (MaximaCase maxima : cases) {
      maxima.reference().assertNear(maxima.backwardFilter(), maxima);
    }
  }

  @Test
  void sameBitsForAnyNumberOfThreads() {
    for (MaximaCase maxima : cases()) {
      WorkerPool.threads(1);
      GuardedMatrix expected = maxima.backwardFilter();
      for (int threads = 2; threads <= 3; threads++) {
        WorkerPool.threads(threads);
        expected.assertSameBits(maxima.backwardFilter(), maxima);
      }
    }
  }

  @Test
  void allocatesNothing() {
    MaximaCase maxima = MaximaCase.each(LENET).getFirst();
    float[] dFilter = new float[LENET.filterSize()];
    assertEquals(
        0,
        Allocations.steady(
            () ->
                Convolution.backwardFilterOfMaxima(
                    LENET,
                    HALVES,
                    maxima.input().array,
                    maxima.input().offset,
                    maxima.argmax(),
                    maxima.dMaxima().array,
                    maxima.dMaxima().offset,
                    dFilter,
                    0)));
  }

  @Test
  void refusesWhatDoesNotFit() {
    PoolingShape other = PoolingShape.of(5, 10, 10, 6, 2, 2, 2, 2, Padding.VALID, false);
    assertTrue(Convolution.takesMaxima(LENET, HALVES));
    assertFalse(Convolution.takesMaxima(LENET, other));
    assertThrows(IllegalArgumentException.class, () -> backwardFilter(other, 2000, 2000, 2400));
    assertThrows(IndexOutOfBoundsException.class, () -> backwardFilter(HALVES, 1999, 2000, 2400));
    assertThrows(IndexOutOfBoundsException.class, () -> backwardFilter(HALVES, 2000, 1999, 2400));
    assertThrows(IndexOutOfBoundsException.class, () -> backwardFilter(HALVES, 2000, 2000, 2399));
    backwardFilter(HALVES, 2000, 2000, 2400);
  }

  private static void backwardFilter(PoolingShape pooling, int argmax, int d, int filter) {
    float[] input = new float[5 * LENET.inImageSize()];
    Convolution.backwardFilterOfMaxima(
        LENET, pooling, input, 0, new byte[argmax], new float[d], 0, new float[filter], 0);
  }
}
