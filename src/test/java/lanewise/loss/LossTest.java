package lanewise.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import lanewise.random.CounterRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Losses and their gradients against formulas in double and central differences of them, whose own
 * error at h = 10⁻⁵ is about 10⁻¹⁰.
 */
class LossTest {
  private static final double H = 1e-5;

  static Stream<Loss> losses() {
    return Stream.of(
        new SoftmaxCrossEntropy(),
        new SoftmaxCrossEntropy(0.1f),
        new BinaryCrossEntropy(),
        new MeanSquaredError());
  }

  /** The mean loss of {@code [batch, columns]} outputs. */
  private static double reference(Loss loss, int batch, int columns, double[] z, Targets t) {
    double sum = 0;
    for (int i = 0; i < batch; i++) {
      sum +=
          switch (loss) {
            case SoftmaxCrossEntropy(float smoothing) ->
                crossEntropy(columns, z, i * columns, t.labels()[i], smoothing);
            case BinaryCrossEntropy _ -> binary(columns, z, t.values(), i * columns);
            case MeanSquaredError _ -> squares(columns, z, t.values(), i * columns);
          };
    }
    return sum / (batch * loss.lossesPerRow(columns));
  }

  private static double crossEntropy(int n, double[] z, int at, int label, double smoothing) {
    double sum = IntStream.range(0, n).mapToDouble(j -> Math.exp(z[at + j])).sum();
    double loss = 0;
    for (int j = 0; j < n; j++) {
      double target = smoothing / n + (j == label ? 1 - smoothing : 0);
      loss -= target * Math.log(Math.exp(z[at + j]) / sum);
    }
    return loss;
  }

  private static double binary(int n, double[] z, float[] t, int at) {
    double loss = 0;
    for (int j = at; j < at + n; j++) {
      double probability = 1 / (1 + Math.exp(-z[j]));
      loss -= t[j] * Math.log(probability) + (1 - t[j]) * Math.log(1 - probability);
    }
    return loss;
  }

  private static double squares(int n, double[] y, float[] t, int at) {
    return IntStream.range(at, at + n).mapToDouble(j -> (y[j] - t[j]) * (y[j] - t[j])).sum();
  }

  @ParameterizedTest
  @MethodSource("losses")
  void agreesWithTheFormulaAndItsDifferences(Loss loss) {
    for (int columns : new int[] {1, 3, 17}) {
      check(loss, 7, columns);
    }
    check(loss, 1000, 20); // cut into pieces
  }

  private static void check(Loss loss, int batch, int columns) {
    int n = batch * columns;
    float[] outputs = new float[n];
    double[] z = new double[n];
    Targets targets = new Targets(new int[batch], new float[n]);
    for (int i = 0; i < n; i++) {
      outputs[i] = 3 * (float) CounterRandom.normal(1, i);
      z[i] = outputs[i];
      targets.values()[i] = CounterRandom.uniform(2, i);
    }
    for (int i = 0; i < batch; i++) {
      targets.labels()[i] = CounterRandom.below(3, i, columns);
    }
    float[] dOutputs = new float[n];
    double mean = new BatchLoss(loss, batch, columns).compute(outputs, targets, dOutputs);
    double expected = reference(loss, batch, columns, z, targets);
    assertEquals(expected, mean, (8 + columns) * 0x1p-24 * (1 + Math.abs(expected)));
    for (int i = 0; i < n; i += Math.ceilDiv(n, 60)) {
      z[i] = outputs[i] + H;
      double up = reference(loss, batch, columns, z, targets);
      z[i] = outputs[i] - H;
      double down = reference(loss, batch, columns, z, targets);
      z[i] = outputs[i];
      double tolerance = (8 + columns) * 0x1p-24 * 20 / n + 1e-9;
      assertEquals((up - down) / (2 * H), dOutputs[i], tolerance);
    }
    float[] inPlace = outputs.clone();
    assertEquals(mean, new BatchLoss(loss, batch, columns).compute(inPlace, targets, inPlace));
    assertArrayEquals(dOutputs, inPlace);
  }

  @Test
  void extremeLogitsGiveFiniteLosses() {
    float[] logits = {1000, -1000, 0};
    Targets targets = new Targets(new int[] {1}, new float[] {0, 1, 0});
    float[] d = new float[3];
    assertEquals(2000, new BatchLoss(new SoftmaxCrossEntropy(), 1, 3).compute(logits, targets, d));
    assertArrayEquals(new float[] {1, -1, 0}, d);
    double binary = new BatchLoss(new BinaryCrossEntropy(), 1, 3).compute(logits, targets, d);
    assertEquals((2000 + Math.log(2)) / 3, binary, 2000 * 0x1p-23);
  }

  @Test
  void namesBadSmoothing() {
    IllegalArgumentException thrown =
        assertThrows(IllegalArgumentException.class, () -> new SoftmaxCrossEntropy(1));
    assertEquals(
        "SoftmaxCrossEntropy: label smoothing must be at least 0 and below 1, got 1.0",
        thrown.getMessage());
  }

  @ParameterizedTest
  @MethodSource("losses")
  void refusesTargetsOfTheOtherKind(Loss loss) {
    BatchLoss batchLoss = new BatchLoss(loss, 2, 3);
    Targets targets = loss.readsLabels() ? Targets.values(2, 3) : Targets.labels(2);
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> batchLoss.compute(new float[6], targets, new float[6]));
    String needed = loss.readsLabels() ? "2 labels" : "6 target values";
    assertEquals(loss + " reads " + needed + " of a batch, got 0", e.getMessage());
  }
}
