package lanewise.recipe;

/** What the user asked for cannot be done, and the message says why in one sentence. */
public final class InputException extends Exception {
  private static final long serialVersionUID = 1;

  /** One sentence for the user. */
  public InputException(String sentence) {
    super(sentence);
  }
}
