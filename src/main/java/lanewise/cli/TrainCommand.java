package lanewise.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import lanewise.Lanewise;
import lanewise.data.TrainTest;
import lanewise.io.NetworkFile;
import lanewise.network.Network;
import lanewise.optimizer.Optimizer;
import lanewise.train.EpochResult;
import lanewise.train.Evaluation;
import lanewise.train.Trainer;
import lanewise.train.TrainingResult;
import org.jspecify.annotations.Nullable;
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
      completionCandidates = Recipes.Names.class)
  private String recipeName = "fashion-cnn";

  @Option(names = "--epochs", paramLabel = "N", description = "Passes over the training data.")
  private @Nullable Integer epochs;

  @Option(names = "--batch", paramLabel = "N", description = "Samples in one step.")
  private @Nullable Integer batch;

  @Option(names = "--learning-rate", paramLabel = "X", description = "The size of a step.")
  private @Nullable Float learningRate;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of the first weights, the order and dropout. Default: ${DEFAULT-VALUE}.")
  private long seed = 1;

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
      names = "--json",
      paramLabel = "FILE",
      description = "Write the figures as JSON; - for standard output.")
  private @Nullable Path json;

  TrainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, InputException {
    Recipe recipe = Recipes.find(recipeName);
    Trainer trainer = trainer(recipe);
    setThreads();
    Figures.checkWritable(save);
    Figures.checkWritable(json);

    TrainTest samples = recipe.load(data);
    Network network = recipe.network(seed);
    introduce(recipe, trainer, samples, network);
    TrainingResult result =
        trainer.listener(new EpochTable(terminal)).train(network, samples.train(), samples.test());
    finish(recipe, trainer, network, result);
    return Main.OK;
  }

  private Trainer trainer(Recipe recipe) throws InputException {
    Optimizer optimizer = recipe.optimizer();
    if (learningRate != null) {
      if (!(learningRate > 0 && learningRate < Float.POSITIVE_INFINITY)) {
        throw new InputException(
            "--learning-rate must be positive and finite, got " + learningRate);
      }
      optimizer = optimizer.withLearningRate(learningRate);
    }
    return new Trainer(recipe.loss(), optimizer)
        .batch(atLeastOne("--batch", batch, recipe.batch()))
        .epochs(atLeastOne("--epochs", epochs, recipe.epochs()))
        .seed(seed);
  }

  private void setThreads() throws InputException {
    Lanewise.threads(atLeastOne("--threads", threads, Lanewise.threads()));
  }

  private static int atLeastOne(String option, @Nullable Integer given, int otherwise)
      throws InputException {
    if (given == null) {
      return otherwise;
    }
    if (given < 1) {
      throw new InputException(option + " must be at least 1, got " + given);
    }
    return given;
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
    terminal.line(
        String.format(
            Locale.ROOT,
            "batch %d, %s at rate %s, seed %d, threads %d",
            trainer.batch(),
            trainer.optimizer().getClass().getSimpleName(),
            trainer.optimizer().learningRate(),
            seed,
            Lanewise.threads()));
    terminal.line("");
  }

  private void finish(Recipe recipe, Trainer trainer, Network network, TrainingResult result)
      throws IOException {
    EpochResult last = result.last();
    Evaluation test = Objects.requireNonNull(last.validation());
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
      NetworkFile.save(save, network, EvaluateCommand.metadata(recipe, trainer.batch()));
      terminal.line("saved to " + save);
    }
    new Figures()
        .put("recipe", recipe.name())
        .putTest(test)
        .put("train_loss", last.loss())
        .put("train_accuracy", last.accuracy())
        .put("train_seconds", result.seconds())
        .put("images_per_second", result.samplesPerSecond())
        .put("parameters", network.parameterCount())
        .put("weights_sha256", sha256)
        .put("epochs", trainer.epochs())
        .put("batch", trainer.batch())
        .put("learning_rate", trainer.optimizer().learningRate())
        .put("seed", seed)
        .put("threads", Lanewise.threads())
        .write(json, terminal);
  }
}
