package lanewise.cli;

import java.io.PrintWriter;

/**
 * Where a command writes to.
 *
 * @param out standard output
 * @param watched whether a person sees it as it comes, so that a line may be drawn again in place
 */
record Terminal(PrintWriter out, boolean watched) {
  /** Goes back to the start of the line and erases it (ECMA-48). */
  private static final String ERASE_LINE = "\r\u001b[2K";

  /** Prints a line for good. */
  void line(String text) {
    out.println(watched ? ERASE_LINE + text : text);
    out.flush();
  }

  /** Draws a line that the next takes the place of; only where it is watched. */
  void draw(String text) {
    if (watched) {
      out.print(ERASE_LINE + text);
      out.flush();
    }
  }
}
