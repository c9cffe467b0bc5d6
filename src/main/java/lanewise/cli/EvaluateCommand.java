package lanewise.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import lanewise.data.TrainTest;
import lanewise.io.NetworkFile;
import lanewise.loss.Loss;
import lanewise.loss.SoftmaxCrossEntropy;
import lanewise.network.Network;
import lanewise.recipe.InputException;
import lanewise.recipe.Recipe;
import lanewise.recipe.Recipes;
import lanewise.train.Evaluation;
import lanewise.train.Trainer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tests a saved network on its recipe's test data. */
@Command(
    name = "evaluate",
    description = "Tests a network that train --save wrote.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class EvaluateCommand implements Callable<Integer> {
  private static final String RECIPE = "lanewise.recipe";
  private static final String BATCH = "lanewise.batch";
  private static final String LABEL_SMOOTHING = "lanewise.label_smoothing";
  private static final String CLASS = "lanewise.class";

  private final Terminal terminal;

  @Parameters(paramLabel = "FILE", description = "The saved network.")
  private Path file = Path.of("");

  @Option(names = "--data", paramLabel = "DIR", description = "The folder with the data.")
  private @Nullable Path data;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the figures as JSON; - for standard output.")
  private @Nullable Path json;

  EvaluateCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /**
   * What a saved network must say about itself to be evaluated as it was at the end of training.
   */
  static Map<String, String> metadata(Recipe recipe, Trainer trainer) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(RECIPE, recipe.name());
    metadata.put(BATCH, Integer.toString(trainer.batch()));
    if (trainer.loss() instanceof SoftmaxCrossEntropy(float smoothing) && smoothing > 0) {
      metadata.put(LABEL_SMOOTHING, Float.toString(smoothing));
    }
    String chosen = recipe.model().chosen();
    if (chosen != null) {
      metadata.put(CLASS, chosen);
    }
    return metadata;
  }

  @Override
  public Integer call() throws IOException, InputException {
    Figures.checkWritable(json);
    NetworkFile saved = NetworkFile.load(file);
    Recipe recipe = recipe(saved);
    Network network = saved.network();
    TrainTest samples = recipe.prepare(recipe.load(data));
    Evaluation test = Trainer.evaluate(network, samples.test(), loss(recipe, saved), batch(saved));
    terminal.line(file + ": " + recipe.name() + ", " + recipe.title());
    Figures.print(test, terminal);
    new Figures()
        .put("recipe", recipe.name())
        .putTest(test)
        .put("parameters", network.parameterCount())
        .put("weights_sha256", network.weightsSha256())
        .write(json, terminal);
    return Main.OK;
  }

  private Recipe recipe(NetworkFile saved) throws InputException {
    String name = saved.metadata().get(RECIPE);
    if (name == null) {
      throw new InputException(file + ": the metadata must name a recipe under " + RECIPE);
    }
    Recipe recipe = Recipes.find(name);
    if (recipe.canChoose()) {
      recipe = recipe.choose(saved.metadata().getOrDefault(CLASS, "all"));
    }
    Network expected = recipe.network(0);
    if (!saved.network().inputShape().equals(expected.inputShape())
        || !saved.network().outputShape().equals(expected.outputShape())) {
      throw new InputException(
          file
              + ": a network for "
              + name
              + " must map "
              + expected.inputShape()
              + " to "
              + expected.outputShape()
              + ", got "
              + saved.network().inputShape()
              + " to "
              + saved.network().outputShape());
    }
    return recipe;
  }

  private Loss loss(Recipe recipe, NetworkFile saved) throws InputException {
    String smoothing = saved.metadata().get(LABEL_SMOOTHING);
    if (smoothing == null) {
      return recipe.model().loss();
    }
    try {
      return new SoftmaxCrossEntropy(Float.parseFloat(smoothing));
    } catch (IllegalArgumentException e) {
      throw new InputException(
          file
              + ": "
              + LABEL_SMOOTHING
              + " in the metadata must be at least 0 and below 1, got "
              + smoothing);
    }
  }

  private int batch(NetworkFile saved) throws InputException {
    String batch = saved.metadata().getOrDefault(BATCH, "64");
    if (!batch.matches("[1-9][0-9]{0,8}|2147483647")) {
      throw new InputException(
          file + ": " + BATCH + " in the metadata must be at least 1, got " + batch);
    }
    return Integer.parseInt(batch);
  }
}
