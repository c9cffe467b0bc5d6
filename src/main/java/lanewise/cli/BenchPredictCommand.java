package lanewise.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import lanewise.io.NetworkFile;
import lanewise.network.Network;
import lanewise.network.Predictor;
import lanewise.random.CounterRandom;
import lanewise.recipe.InputException;
import lanewise.recipe.Recipes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Measures predictions. */
@Command(
    name = "predict",
    description = "Measures the predictions of a network, one batch in a step.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class BenchPredictCommand implements Callable<Integer> {
  private static final int DEFAULT_BATCH = 64;

  private final Terminal terminal;

  @Parameters(
      paramLabel = "MODEL_OR_RECIPE",
      description = "A network that train --save wrote, or one of ${COMPLETION-CANDIDATES}.",
      completionCandidates = RecipeNames.class)
  private String name = "";

  @Mixin private BenchOptions options = new BenchOptions();

  BenchPredictCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, InputException {
    Path file = Path.of(name);
    Network network =
        Files.exists(file) ? NetworkFile.load(file).network() : Recipes.find(name).network(1);
    int batch = options.batch(DEFAULT_BATCH, network);
    Predictor predictor = network.predictor(batch).freeze();
    float[] input = new float[batch * network.inputShape().size()];
    for (int i = 0; i < input.length; i++) {
      input[i] = CounterRandom.uniform(1, i);
    }
    float[] output = new float[batch * network.outputShape().size()];
    Bench bench =
        new Bench(
            batch,
            (steps, tick) -> {
              for (int i = 0; i < steps; i++) {
                predictor.predict(input, 0, batch, output, 0);
                tick.run();
              }
            });
    terminal.line(bench.measure(options.seconds(), network.multiplyAdds()).compact());
    return Main.OK;
  }
}
