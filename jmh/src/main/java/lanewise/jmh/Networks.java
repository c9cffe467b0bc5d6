package lanewise.jmh;

import java.util.List;
import lanewise.network.Network;
import lanewise.recipe.InputException;
import lanewise.recipe.Recipe;
import lanewise.recipe.Recipes;

/** The recipes' networks. */
final class Networks {
  /** Where a recipe takes all its samples in one step. */
  private static final int LARGEST_BATCH = 1024;

  private Networks() {}

  /** All recipes. */
  static List<String> names() {
    return Recipes.ALL.stream().map(Recipe::name).toList();
  }

  /**
   * The recipe of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Recipe recipe(String name) {
    try {
      return Recipes.find(name);
    } catch (InputException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** A recipe's network up to its logits. */
  static Network logits(Recipe recipe) {
    return recipe.network(1).withoutLastLayer();
  }

  /** The samples in one step of a recipe. */
  static int batch(Recipe recipe) {
    return Math.min(recipe.trainer().batch(), LARGEST_BATCH);
  }
}
