package lanewise.cli;

import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import lanewise.recipe.InputException;
import lanewise.train.NonFiniteLossException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line. */
@Command(
    name = "lanewise",
    description = "Trains and runs neural networks on the CPU, in pure Java.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND")
public final class Main {
  /** All went well. */
  static final int OK = 0;

  /** What the user may have to report. */
  static final int FAILED = 1;

  /** What the user can put right. */
  static final int BAD_INPUT = 2;

  /** The library's version and the Java that runs it. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version =
          Optional.ofNullable(Main.class.getModule().getDescriptor())
              .flatMap(ModuleDescriptor::rawVersion)
              .map(number -> " " + number)
              .orElse("");
      return new String[] {"lanewise" + version, "Java " + Runtime.version()};
    }
  }

  private Main() {}

  /** Runs the command that {@code args} name and ends with its exit status. */
  @SuppressWarnings(
      "SystemConsoleNull") // It is null where nobody watches, whatever the default is.
  public static void main(String[] args) {
    Console console = System.console();
    boolean watched = console != null && console.isTerminal();
    System.exit(run(args, new Terminal(writer(System.out), watched), writer(System.err)));
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, stream.charset());
  }

  /**
   * Runs the command that {@code args} name.
   *
   * @return the exit status: 0, 1 for a failure, 2 for bad input
   */
  static int run(String[] args, PrintWriter out, PrintWriter err) {
    return run(args, new Terminal(out, false), err);
  }

  private static int run(String[] args, Terminal terminal, PrintWriter err) {
    CommandLine line = new CommandLine(new Main());
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("train", () -> new TrainCommand(terminal));
    commands.put("evaluate", () -> new EvaluateCommand(terminal));
    commands.put("summary", () -> new SummaryCommand(terminal));
    commands.put("bench", () -> bench(args, terminal));
    commands.put("info", () -> new InfoCommand(terminal));
    add(line, commands, args, 0);
    line.setOut(terminal.out())
        .setErr(err)
        .setParameterExceptionHandler((e, _) -> refuse(sentence(e), err))
        .setExecutionExceptionHandler((e, _, _) -> explain(e, err));
    return line.execute(args.length == 0 ? new String[] {"--help"} : args);
  }

  private static CommandLine bench(String[] args, Terminal terminal) {
    CommandLine line = new CommandLine(new BenchCommand());
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("train", () -> new BenchTrainCommand(terminal));
    commands.put("predict", () -> new BenchPredictCommand(terminal));
    add(line, commands, args, 1);
    return line;
  }

  /**
   * Adds the command that {@code args} name at a position, or all where they name none: to read the
   * options of all from their annotations takes a tenth of a second.
   */
  private static void add(
      CommandLine line, Map<String, Supplier<Object>> commands, String[] args, int position) {
    String named = args.length > position ? args[position] : "";
    boolean all = !commands.containsKey(named);
    commands.forEach(
        (name, command) -> {
          if (all || name.equals(named)) {
            line.addSubcommand(name, command.get());
          }
        });
  }

  private static @Nullable String sentence(ParameterException e) {
    String message = e.getMessage();
    if (e instanceof UnmatchedArgumentException unmatched) {
      List<String> suggestions = unmatched.getSuggestions();
      if (!suggestions.isEmpty()) {
        return message
            + suggestions.stream().collect(Collectors.joining(", ", "; did you mean ", "?"));
      }
    }
    return message;
  }

  private static int explain(Exception e, PrintWriter err) {
    return switch (e) {
      case InputException input -> refuse(input.getMessage(), err);
      case IOException io -> refuse(sentence(io), err);
      case UncheckedIOException io -> refuse(sentence(Objects.requireNonNull(io.getCause())), err);
      case NonFiniteLossException diverged -> fail(diverged.getMessage(), e, err);
      default -> fail("unexpected " + e, e, err);
    };
  }

  private static int refuse(@Nullable String sentence, PrintWriter err) {
    err.println("lanewise: " + sentence);
    err.flush();
    return BAD_INPUT;
  }

  private static int fail(@Nullable String sentence, Exception e, PrintWriter err) {
    err.println("lanewise: " + sentence);
    if (System.getenv("LANEWISE_DEBUG") != null) {
      e.printStackTrace(err);
    }
    err.flush();
    return FAILED;
  }

  private static String sentence(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> missing.getFile() + ": no such file";
      case AccessDeniedException denied -> denied.getFile() + ": permission denied";
      case FileSystemException other when other.getReason() != null ->
          other.getFile() + ": " + other.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }
}
