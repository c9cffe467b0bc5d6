package lanewise.jmh;

import java.util.concurrent.TimeUnit;
import lanewise.network.Network;
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
 * What every library runs: a network and a batch of images. A whole network has many loops to
 * compile, so it is warmed up for longer than a single kernel.
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
  /** Name of the network. */
  @Param({"mnist-cnn", "mnist-lenet5", "mnist-mlp", "cifar10-resnet20"})
  public String network = "";

  /** Images in one call. */
  @Param("64")
  public int batch;

  /** Threads that the call may use. */
  @Param("1")
  public int threads;

  Network net = Networks.get("mnist-lenet5");
  float[] images = {}; // [batch, height, width, channels]
  int[] labels = {}; // [batch]

  /** Makes the network and random images. */
  @Setup
  public void setUp() throws Exception {
    net = Networks.get(network);
    images = Inputs.random(batch * net.inputShape().size());
    labels = new int[batch];
    for (int i = 0; i < batch; i++) {
      labels[i] = i % Networks.CLASSES;
    }
    prepare();
  }

  /** Brings the network, the images and the threads to the library. */
  abstract void prepare() throws Exception;
}
