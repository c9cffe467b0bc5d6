package lanewise.cli;

import lanewise.Lanewise;
import lanewise.network.Network;
import lanewise.recipe.InputException;
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
    Lanewise.threads(Options.atLeastOne("--threads", threads, Lanewise.threads()));
    int samples = Options.atLeastOne("--batch", batch, otherwise);
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
}
