package lanewise.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import lanewise.data.Dataset;
import lanewise.data.FloatDataset;
import lanewise.layer.Add;
import lanewise.layer.BatchNorm;
import lanewise.layer.Conv2d;
import lanewise.layer.Dense;
import lanewise.layer.Layer;
import lanewise.loss.SoftmaxCrossEntropy;
import lanewise.network.Network;
import lanewise.optimizer.Momentum;
import lanewise.random.CounterRandom;
import lanewise.shape.Shape;
import lanewise.train.Trainer;
import lanewise.train.TrainingResult;
import org.junit.jupiter.api.Test;

class ResNet20Test {
  /** 0.27 million, as the paper says: no shortcut and no convolution has a parameter too many. */
  @Test
  void isThatOfThePaper() {
    Network network = ResNet20.resnet20(1);
    assertEquals(269_722, network.parameterCount());
    assertEquals(2 * (7 * 16 + 6 * 32 + 6 * 64), network.state().length);
    assertEquals(Shape.of(10), network.outputShape());
    assertEquals(19, count(network, Conv2d.class));
    assertEquals(19, count(network, BatchNorm.class));
    assertEquals(9, count(network, Add.class));
    assertEquals(1, count(network, Dense.class));
    List<Shape> sums =
        network.nodes().stream()
            .filter(node -> node.layer() instanceof Add)
            .map(node -> node.outputShape())
            .toList();
    Shape first = Shape.of(32, 32, 16);
    Shape second = Shape.of(16, 16, 32);
    Shape third = Shape.of(8, 8, 64);
    assertEquals(List.of(first, first, first, second, second, second, third, third, third), sums);
    // All but 640 of them in convolutions.
    assertEquals(40_551_040, network.multiplyAdds());
  }

  private static long count(Network network, Class<? extends Layer> kind) {
    return network.layers().stream().filter(kind::isInstance).count();
  }

  @Test
  void learnsStripes() {
    Network network = ResNet20.residual(Shape.of(9, 9, 1), 1, 4, 2, 1);
    TrainingResult result =
        new Trainer(new SoftmaxCrossEntropy(), new Momentum(0.05f, 0.9f, false))
            .batch(20)
            .epochs(8)
            .train(network, stripes(200, 1), stripes(100, 2));
    double first = result.epochs().getFirst().loss();
    assertTrue(result.last().loss() < 0.2 * first, () -> first + " to " + result.last().loss());
    assertTrue(result.last().validation().accuracy() > 0.95, result.last()::toString);
  }

  /** Horizontal or vertical ones under noise. */
  private static Dataset stripes(int size, long seed) {
    float[] values = new float[size * 81];
    int[] labels = new int[size];
    for (int i = 0; i < size; i++) {
      labels[i] = i % 2;
      for (int p = 0; p < 81; p++) {
        int position = labels[i] == 0 ? p / 9 : p % 9;
        values[81 * i + p] = position % 2 + CounterRandom.uniform(seed, 81L * i + p);
      }
    }
    return FloatDataset.ofClasses(
        Shape.of(9, 9, 1), values, labels, List.of("horizontal", "vertical"));
  }
}
