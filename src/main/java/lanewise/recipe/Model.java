package lanewise.recipe;

import java.util.ArrayList;
import java.util.List;
import lanewise.layer.Dense;
import lanewise.layer.Flatten;
import lanewise.layer.Layer;
import lanewise.layer.ReLU;
import lanewise.layer.Sigmoid;
import lanewise.layer.Softmax;
import lanewise.loss.BinaryCrossEntropy;
import lanewise.loss.Loss;
import lanewise.loss.SoftmaxCrossEntropy;
import lanewise.network.Network;
import lanewise.shape.Shape;
import org.jspecify.annotations.Nullable;

/** The layers of a recipe's network, and the loss that goes with the last of them. */
public sealed interface Model {
  /** The network for inputs of the given shape, as its layers' initializers draw it. */
  Network network(Shape input, long seed);

  /** To make small. */
  Loss loss();

  /** The class that is told from the rest; null where all classes are told apart. */
  default @Nullable String chosen() {
    return null;
  }

  /** A network that no option changes, its last layer softmax. */
  non-sealed interface Fixed extends Model {
    @Override
    default Loss loss() {
      return new SoftmaxCrossEntropy();
    }
  }

  /**
   * [linear → ReLU] × {@code hidden.size()} → linear → sigmoid where there are two classes or one
   * is told from the rest, else softmax.
   *
   * @param hidden units of each layer but the last
   * @param classes of the data
   * @param chosen the class that is told from the rest, by name or number; null for all
   */
  record DenseLayers(List<Integer> hidden, int classes, @Nullable String chosen) implements Model {
    private boolean binary() {
      return classes == 2 || chosen != null;
    }

    @Override
    public Network network(Shape input, long seed) {
      List<Layer> layers = new ArrayList<>();
      if (input.rank() > 1) {
        layers.add(new Flatten());
      }
      for (int units : hidden) {
        layers.add(new Dense(units));
        layers.add(new ReLU());
      }
      layers.add(new Dense(binary() ? 1 : classes));
      layers.add(binary() ? new Sigmoid() : new Softmax());
      return Network.sequence(input, seed, layers.toArray(Layer[]::new));
    }

    @Override
    public Loss loss() {
      return binary() ? new BinaryCrossEntropy() : new SoftmaxCrossEntropy();
    }
  }
}
