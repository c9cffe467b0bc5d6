package lanewise.recipe;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import lanewise.data.Dataset;
import lanewise.data.Standardization;
import lanewise.data.TrainTest;
import lanewise.network.Network;
import lanewise.shape.Shape;
import lanewise.train.Trainer;
import org.jspecify.annotations.Nullable;

/**
 * A network, its data, and how to train the one on the other.
 *
 * @param name on the command line
 * @param title in one line
 * @param data where the samples come from
 * @param fit gives the samples mean 0 and deviation 1 by what it learns of the training samples;
 *     null for samples as they are
 * @param input shape of one sample
 * @param model layers and loss
 * @param start the first parameters
 * @param trainer how to train, with the default figures
 * @param interval which epochs are shown
 */
public record Recipe(
    String name,
    String title,
    Source data,
    @Nullable Fit fit,
    Shape input,
    Model model,
    Start start,
    Trainer trainer,
    Interval interval) {
  private static final int LARGEST_MEASURED_BATCH = 1024;

  /** Where a recipe's samples come from. */
  @FunctionalInterface
  public interface Source {
    /**
     * Reads the samples.
     *
     * @param folder where they lie; null for the usual places
     */
    TrainTest load(@Nullable Path folder) throws IOException;
  }

  /** Learns how to standardize from the training samples. */
  @FunctionalInterface
  public interface Fit {
    /** The standardization for samples like these. */
    Standardization of(Dataset training);
  }

  /** What the parameters are before training. */
  @FunctionalInterface
  public interface Start {
    /** What the layers' own initializers drew. */
    Start OF_LAYERS = (_, _) -> {};

    /** Draws a network's parameters. */
    void draw(Network network, long seed);
  }

  /** A recipe with the layers' own start and a line for each epoch. */
  Recipe(String name, String title, Source data, Shape input, Model model, Trainer trainer) {
    this(name, title, data, null, input, model, Start.OF_LAYERS, trainer, Interval.EACH_EPOCH);
  }

  /** This with samples of mean 0 and deviation 1. */
  Recipe standardize(Fit newFit) {
    return new Recipe(name, title, data, newFit, input, model, start, trainer, interval);
  }

  /** This with another start and other epochs shown. */
  Recipe from(Start newStart, Interval newInterval) {
    return new Recipe(name, title, data, fit, input, model, newStart, trainer, newInterval);
  }

  /** This with other layers between input and output. */
  public Recipe hidden(List<Integer> units) throws InputException {
    if (!(model instanceof Model.DenseLayers dense)) {
      throw new InputException(name + ": the layers cannot be chosen (--hidden)");
    }
    for (int each : units) {
      if (each < 1) {
        throw new InputException("--hidden must name at least 1 unit for each layer, got " + each);
      }
    }
    return with(new Model.DenseLayers(units, dense.classes(), dense.chosen()));
  }

  /** This with another class told from the rest, or, for "all", with all classes told apart. */
  public Recipe choose(String chosen) throws InputException {
    if (!(model instanceof Model.DenseLayers dense) || !canChoose()) {
      throw new InputException(name + ": there is no class to choose (--class)");
    }
    return with(
        new Model.DenseLayers(
            dense.hidden(), dense.classes(), chosen.equals("all") ? null : chosen));
  }

  /** Whether one class may be told from the rest. */
  public boolean canChoose() {
    return model instanceof Model.DenseLayers dense && dense.classes() > 2;
  }

  private Recipe with(Model newModel) {
    return new Recipe(name, title, data, fit, input, newModel, start, trainer, interval);
  }

  /** The trainer with the loss of the layers. */
  @Override
  public Trainer trainer() {
    return trainer.loss(model.loss());
  }

  /** The samples in a step that is measured: where one takes them all, as many as 1,024. */
  public int measuredBatch() {
    return Math.min(trainer.batch(), LARGEST_MEASURED_BATCH);
  }

  /** The network before training. */
  public Network network(long seed) {
    Network network = model.network(input, seed);
    start.draw(network, seed);
    return network;
  }

  /**
   * Reads the samples and checks that the network can. They are as they lie in the files.
   *
   * @param folder where they lie; null for the usual places
   */
  public TrainTest load(@Nullable Path folder) throws IOException, InputException {
    TrainTest samples = data.load(folder);
    Shape shape = samples.train().sampleShape();
    if (!shape.equals(input)) {
      throw new IOException(name + ": samples must be of shape " + input + ", got " + shape);
    }
    String chosen = model.chosen();
    if (chosen == null) {
      return samples;
    }
    int number = number(chosen, samples.train().classNames());
    return new TrainTest(
        samples.train().oneAgainstRest(number), samples.test().oneAgainstRest(number));
  }

  private static int number(String chosen, List<String> names) throws InputException {
    int number = names.indexOf(chosen);
    if (number < 0 && chosen.matches("[0-9]{1,9}")) {
      number = Integer.parseInt(chosen);
    }
    if (number < 0 || number >= names.size()) {
      throw new InputException(
          "--class must be one of %s or all, got %s".formatted(String.join(", ", names), chosen));
    }
    return number;
  }

  /** The samples as the network reads them. */
  public TrainTest prepare(TrainTest samples) {
    if (fit == null) {
      return samples;
    }
    Standardization standardization = fit.of(samples.train());
    Dataset test = standardization.apply(samples.test());
    return new TrainTest(standardization.apply(samples.train()), test);
  }
}
