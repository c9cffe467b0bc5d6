package lanewise.cli;

import java.util.concurrent.Callable;
import lanewise.recipe.InputException;
import lanewise.recipe.Recipe;
import lanewise.recipe.Recipes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows a recipe's network. */
@Command(
    name = "summary",
    description = "Shows a recipe's layers: output shape, parameters and multiply-adds.",
    mixinStandardHelpOptions = true)
final class SummaryCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(
      paramLabel = "RECIPE",
      description = "One of ${COMPLETION-CANDIDATES}.",
      completionCandidates = RecipeNames.class)
  private String recipeName = "";

  SummaryCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InputException {
    Recipe recipe = Recipes.find(recipeName);
    terminal.line(recipe.name() + ": " + recipe.title());
    terminal.line(recipe.network(0).summary().stripTrailing());
    return Main.OK;
  }
}
