package lanewise.jmh;

import java.util.concurrent.TimeUnit;
import lanewise.network.Network;
import lanewise.recipe.Recipe;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What every library runs: a recipe's network and a batch of samples. A whole network has many
 * loops to compile, so it is warmed up for longer than a single kernel.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public abstract class NetworkOperands {
  /** The recipe; by default each in turn. */
  @Param("mnist-lenet5")
  public String network = "";

  /** Samples in one call; by default ({@code 0}) as many as in one of the recipe's steps. */
  @Param("0")
  public int batch;

  /** Threads that the call may use. */
  @Param("1")
  public int threads;

  Recipe recipe = Networks.recipe("mnist-lenet5");
  Network net = Networks.logits(recipe);
  float[] samples = {}; // [batch, input shape], channels last
  int[] labels = {}; // [batch]

  /** So small that labels which mean nothing do not make a network diverge. */
  float learningRate = 0.001f;

  /** Makes the network and random samples. */
  @Setup
  public void setUp() throws Exception {
    recipe = Networks.recipe(network);
    net = Networks.logits(recipe);
    samples = Inputs.random(batch * net.inputShape().size());
    labels = new int[batch];
    for (int i = 0; i < batch; i++) {
      labels[i] = i % Math.max(2, columns());
    }
    prepare();
  }

  /** The logits of one sample. */
  final int columns() {
    return net.outputShape().size();
  }

  /** Brings the network, the samples and the threads to the library. */
  abstract void prepare() throws Exception;
}
