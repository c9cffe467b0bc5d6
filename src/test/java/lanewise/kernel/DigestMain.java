package lanewise.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import lanewise.shape.ConvolutionShape;
import lanewise.shape.Padding;
import lanewise.shape.PoolingShape;
import lanewise.train.TrainingDigest;

/**
 * Prints the vector width, then a line for each computation with the digest of the bits that came
 * of it, after it has found them equal for 1, 2 and 3 threads. Argument: {@code tiny} for machines
 * that emulate vectors, or {@code whole}.
 */
final class DigestMain {
  private static final GuardedMatrix BIAS = GuardedMatrix.random(2100, 4);
  private static final Epilogue EPILOGUE = Epilogue.bias(BIAS.array, BIAS.offset).leakyRelu(0.1f);

  private static final int[][] TINY_PRODUCTS = {{1, 37, 19}, {5, 35, 261}, {9, 18, 7}};
  private static final int[][] PRODUCTS = {
    {1, 300, 700},
    {3, 17, 513},
    {13, 70, 300},
    {64, 64, 64},
    {65, 207, 257},
    {207, 33, 31},
    {300, 10, 784},
    {256, 300, 150},
    {40, 2100, 9},
    {20, 400, 1021}
  };

  private static final int[][] TINY_MATRICES = {{5, 37}, {33, 3}};
  private static final int[][] MATRICES = {{1, 16}, {7, 1000}, {300, 257}, {1003, 70}, {70_000, 3}};

  private DigestMain() {}

  public static void main(String[] arguments) {
    boolean whole = arguments[0].equals("whole");
    WorkerPool.threads(1);
    List<String> lines = lines(whole);
    for (int threads = 2; threads <= 3; threads++) {
      WorkerPool.threads(threads);
      List<String> again = lines(whole);
      if (!lines.equals(again)) {
        throw new AssertionError(
            "1 thread gives\n" + lines + "\n" + threads + " threads give\n" + again);
      }
    }
    System.out.println("bits " + Simd.lanes() * Float.SIZE);
    lines.forEach(System.out::println);
  }

  private static List<String> lines(boolean whole) {
    List<String> lines = new ArrayList<>();
    for (int[] size : whole ? PRODUCTS : TINY_PRODUCTS) {
      products(size[0], size[1], size[2], lines);
    }
    for (int[] size : whole ? MATRICES : TINY_MATRICES) {
      matrixTimesVector(size[0], size[1], lines);
    }
    for (int channels : new int[] {1, 7, 17, 33}) {
      pooling(PoolingShape.of(2, 9, 8, channels, 2, 2, 2, 2, Padding.VALID, true), lines);
      pooling(PoolingShape.of(2, 9, 8, channels, 3, 3, 2, 2, Padding.of(1), false), lines);
    }
    for (ConvolutionShape shape : shapes(whole)) {
      inNewThread(() -> convolution(shape, lines));
    }
    for (int channels : new int[] {1, 16, 17, 33}) {
      normalization(whole ? 1000 : 9, channels, lines);
    }
    activations(whole ? 1100 : 37, lines);
    lines.add("training: " + (whole ? weights(90, 16) : weights(8, 3)));
    return lines;
  }

  /** Runs with scratch memory that no kernel before has made larger. */
  private static void inNewThread(Runnable work) {
    FutureTask<Void> task = new FutureTask<>(work, null);
    new Thread(task).start();
    try {
      task.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String weights(int samples, int filters) {
    return TrainingDigest.weightsSha256(samples, filters);
  }

  private static List<ConvolutionShape> shapes(boolean whole) {
    if (!whole) {
      List<ConvolutionShape> tiny = new ArrayList<>();
      tiny.add(ConvolutionShapes.threeByThree().getFirst());
      ConvolutionShapes.depthwise().stream()
          .filter(s -> s.multiplyAdds() < 20_000)
          .forEach(tiny::add);
      ConvolutionShapes.drawn(60).stream().filter(s -> s.multiplyAdds() < 3000).forEach(tiny::add);
      return tiny;
    }
    List<ConvolutionShape> shapes = new ArrayList<>(ConvolutionShapes.ofNetworks());
    shapes.addAll(ConvolutionShapes.awkward());
    shapes.addAll(ConvolutionShapes.oneChannel());
    shapes.addAll(ConvolutionShapes.fewChannels());
    shapes.addAll(ConvolutionShapes.threeByThree());
    shapes.addAll(ConvolutionShapes.depthwise());
    shapes.addAll(ConvolutionShapes.drawn(100));
    return shapes;
  }

  private static void products(int m, int n, int k, List<String> lines) {
    for (int transposes = 0; transposes < 4; transposes++) {
      ReferenceGemm product =
          ReferenceGemm.random(
              (transposes & 2) != 0, (transposes & 1) != 0, m, n, k, -0.5f, 2, EPILOGUE);
      GuardedMatrix result = product.multiply();
      result.assertSameBits(product.multiplyPacked(), product);
      lines.add("product %d, m=%d, n=%d, k=%d: %s".formatted(transposes, m, n, k, sha256(result)));
    }
  }

  private static void matrixTimesVector(int m, int n, List<String> lines) {
    GuardedMatrix a = GuardedMatrix.random(m, n, 3, 1);
    GuardedMatrix x = GuardedMatrix.random(Math.max(m, n), 2);
    for (boolean transpose : new boolean[] {false, true}) {
      GuardedMatrix y = GuardedMatrix.random(transpose ? n : m, 3);
      int lda = a.leadingDimension;
      Gemv.multiply(
          transpose, m, n, 2, a.array, a.offset, lda, x.array, x.offset, -0.5f, y.array, y.offset);
      float dot = Dot.product(n, a.array, a.offset, x.array, x.offset);
      Axpy.add(y.columns, dot, x.array, x.offset, y.array, y.offset);
      lines.add("vector%s, m=%d, n=%d: %s".formatted(transpose ? " T" : "", m, n, sha256(y)));
    }
  }

  private static void pooling(PoolingShape s, List<String> lines) {
    GuardedMatrix x = GuardedMatrix.random(s.batch() * s.inImageSize(), 1);
    GuardedMatrix y = GuardedMatrix.poisoned(2, s.batch() * s.outImageSize(), 0);
    GuardedMatrix d = GuardedMatrix.poisoned(2, s.batch() * s.inImageSize(), 0);
    int second = y.offset + y.columns;
    byte[] argmax = new byte[y.columns];
    Pooling.maxForward(s, 0, 2, x.array, x.offset, y.array, y.offset, argmax, 0);
    Pooling.averageForward(s, false, 0, 2, x.array, x.offset, y.array, second);
    Pooling.maxBackward(s, 0, 2, argmax, 0, y.array, second, d.array, d.offset);
    Pooling.averageBackward(s, false, 0, 2, y.array, second, d.array, d.offset + d.columns);
    lines.add("pooling " + s + ": " + sha256(y));
    lines.add("pooling's gradients " + s + ": " + sha256(d));
  }

  private static void convolution(ConvolutionShape shape, List<String> lines) {
    for (ConvolutionCase convolution : ConvolutionCase.each(shape)) {
      lines.add("forward " + convolution + ": " + sha256(convolution.forward(EPILOGUE)));
      lines.add("backwardInput " + convolution + ": " + sha256(convolution.backwardInput()));
      lines.add("backwardFilter " + convolution + ": " + sha256(convolution.backwardFilter()));
    }
    for (PooledCase pooled : PooledCase.each(shape)) {
      PooledCase.Maxima maxima = pooled.maxima(EPILOGUE, false, true);
      lines.add(
          "forward " + pooled + ": " + sha256(maxima.values()) + Arrays.hashCode(maxima.argmax()));
    }
    for (MaximaCase maxima : MaximaCase.each(shape)) {
      lines.add("backwardFilter " + maxima + ": " + sha256(maxima.backwardFilter()));
    }
  }

  private static void activations(int n, List<String> lines) {
    GuardedMatrix x = GuardedMatrix.random(n, 1);
    for (int i = 0; i < n; i++) {
      x.set(0, i, 8 * x.get(i));
    }
    GuardedMatrix d = GuardedMatrix.random(n, 2);
    GuardedMatrix y = GuardedMatrix.poisoned(5, n, 0);
    GuardedMatrix g = GuardedMatrix.poisoned(5, n, 0);
    float[] in = x.array;
    int at = x.offset;
    int to = y.offset;
    Activations.relu6(n, in, at, y.array, to);
    Activations.elu(n, 0.7f, in, at, y.array, to + n);
    Activations.hardswish(n, in, at, y.array, to + 2 * n);
    Activations.silu(n, in, at, y.array, to + 3 * n);
    Activations.gelu(n, in, at, y.array, to + 4 * n);
    Activations.relu6Backward(n, y.array, to, d.array, d.offset, g.array, to);
    Activations.eluBackward(n, 0.7f, y.array, to + n, d.array, d.offset, g.array, to + n);
    Activations.hardswishBackward(n, in, at, d.array, d.offset, g.array, to + 2 * n);
    Activations.siluBackward(n, in, at, d.array, d.offset, g.array, to + 3 * n);
    Activations.geluBackward(n, in, at, d.array, d.offset, g.array, to + 4 * n);
    lines.add("activations: " + sha256(y));
    lines.add("activations' gradients: " + sha256(g));
  }

  private static void normalization(int rows, int channels, List<String> lines) {
    GuardedMatrix x = GuardedMatrix.random(rows, channels, 0, 1);
    GuardedMatrix d = GuardedMatrix.random(rows, channels, 0, 2);
    GuardedMatrix y = GuardedMatrix.poisoned(rows, channels, 0);
    GuardedMatrix sums = GuardedMatrix.poisoned(4, channels, 0);
    float[] s = sums.array;
    int at = sums.offset;
    int second = at + channels;
    int third = second + channels;
    int fourth = third + channels;
    float[] slopes = new float[channels];
    float[] mean = new float[channels];
    for (int c = 0; c < channels; c++) {
      mean[c] = c / 64f;
    }
    BatchNormalization.moments(rows, channels, x.array, x.offset, s, at, s, second);
    BatchNormalization.gradientSums(
        rows, channels, mean, mean, mean, 0, 0, 6, x.array, x.offset, d.array, d.offset, s, third,
        s, fourth);
    System.arraycopy(s, fourth, slopes, 0, channels);
    BatchNormalization.normalize(
        rows, channels, s, at, s, second, s, third, 0, 6, x.array, x.offset, y.array, y.offset);
    BatchNormalization.inputGradient(
        rows, channels, mean, mean, mean, 0, 0, 6, slopes, mean, y.array, y.offset, d.array,
        d.offset, d.array, d.offset);
    lines.add("normalization %d x %d: ".formatted(rows, channels) + sha256(sums));
    lines.add("normalization's gradient %d x %d: ".formatted(rows, channels) + sha256(d));
  }

  private static String sha256(GuardedMatrix matrix) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * matrix.array.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(matrix.array);
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
