package lanewise.jmh;

import lanewise.network.Network;
import lanewise.recipe.InputException;
import lanewise.recipe.Recipe;
import lanewise.recipe.Recipes;

/** The recipes' networks. */
final class Networks {
  private Networks() {}

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
}
