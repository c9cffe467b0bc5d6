package lanewise.cli;

import java.util.concurrent.Callable;
import lanewise.network.Network;
import lanewise.recipe.InputException;
import lanewise.recipe.Recipe;
import lanewise.recipe.Recipes;
import lanewise.train.Trainer;
import lanewise.train.TrainingListener;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Measures the steps of a recipe's training. */
@Command(
    name = "train",
    description = "Measures the steps of a recipe's training.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class BenchTrainCommand implements Callable<Integer> {
  /** So small that the random data cannot make the loss diverge. */
  private static final float RATE = 1e-9f;

  private final Terminal terminal;

  @Parameters(
      paramLabel = "RECIPE",
      description = "One of ${COMPLETION-CANDIDATES}.",
      completionCandidates = RecipeNames.class)
  private String recipeName = "";

  @Mixin private BenchOptions options = new BenchOptions();

  BenchTrainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InputException {
    Recipe recipe = Recipes.find(recipeName);
    Trainer trainer = recipe.trainer();
    Network network = recipe.network(trainer.seed());
    int batch = options.batch(recipe.measuredBatch(), network);
    RandomSamples samples = new RandomSamples(network, batch);
    Trainer timed = trainer.optimizer(trainer.optimizer().withLearningRate(RATE)).batch(batch);
    Bench bench =
        new Bench(
            batch,
            (steps, tick) ->
                timed
                    .epochs(1)
                    .shuffle(false)
                    .listener(ticking(tick))
                    .train(network, samples.times(steps)));
    terminal.line(bench.measure(options.seconds(), network.trainingMultiplyAdds()).compact());
    return Main.OK;
  }

  private static TrainingListener ticking(Runnable tick) {
    return new TrainingListener() {
      @Override
      public void onBatch(int batch, int batches, int samples, double loss, double meanLoss) {
        tick.run();
      }
    };
  }
}
