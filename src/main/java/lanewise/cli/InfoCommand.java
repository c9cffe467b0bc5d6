package lanewise.cli;

import java.util.concurrent.Callable;
import lanewise.Lanewise;
import lanewise.kernel.Simd;
import picocli.CommandLine.Command;

/** Shows what the library runs on. */
@Command(
    name = "info",
    description = "Shows the JDK, the vectors, the threads, and what this machine can do at most.",
    mixinStandardHelpOptions = true)
final class InfoCommand implements Callable<Integer> {
  private final Terminal terminal;

  InfoCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    terminal.line("JDK      " + Runtime.version());
    terminal.line("vectors  " + Simd.lanes() + " lanes");
    terminal.line("threads  " + Lanewise.threads());
    return Main.OK;
  }
}
