package lanewise.cli;

import picocli.CommandLine.Command;

/** Measures; which of its subcommands says what. */
@Command(
    name = "bench",
    description = {
      "Measures on random data and prints one line of JSON.",
      "gflops counts a multiply-add as two; fraction_of_peak is gflops over the threads used times"
          + " the FMA peak of one thread, measured in the same process; first_result_ms counts from"
          + " the start of the JVM."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class BenchCommand {}
