package lanewise.cli;

import java.util.Iterator;
import lanewise.recipe.Recipes;

/** The recipes' names, for the help. */
final class RecipeNames implements Iterable<String> {
  @Override
  public Iterator<String> iterator() {
    return Recipes.names().iterator();
  }
}
