package lanewise.cli;

import lanewise.Lanewise;
import lanewise.network.Network;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What both measurements can be told. */
final class BenchOptions {
  @Option(names = "--batch", paramLabel = "N", description = "Samples in one step.")
  private @Nullable Integer batch;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads to compute with. Default: one for each processor.")
  private @Nullable Integer threads;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "How long to measure, once it is warm. Default: ${DEFAULT-VALUE}.")
  private double seconds = 10;

  /** Sets the threads and returns the samples in one step of the network. */
  int batch(int otherwise, Network network) throws InputException {
    Lanewise.threads(atLeastOne("--threads", threads, Lanewise.threads()));
    int samples = atLeastOne("--batch", batch, otherwise);
    int most =
        Integer.MAX_VALUE / Math.max(network.inputShape().size(), network.outputShape().size());
    if (samples > most) {
      throw new InputException(
          "--batch must be at most " + most + " for this network, got " + samples);
    }
    return samples;
  }

  double seconds() throws InputException {
    if (!(seconds > 0 && seconds < Double.POSITIVE_INFINITY)) {
      throw new InputException("--seconds must be positive and finite, got " + seconds);
    }
    return seconds;
  }

  private static int atLeastOne(String option, @Nullable Integer given, int otherwise)
      throws InputException {
    if (given == null) {
      return otherwise;
    }
    if (given < 1) {
      throw new InputException(option + " must be at least 1, got " + given);
    }
    return given;
  }
}
