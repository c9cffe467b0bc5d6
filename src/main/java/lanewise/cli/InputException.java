package lanewise.cli;

/** What the user asked for cannot be done, and the message says why in one sentence. */
final class InputException extends Exception {
  private static final long serialVersionUID = 1;

  InputException(String sentence) {
    super(sentence);
  }
}
