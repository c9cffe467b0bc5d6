package lanewise.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import lanewise.data.Dataset;
import lanewise.data.FloatDataset;
import lanewise.layer.BatchNorm;
import lanewise.layer.Dense;
import lanewise.layer.Initializer;
import lanewise.loss.MeanSquaredError;
import lanewise.network.Network;
import lanewise.optimizer.Sgd;
import lanewise.shape.Shape;
import org.junit.jupiter.api.Test;

class EarlyStoppingTest {
  private static final double NAN = Double.NaN;

  /** Epochs with these losses on the validation data; those in training fall for ever. */
  private static List<EpochResult> epochs(double... losses) {
    return IntStream.range(0, losses.length)
        .mapToObj(
            i ->
                new EpochResult(
                    i + 1, -i, 0, 1, 1, new Evaluation(losses[i], new ConfusionMatrix(List.of()))))
        .toList();
  }

  @Test
  void theBestIsTheFirstOfTheLowest() {
    EarlyStopping any = new EarlyStopping(1);
    assertEquals(0, any.best(epochs(3)));
    assertEquals(2, any.best(epochs(3, 4, 2, 2, 5)));
    assertEquals(1, any.best(epochs(NAN, 4, NAN, 5)));
    assertEquals(3, any.best(epochs(4, 3, 2, 1)));
  }

  @Test
  void aFallOfLessThanMinDeltaIsNone() {
    EarlyStopping half = new EarlyStopping(1, 0.5);
    assertEquals(0, half.best(epochs(3, 2.75, 2.5)));
    assertEquals(3, half.best(epochs(3, 2.75, 2.5, 2.25)));
    assertEquals(3, half.best(epochs(3, 2.25, 2, 1.5)));
  }

  @Test
  void endsAfterItsPatience() {
    EarlyStopping two = new EarlyStopping(2);
    assertFalse(two.isOver(List.of()));
    assertFalse(two.isOver(epochs(1, 2)));
    assertTrue(two.isOver(epochs(1, 2, 2)));
    assertFalse(two.isOver(epochs(1, 2, 0)));
    assertTrue(two.isOver(epochs(1, NAN, NAN)));
  }

  @Test
  void judgesByTheTrainingWhereNothingIsValidated() {
    List<EpochResult> epochs =
        List.of(new EpochResult(1, 2, 0, 1, 1, null), new EpochResult(2, 1, 0, 1, 1, null));
    assertEquals(1, new EarlyStopping(1).best(epochs));
  }

  /** The rate is so large that the bias goes 1, −2, 4, −8: the first epoch is the best. */
  @Test
  void givesTheBestWeightsBack() {
    Dataset zeros = FloatDataset.ofTargets(Shape.of(1), new float[1], new float[1], 1);
    Network network = Network.sequence(Shape.of(1), 3, new Dense(1));
    network.parameters()[1] = 1;
    List<Float> biases = new ArrayList<>();
    List<Boolean> best = new ArrayList<>();
    TrainingResult result =
        new Trainer(new MeanSquaredError(), new Sgd(1.5f))
            .earlyStopping(new EarlyStopping(2))
            .epochs(9)
            .listener(
                new TrainingListener() {
                  @Override
                  public void onState(Supplier<TrainingState> state) {
                    biases.add(state.get().parameters()[1]);
                    best.add(state.get().isBest(1));
                  }
                })
            .train(network, zeros, zeros);
    assertEquals(List.of(-2f, 4f, -8f), biases);
    assertEquals(List.of(true, false, false), best);
    assertEquals(-2f, network.parameters()[1]);
    assertEquals(3, result.epochs().size());
    assertEquals(1, result.kept().epoch());
    assertEquals(4.0, result.kept().validation().loss());
  }

  /** A single 1 is normalized to 0, so that beta alone decides; it goes as the bias above. */
  @Test
  void givesTheStateOfTheBestEpochBack() {
    Dataset one = FloatDataset.ofTargets(Shape.of(1), new float[] {1}, new float[1], 1);
    BatchNorm norm = new BatchNorm(0.5f, 1e-5f, Initializer.ONES, Initializer.ONES);
    Network network = Network.sequence(Shape.of(1), 3, norm);
    TrainingResult result =
        new Trainer(new MeanSquaredError(), new Sgd(1.5f))
            .earlyStopping(new EarlyStopping(2))
            .epochs(9)
            .train(network, one, one);
    assertEquals(1, result.kept().epoch());
    assertEquals(3, result.epochs().size());
    assertArrayEquals(new float[] {1, -2}, network.parameters());
    assertArrayEquals(new float[] {0.5f, 0.5f}, network.state());
  }

  @Test
  void keepsTheLastWeightsWithoutIt() {
    Dataset zeros = FloatDataset.ofTargets(Shape.of(1), new float[1], new float[1], 1);
    Network network = Network.sequence(Shape.of(1), 3, new Dense(1));
    network.parameters()[1] = 1;
    TrainingResult result =
        new Trainer(new MeanSquaredError(), new Sgd(1.5f)).epochs(3).train(network, zeros, zeros);
    assertArrayEquals(new float[] {-8}, new float[] {network.parameters()[1]});
    assertEquals(3, result.kept().epoch());
  }

  @Test
  void namesBadNumbers() {
    assertEquals(
        "EarlyStopping: patience must be at least 1, got 0",
        assertThrows(IllegalArgumentException.class, () -> new EarlyStopping(0)).getMessage());
    assertEquals(
        "EarlyStopping: minDelta must be finite and at least 0, got NaN",
        assertThrows(IllegalArgumentException.class, () -> new EarlyStopping(1, NAN)).getMessage());
  }
}
