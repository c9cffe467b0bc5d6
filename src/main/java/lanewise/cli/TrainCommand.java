package lanewise.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import lanewise.Lanewise;
import lanewise.data.Dataset;
import lanewise.data.TrainTest;
import lanewise.io.NetworkFile;
import lanewise.network.Network;
import lanewise.recipe.InputException;
import lanewise.recipe.Recipe;
import lanewise.recipe.Recipes;
import lanewise.train.EpochResult;
import lanewise.train.Evaluation;
import lanewise.train.Trainer;
import lanewise.train.TrainingResult;
import lanewise.train.TrainingState;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Trains a recipe's network and says how well it does. */
@Command(
    name = "train",
    description = "Trains a network and tests it.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class TrainCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(
      arity = "0..1",
      paramLabel = "RECIPE",
      description = "What to train: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.",
      completionCandidates = RecipeNames.class)
  private String recipeName = "fashion-cnn";

  @Option(
      names = "--hidden",
      paramLabel = "N",
      split = ",",
      description = "Units of a dense network's layers but the last, such as 20,7,5.")
  private @Nullable List<Integer> hidden;

  @Option(
      names = "--class",
      paramLabel = "NAME",
      description = "The class to tell from the rest; all, for each from each.")
  private @Nullable String chosen;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Changes the speed, never a result. Default: one for each processor.")
  private @Nullable Integer threads;

  @Option(names = "--data", paramLabel = "DIR", description = "The folder with the data.")
  private @Nullable Path data;

  @Option(
      names = "--save",
      paramLabel = "FILE",
      description = "Write the trained network as safetensors.")
  private @Nullable Path save;

  @Option(
      names = "--plots",
      paramLabel = "DIR",
      description = "Write pictures of the training, as PNG and SVG.")
  private @Nullable Path plots;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the figures as JSON; - for standard output.")
  private @Nullable Path json;

  @ArgGroup(validate = false, heading = "%nHow to train, where it is not as the recipe says:%n")
  private TrainerOptions how = new TrainerOptions();

  @ArgGroup(validate = false, heading = "%nTo go on after an interruption:%n")
  private CheckpointOptions checkpoints = new CheckpointOptions();

  TrainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, InputException {
    Recipe recipe = recipe();
    Trainer trainer = how.change(recipe);
    Lanewise.threads(Options.atLeastOne("--threads", threads, Lanewise.threads()));
    Figures.checkWritable(save);
    Figures.checkWritable(json);
    checkpoints.check();
    TrainingState state = checkpoints.state();
    if (plots != null) {
      Options.makeFolder(plots);
    }

    TrainTest samples = recipe.load(data);
    TrainTest prepared = recipe.prepare(samples);
    Network network = recipe.network(trainer.seed());
    introduce(recipe, trainer, prepared, network);
    TrainingResult result = train(listened(recipe, trainer), recipe, state, network, prepared);
    Evaluation test = result.kept().validation();
    if (test == null) {
      test = Trainer.evaluate(network, prepared.test(), trainer.loss(), trainer.batch());
    }
    finish(recipe, trainer, network, result, test);
    if (plots != null) {
      new Pictures(plots, recipe, trainer, network)
          .draw(result, samples.test(), prepared.test(), test);
      terminal.line("pictures in " + plots);
    }
    return Main.OK;
  }

  private Trainer listened(Recipe recipe, Trainer trainer) {
    Trainer listened = trainer.listener(new EpochTable(terminal, recipe.interval()));
    return checkpoints.listened(listened, recipe.interval().every());
  }

  private TrainingResult train(
      Trainer trainer,
      Recipe recipe,
      @Nullable TrainingState from,
      Network network,
      TrainTest samples)
      throws InputException {
    Dataset test = recipe.interval().tests() ? samples.test() : null;
    if (from == null) {
      return trainer.train(network, samples.train(), test);
    }
    try {
      return trainer.resume(from, network, samples.train(), test);
    } catch (IllegalArgumentException e) {
      throw checkpoints.refusal(e);
    }
  }

  private Recipe recipe() throws InputException {
    Recipe recipe = Recipes.find(recipeName);
    if (hidden != null) {
      recipe = recipe.hidden(hidden);
    }
    return chosen == null ? recipe : recipe.choose(chosen);
  }

  private void introduce(Recipe recipe, Trainer trainer, TrainTest samples, Network network) {
    terminal.line(recipe.name() + ": " + recipe.title());
    terminal.line(
        String.format(
            Locale.ROOT,
            "%,d training and %,d test samples of %s; %,d parameters",
            samples.train().size(),
            samples.test().size(),
            recipe.input(),
            network.parameterCount()));
    int size = samples.train().size();
    terminal.line(
        String.format(
            Locale.ROOT,
            "%s, %s at rate %s, seed %d, threads %d",
            trainer.batch() < size ? "batch " + trainer.batch() : "full batch",
            trainer.optimizer().getClass().getSimpleName(),
            trainer.optimizer().learningRate(),
            trainer.seed(),
            Lanewise.threads()));
    terminal.line("");
  }

  private void finish(
      Recipe recipe, Trainer trainer, Network network, TrainingResult result, Evaluation test)
      throws IOException {
    EpochResult kept = result.kept();
    if (trainer.earlyStopping() != null) {
      terminal.line(
          "kept the weights of %s %d"
              .formatted(recipe.interval().unit(), recipe.interval().number(kept.epoch())));
    }
    terminal.line("");
    Figures.print(test, terminal);
    terminal.line("");
    terminal.line(
        String.format(
            Locale.ROOT,
            "trained in %.1f s, %,.0f samples/s",
            result.seconds(),
            result.samplesPerSecond()));
    String sha256 = network.weightsSha256();
    terminal.line("weights SHA-256 " + sha256);
    if (save != null) {
      NetworkFile.save(save, network, EvaluateCommand.metadata(recipe, trainer));
      terminal.line("saved to " + save);
    }
    new Figures()
        .put("recipe", recipe.name())
        .putTest(test)
        .put("train_loss", kept.loss())
        .put("train_accuracy", kept.accuracy())
        .put("train_seconds", result.seconds())
        .put("images_per_second", result.samplesPerSecond())
        .put("parameters", network.parameterCount())
        .put("weights_sha256", sha256)
        .put("epochs", result.epochs().size())
        .put("batch", Math.min(trainer.batch(), kept.samples()))
        .put("learning_rate", trainer.optimizer().learningRate())
        .put("seed", trainer.seed())
        .put("threads", Lanewise.threads())
        .put("losses", values(recipe.interval().shown(result), EpochResult::loss))
        .put("test_accuracies", values(tested(result), each -> test(each).accuracy()))
        .write(json, terminal);
  }

  private static List<EpochResult> tested(TrainingResult result) {
    return result.epochs().stream().filter(each -> each.validation() != null).toList();
  }

  private static Evaluation test(EpochResult tested) {
    return Objects.requireNonNull(tested.validation());
  }

  private static double[] values(List<EpochResult> epochs, ToDoubleFunction<EpochResult> value) {
    return epochs.stream().mapToDouble(value).toArray();
  }
}
