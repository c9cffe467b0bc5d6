package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import lanewise.Allocations;
import lanewise.shape.ConvolutionShape;
import lanewise.shape.Padding;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ConvolutionTest {
  private static final GuardedMatrix BIAS = GuardedMatrix.random(450, 4);

  private static final List<Epilogue> EPILOGUES =
      List.of(
          Epilogue.NONE,
          Epilogue.NONE.relu(),
          Epilogue.NONE.leakyRelu(0.1f),
          Epilogue.bias(BIAS.array, BIAS.offset),
          Epilogue.bias(BIAS.array, BIAS.offset).relu(),
          Epilogue.bias(BIAS.array, BIAS.offset).leakyRelu(-0.3f),
          Epilogue.bias(BIAS.array, BIAS.offset).relu6(),
          Epilogue.NONE.plusOutput(),
          Epilogue.bias(BIAS.array, BIAS.offset).plusOutput().relu(),
          Epilogue.bias(BIAS.array, BIAS.offset).plusOutput().leakyRelu(0.2f));

  private final int threadsBefore = WorkerPool.threads();

  @AfterEach
  void restoreThreads() {
    WorkerPool.threads(threadsBefore);
  }

  @Test
  void layersOfNetworks() {
    ConvolutionShapes.ofNetworks().forEach(shape -> assertAllPasses(shape, EPILOGUES.get(4)));
  }

  @Test
  void awkwardShapes() {
    for (ConvolutionShape shape : ConvolutionShapes.awkward()) {
      EPILOGUES.forEach(epilogue -> assertAllPasses(shape, epilogue));
    }
  }

  @Test
  void oneChannel() {
    for (ConvolutionShape shape : ConvolutionShapes.oneChannel()) {
      EPILOGUES.forEach(epilogue -> assertAllPasses(shape, epilogue));
    }
  }

  @Test
  void fewChannels() {
    for (ConvolutionShape shape : ConvolutionShapes.fewChannels()) {
      EPILOGUES.forEach(epilogue -> assertAllPasses(shape, epilogue));
    }
  }

  @Test
  void manyPixels() {
    ConvolutionShapes.manyPixels().forEach(shape -> assertAllPasses(shape, EPILOGUES.get(4)));
  }

  @Test
  void depthwiseShapes() {
    for (ConvolutionShape shape : ConvolutionShapes.depthwise()) {
      EPILOGUES.forEach(epilogue -> assertAllPasses(shape, epilogue));
    }
  }

  /** Rows are read ahead, of arrays that end with the last. */
  @Test
  void imagesThatNoCacheHolds() {
    int[][] layers = {{64, 64, 3, 1, 64}, {64, 64, 3, 2, 64}, {16, 96, 1, 1, 1}};
    for (int[] layer : layers) {
      ConvolutionShape one = images(1, layer);
      int larger = Math.max(one.inImageSize(), one.outImageSize());
      ConvolutionShape s = images(ReadAhead.FAR / larger + 1, layer);
      assertTrue(ReadAhead.pays((long) s.batch() * larger, 64));
      ConvolutionCase all = ConvolutionCase.random(ConvolutionAlgorithm.of(s), s);
      float[] x = signs(all.input());
      float[] d = signs(all.dOutput());
      float[] w = cut(all.filter());
      float[] y = new float[d.length];
      float[] dx = new float[x.length];
      float[] dw = new float[w.length];
      Convolution.forward(s, x, 0, w, 0, Epilogue.NONE, y, 0);
      Convolution.backwardInput(s, d, 0, w, 0, dx, 0);
      Convolution.backwardFilter(s, x, 0, d, 0, dw, 0);
      float[] expectedY = new float[y.length];
      float[] expectedDx = new float[x.length];
      float[] sums = new float[w.length];
      float[] ofOne = new float[w.length];
      for (int i = 0; i < s.batch(); i++) {
        int in = i * s.inImageSize();
        int out = i * s.outImageSize();
        Convolution.forward(one, x, in, w, 0, Epilogue.NONE, expectedY, out);
        Convolution.backwardInput(one, d, out, w, 0, expectedDx, in);
        Convolution.backwardFilter(one, x, in, d, out, ofOne, 0);
        for (int j = 0; j < w.length; j++) {
          sums[j] += ofOne[j];
        }
      }
      assertArrayEquals(expectedY, y);
      assertArrayEquals(expectedDx, dx);
      assertArrayEquals(sums, dw);
    }
  }

  /** −1, 0 or 1, the sums of whose products are exact. */
  private static float[] signs(GuardedMatrix x) {
    float[] signs = cut(x);
    for (int i = 0; i < signs.length; i++) {
      signs[i] = Math.round(signs[i]);
    }
    return signs;
  }

  /** Of 28 × 28 pixels; input and output channels, kernel, stride, groups. */
  private static ConvolutionShape images(int batch, int[] layer) {
    int kernel = layer[2];
    int stride = layer[3];
    return ConvolutionShape.of(
        batch,
        28,
        28,
        layer[0],
        layer[1],
        kernel,
        kernel,
        stride,
        stride,
        Padding.of(kernel / 2),
        1,
        1,
        layer[4]);
  }

  @Test
  void filtersOfThreeByThree() {
    int epilogue = 0;
    for (ConvolutionShape shape : ConvolutionShapes.threeByThree()) {
      assertAllPasses(shape, EPILOGUES.get(epilogue++ % EPILOGUES.size()));
    }
  }

  @Test
  void drawnShapes() {
    int epilogue = 0;
    for (ConvolutionShape shape : ConvolutionShapes.drawn(400)) {
      assertAllPasses(shape, EPILOGUES.get(epilogue++ % EPILOGUES.size()));
    }
  }

  /** A filter packed beforehand gives the same bits, for any batch. */
  @Test
  void packedFilters() {
    List<ConvolutionShape> shapes = new ArrayList<>(ConvolutionShapes.drawn(60));
    shapes.addAll(ConvolutionShapes.ofNetworks());
    shapes.addAll(ConvolutionShapes.threeByThree());
    shapes.addAll(ConvolutionShapes.depthwise());
    shapes.addAll(ConvolutionShapes.awkward());
    shapes.addAll(ConvolutionShapes.oneChannel());
    shapes.addAll(ConvolutionShapes.fewChannels());
    for (ConvolutionShape shape : shapes) {
      float[] input = cut(GuardedMatrix.random(shape.batch() * shape.inImageSize(), 1));
      GuardedMatrix filter = GuardedMatrix.random(shape.filterSize(), 2);
      float[] expected = new float[shape.batch() * shape.outImageSize()];
      float[] actual = new float[expected.length];
      float[] source = filter.array.clone();
      PackedFilter packed = Convolution.pack(shape, source, filter.offset);
      Arrays.fill(source, Float.NaN);
      for (Epilogue epilogue : List.of(Epilogue.NONE.relu(), Epilogue.NONE.plusOutput())) {
        float before = epilogue.sums() ? 0.5f : Float.NaN;
        Arrays.fill(expected, before);
        WorkerPool.threads(1);
        Convolution.forward(shape, input, 0, filter.array, filter.offset, epilogue, expected, 0);
        for (int threads = 1; threads <= 2; threads++) {
          WorkerPool.threads(threads);
          Arrays.fill(actual, before);
          Convolution.forward(shape, input, 0, packed, epilogue, actual, 0);
          assertArrayEquals(expected, actual, epilogue + " " + shape);
        }
      }
    }
  }

  /** A vector read past the last pixel of an image would leave the array. */
  @Test
  void gradientsOfFiltersWithoutMargin() {
    List<ConvolutionShape> shapes = new ArrayList<>(ConvolutionShapes.ofNetworks());
    shapes.addAll(ConvolutionShapes.awkward());
    shapes.addAll(ConvolutionShapes.oneChannel());
    shapes.addAll(ConvolutionShapes.fewChannels());
    for (ConvolutionShape shape : shapes) {
      GuardedMatrix input = GuardedMatrix.random(shape.batch() * shape.inImageSize(), 1);
      GuardedMatrix dOutput = GuardedMatrix.random(shape.batch() * shape.outImageSize(), 3);
      float[] expected = new float[shape.filterSize()];
      float[] actual = new float[shape.filterSize()];
      Convolution.backwardFilter(
          shape, input.array, input.offset, dOutput.array, dOutput.offset, expected, 0);
      Convolution.backwardFilter(shape, cut(input), 0, cut(dOutput), 0, actual, 0);
      assertArrayEquals(expected, actual, shape.toString());
    }
  }

  static float[] cut(GuardedMatrix x) {
    return Arrays.copyOfRange(x.array, x.offset, x.offset + x.columns);
  }

  /** Else it could be read in another layout than it has, which may depend on the image's width. */
  @Test
  void refusesFiltersPackedForAnotherShape() {
    ConvolutionShape wide =
        ConvolutionShape.of(2, 8, 32, 16, 16, 3, 3, 2, 2, Padding.SAME, 1, 1, 1);
    List<ConvolutionShape> others = new ArrayList<>(ConvolutionShapes.depthwise());
    others.add(ConvolutionShape.of(2, 8, 6, 16, 16, 3, 3, 2, 2, Padding.SAME, 1, 1, 1));
    others.add(ConvolutionShape.of(2, 6, 32, 16, 16, 3, 3, 2, 2, Padding.SAME, 1, 1, 1));
    PackedFilter packed = Convolution.pack(wide, new float[wide.filterSize()], 0);
    for (ConvolutionShape other : others) {
      float[] x = new float[other.batch() * other.inImageSize()];
      float[] y = new float[other.batch() * other.outImageSize()];
      assertThrows(
          IllegalArgumentException.class,
          () -> Convolution.forward(other, x, 0, packed, Epilogue.NONE, y, 0));
    }
  }

  /** The same holds for each of its sizes but the batch. */
  @Test
  void onlyTheBatchOfAPackedFilterMayDiffer() {
    int[] sizes = {2, 9, 8, 4, 6, 3, 2, 1, 2, 1, 0, 1, 0, 1, 2, 2};
    ConvolutionShape shape = shape(sizes);
    for (int i = 0; i < sizes.length; i++) {
      int[] changed = sizes.clone();
      changed[i] += i == 15 ? -1 : i == 3 || i == 4 ? 2 : 1;
      assertEquals(i == 0, shape.equalsButForBatch(shape(changed)), "size " + i);
    }
  }

  private static ConvolutionShape shape(int[] x) {
    return new ConvolutionShape(
        x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7], x[8], x[9], x[10], x[11], x[12], x[13],
        x[14], x[15]);
  }

  @Test
  void operandsAreNotModified() {
    List<ConvolutionShape> shapes = new ArrayList<>(ConvolutionShapes.drawn(50));
    shapes.addAll(ConvolutionShapes.threeByThree());
    shapes.addAll(ConvolutionShapes.depthwise());
    for (ConvolutionCase convolution : cases(shapes)) {
      convolution.forward(EPILOGUES.get(4));
      convolution.backwardInput();
      convolution.backwardFilter();
      ConvolutionShape shape = convolution.shape();
      ConvolutionCase fresh = ConvolutionCase.random(convolution.algorithm(), shape);
      fresh.input().assertSameBits(convolution.input(), "input of " + shape);
      fresh.filter().assertSameBits(convolution.filter(), "filter of " + shape);
      fresh.dOutput().assertSameBits(convolution.dOutput(), "dOutput of " + shape);
    }
  }

  @Test
  void sameBitsForAnyNumberOfThreads() {
    List<ConvolutionShape> shapes = new ArrayList<>(ConvolutionShapes.ofNetworks());
    shapes.addAll(ConvolutionShapes.awkward());
    shapes.addAll(ConvolutionShapes.oneChannel());
    shapes.addAll(ConvolutionShapes.fewChannels());
    shapes.addAll(ConvolutionShapes.threeByThree());
    shapes.addAll(ConvolutionShapes.depthwise());
    shapes.addAll(ConvolutionShapes.manyPixels());
    shapes.addAll(ConvolutionShapes.drawn(100));
    for (ConvolutionCase convolution : cases(shapes)) {
      assertSameBits(() -> convolution.forward(EPILOGUES.get(5)), "forward " + convolution);
      assertSameBits(convolution::backwardInput, "backwardInput " + convolution);
      assertSameBits(convolution::backwardFilter, "backwardFilter " + convolution);
    }
  }

  @Test
  void nothingIsAllocated() {
    List<ConvolutionShape> shapes =
        List.of(
            ConvolutionShape.of(3, 14, 14, 5, 16, 3, 3, 1, 1, Padding.SAME, 1, 1, 1),
            ConvolutionShape.of(3, 28, 28, 1, 6, 5, 5, 1, 1, Padding.SAME, 1, 1, 1),
            ConvolutionShape.of(2, 9, 9, 16, 16, 3, 3, 2, 2, Padding.SAME, 1, 1, 16),
            ConvolutionShape.of(2, 14, 14, 19, 19, 3, 3, 1, 1, Padding.SAME, 1, 1, 19),
            ConvolutionShape.of(2, 9, 9, 8, 16, 3, 3, 1, 1, Padding.SAME, 1, 1, 8),
            ConvolutionShape.of(2, 9, 9, 7, 17, 1, 1, 1, 1, Padding.VALID, 1, 1, 1),
            ConvolutionShape.of(4, 14, 14, 32, 48, 3, 3, 1, 1, Padding.SAME, 1, 1, 1));
    for (ConvolutionShape shape : shapes) {
      float[] x = new float[shape.batch() * shape.inImageSize()];
      float[] w = new float[shape.filterSize()];
      float[] y = new float[shape.batch() * shape.outImageSize()];
      Epilogue epilogue = EPILOGUES.get(4);
      assertSteady(() -> Convolution.forward(shape, x, 0, w, 0, epilogue, y, 0), shape);
      assertSteady(() -> Convolution.backwardInput(shape, y, 0, w, 0, x, 0), shape);
      assertSteady(() -> Convolution.backwardFilter(shape, x, 0, y, 0, w, 0), shape);
    }
  }

  private static void assertSteady(Runnable pass, ConvolutionShape shape) {
    assertEquals(0, Allocations.steady(pass), "bytes, " + shape);
  }

  /**
   * {@code ⟨x ∗ w, dy⟩ = ⟨x, backwardInput(dy, w)⟩ = ⟨w, backwardFilter(x, dy)⟩}: all three are Σ
   * of the same products.
   */
  @Test
  void backwardPassesAreTheAdjointsOfForward() {
    List<ConvolutionShape> shapes = new ArrayList<>(ConvolutionShapes.awkward());
    shapes.addAll(ConvolutionShapes.threeByThree());
    shapes.addAll(ConvolutionShapes.depthwise());
    shapes.addAll(ConvolutionShapes.drawn(100));
    for (ConvolutionCase convolution : cases(shapes)) {
      ConvolutionShape shape = convolution.shape();
      GuardedMatrix output = convolution.forward(Epilogue.NONE);
      double forward = dot(output, convolution.dOutput());
      int products = shape.patchSize() + shape.batch() * shape.outHeight() * shape.outWidth() * 2;
      // Every operand is at most 1.
      double tolerance = RoundingBound.of(products, (double) shape.multiplyAdds());
      assertEquals(
          forward, dot(convolution.input(), convolution.backwardInput()), tolerance, "" + shape);
      assertEquals(
          forward, dot(convolution.filter(), convolution.backwardFilter()), tolerance, "" + shape);
    }
  }

  /**
   * The loss {@code ½ Σ y²} is quadratic in each operand, so its central difference is exact but
   * for rounding.
   */
  @Test
  void gradientsAgreeWithFiniteDifferences() {
    for (ConvolutionCase drawn :
        cases(
            List.of(
                ConvolutionShape.of(2, 6, 5, 3, 5, 3, 3, 2, 1, Padding.SAME, 1, 1, 1),
                ConvolutionShape.of(1, 5, 7, 16, 32, 3, 3, 1, 1, Padding.SAME, 1, 1, 1),
                ConvolutionShape.of(2, 7, 8, 17, 17, 3, 3, 1, 1, Padding.SAME, 1, 1, 17),
                ConvolutionShape.of(1, 9, 6, 9, 9, 3, 3, 2, 2, Padding.SAME, 1, 1, 9),
                ConvolutionShape.of(1, 5, 7, 4, 8, 2, 3, 1, 1, Padding.of(1), 2, 1, 2)))) {
      GuardedMatrix output = drawn.forward(Epilogue.NONE);
      ConvolutionCase convolution =
          new ConvolutionCase(
              drawn.algorithm(), drawn.shape(), drawn.input(), drawn.filter(), output);
      assertDifferences(convolution, convolution.input(), convolution.backwardInput());
      assertDifferences(convolution, convolution.filter(), convolution.backwardFilter());
    }
  }

  private static void assertDifferences(
      ConvolutionCase convolution, GuardedMatrix operand, GuardedMatrix gradient) {
    float step = 0.25f;
    double loss = loss(convolution);
    double tolerance = RoundingBound.of(convolution.shape().patchSize(), 8 * loss) / step;
    for (int i = 0; i < operand.columns; i++) {
      float before = operand.get(i);
      operand.set(0, i, before + step);
      float above = operand.get(i);
      double lossAbove = loss(convolution);
      operand.set(0, i, before - step);
      float below = operand.get(i);
      double lossBelow = loss(convolution);
      operand.set(0, i, before);
      double difference = (lossAbove - lossBelow) / (above - below);
      assertEquals(difference, gradient.get(i), tolerance, convolution.shape() + ", element " + i);
    }
  }

  private static double loss(ConvolutionCase convolution) {
    GuardedMatrix output = convolution.forward(Epilogue.NONE);
    return dot(output, output) / 2;
  }

  private static double dot(GuardedMatrix x, GuardedMatrix y) {
    double sum = 0;
    for (int i = 0; i < x.columns; i++) {
      sum += (double) x.get(i) * y.get(i);
    }
    return sum;
  }

  private static List<ConvolutionCase> cases(List<ConvolutionShape> shapes) {
    return shapes.stream().flatMap(shape -> ConvolutionCase.each(shape).stream()).toList();
  }

  static void assertAllPasses(ConvolutionShape shape, Epilogue epilogue) {
    ReferenceConvolution reference = new ReferenceConvolution(shape);
    for (ConvolutionCase convolution : ConvolutionCase.each(shape)) {
      bounded(
              convolution,
              reference.forward(
                  convolution.input(), convolution.filter(), epilogue, convolution.prior()))
          .assertNear(convolution.forward(epilogue), "forward " + convolution + " " + epilogue);
      bounded(convolution, reference.backwardInput(convolution.dOutput(), convolution.filter()))
          .assertNear(convolution.backwardInput(), "backwardInput " + convolution);
      bounded(convolution, reference.backwardFilter(convolution.input(), convolution.dOutput()))
          .assertNear(convolution.backwardFilter(), "backwardFilter " + convolution);
    }
  }

  /** What an algorithm promises. */
  private static ReferenceConvolution.Result bounded(
      ConvolutionCase convolution, ReferenceConvolution.Result result) {
    return switch (convolution.algorithm()) {
      case WINOGRAD_2X2 -> result.byWinograd(Winograd2x2.TRANSFORMS.planes);
      case WINOGRAD_4X4 -> result.byWinograd(Winograd4x4.TRANSFORMS.planes);
      case WINOGRAD_ROWS -> result.byWinograd(WinogradRowsTransforms.EXTENT);
      case IMPLICIT_GEMM, DEPTHWISE -> result;
    };
  }

  @Test
  void winogradIsChosenWherePixelsAndChannelsSuffice() {
    assertEquals(ConvolutionAlgorithm.WINOGRAD_4X4, algorithm(28, 32, 32, 3, 1));
    assertEquals(ConvolutionAlgorithm.WINOGRAD_4X4, algorithm(7, 512, 512, 3, 1));
    assertEquals(ConvolutionAlgorithm.WINOGRAD_4X4, algorithm(28, 16, 32, 3, 1));
    assertEquals(ConvolutionAlgorithm.WINOGRAD_ROWS, algorithm(28, 8, 32, 3, 1));
    assertEquals(ConvolutionAlgorithm.IMPLICIT_GEMM, algorithm(28, 7, 32, 3, 1));
    assertEquals(ConvolutionAlgorithm.WINOGRAD_ROWS, algorithm(28, 32, 40, 3, 1));
    assertEquals(ConvolutionAlgorithm.IMPLICIT_GEMM, algorithm(2, 32, 40, 3, 1));
    assertEquals(ConvolutionAlgorithm.WINOGRAD_2X2, algorithm(2, 64, 64, 3, 1));
    assertEquals(ConvolutionAlgorithm.WINOGRAD_2X2, algorithm(6, 64, 64, 3, 1));
    assertEquals(ConvolutionAlgorithm.IMPLICIT_GEMM, algorithm(1, 64, 64, 3, 1));
    assertEquals(ConvolutionAlgorithm.IMPLICIT_GEMM, algorithm(28, 32, 32, 3, 2));
    assertEquals(ConvolutionAlgorithm.WINOGRAD_ROWS, algorithm(28, 32, 32, 5, 1));
    assertEquals(ConvolutionAlgorithm.WINOGRAD_ROWS, algorithm(28, 8, 8, 5, 1));
    assertEquals(ConvolutionAlgorithm.IMPLICIT_GEMM, algorithm(28, 7, 8, 5, 1));
    assertEquals(ConvolutionAlgorithm.IMPLICIT_GEMM, algorithm(28, 32, 32, 5, 2));
    assertEquals(
        ConvolutionAlgorithm.WINOGRAD_4X4,
        ConvolutionAlgorithm.of(
            ConvolutionShape.of(1, 28, 28, 32, 32, 3, 3, 1, 1, Padding.SAME, 2, 3, 1)));
    assertEquals(
        ConvolutionAlgorithm.IMPLICIT_GEMM, // one pixel of each phase
        ConvolutionAlgorithm.of(
            ConvolutionShape.of(1, 12, 12, 32, 32, 3, 3, 1, 1, Padding.SAME, 12, 12, 1)));
    ConvolutionShape odd = ConvolutionShape.of(1, 8, 8, 16, 17, 3, 3, 1, 1, Padding.SAME, 1, 1, 1);
    assertThrows(
        IllegalArgumentException.class,
        () ->
            Convolution.forward(
                ConvolutionAlgorithm.WINOGRAD_4X4,
                odd,
                new float[1024],
                0,
                new float[odd.filterSize()],
                0,
                Epilogue.NONE,
                new float[1088],
                0));
  }

  /** What docs/kernels.md says of the algorithms' errors, relative to the largest output. */
  @Test
  void errorsOfTheAlgorithms() {
    for (int channels : new int[] {16, 64, 256}) {
      ConvolutionShape shape =
          ConvolutionShape.of(1, 16, 16, channels, 16, 3, 3, 1, 1, Padding.SAME, 1, 1, 1);
      ReferenceConvolution reference = new ReferenceConvolution(shape);
      for (ConvolutionCase convolution : ConvolutionCase.each(shape)) {
        double[] exact =
            reference
                .forward(
                    convolution.input(), convolution.filter(), Epilogue.NONE, convolution.prior())
                .values();
        GuardedMatrix output = convolution.forward(Epilogue.NONE);
        double largest = 0;
        double error = 0;
        for (int i = 0; i < exact.length; i++) {
          largest = Math.max(largest, Math.abs(exact[i]));
          error = Math.max(error, Math.abs(output.get(i) - exact[i]));
        }
        double stated =
            switch (convolution.algorithm()) {
              case WINOGRAD_4X4 -> 2.7e-6;
              case WINOGRAD_2X2 -> 0.8e-6;
              case WINOGRAD_ROWS -> 1.3e-6;
              default -> 0.5e-6;
            };
        assertEquals(0, error / largest, stated, convolution + ", " + channels + " channels");
      }
    }
  }

  @Test
  void depthwiseIsChosenWhereEveryChannelHasOneFilter() {
    ConvolutionShape one = ConvolutionShape.of(1, 9, 9, 5, 5, 3, 3, 2, 2, Padding.SAME, 1, 1, 5);
    ConvolutionShape two = ConvolutionShape.of(1, 9, 9, 5, 10, 3, 3, 2, 2, Padding.SAME, 1, 1, 5);
    assertEquals(ConvolutionAlgorithm.DEPTHWISE, ConvolutionAlgorithm.of(one));
    assertEquals(ConvolutionAlgorithm.IMPLICIT_GEMM, ConvolutionAlgorithm.of(two));
  }

  private static ConvolutionAlgorithm algorithm(
      int extent, int in, int out, int kernel, int stride) {
    return ConvolutionAlgorithm.of(
        ConvolutionShape.of(
            1, extent, extent, in, out, kernel, kernel, stride, stride, Padding.SAME, 1, 1, 1));
  }

  static void assertSameBits(Supplier<GuardedMatrix> pass, String what) {
    WorkerPool.threads(1);
    GuardedMatrix alone = pass.get();
    for (int threads = 2; threads <= 3; threads++) {
      WorkerPool.threads(threads);
      alone.assertSameBits(pass.get(), threads + " threads, " + what);
    }
  }
}
