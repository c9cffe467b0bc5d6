package lanewise.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import lanewise.layer.AveragePool2d;
import lanewise.layer.BatchNorm;
import lanewise.layer.Conv2d;
import lanewise.layer.CustomLayer;
import lanewise.layer.Dense;
import lanewise.layer.DepthwiseConv2d;
import lanewise.layer.Dropout;
import lanewise.layer.ELU;
import lanewise.layer.Flatten;
import lanewise.layer.GELU;
import lanewise.layer.GlobalAveragePool;
import lanewise.layer.Hardswish;
import lanewise.layer.LeakyReLU;
import lanewise.layer.MaxPool2d;
import lanewise.layer.PadChannels;
import lanewise.layer.ReLU;
import lanewise.layer.ReLU6;
import lanewise.layer.SiLU;
import lanewise.layer.Sigmoid;
import lanewise.layer.Softmax;
import lanewise.layer.Tanh;
import lanewise.network.Network;
import lanewise.network.Node;
import lanewise.network.Value;
import lanewise.shape.Padding;
import lanewise.shape.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkFileTest {
  @TempDir Path folder;

  private static final String DENSE = "{\"layer\":\"Dense\",\"units\":2}";

  @Test
  void rebuildsEveryLayer() throws Exception {
    Network network =
        Network.sequence(
            Shape.of(13, 17, 2),
            7,
            new Conv2d(4, 3).padding(Padding.SAME).dilation(2).groups(2),
            new LeakyReLU(0.01f),
            new Conv2d(3, 3).padding(Padding.of(1, 2, 0, 1)).stride(2),
            new Tanh(),
            new MaxPool2d(2).roundingUp(),
            new ReLU(),
            new AveragePool2d(2, 1, Padding.SAME).countingPadding().roundingUp(),
            new Conv2d(4, 1).withoutBias(),
            new BatchNorm().momentum(0.75f),
            new DepthwiseConv2d(1).multiplier(2).withoutBias(),
            new PadChannels(1, 2),
            new ReLU6(),
            new ELU(0.5f),
            new GELU(),
            new SiLU(),
            new Hardswish(),
            new Dropout(0.75f),
            new Sigmoid(),
            new Flatten(),
            new Dense(5),
            new Softmax());
    for (int i = 0; i < network.state().length; i++) {
      network.state()[i] = 1 + i;
    }
    Path file = folder.resolve("network.safetensors");
    NetworkFile.save(file, network, Map.of("recipe", "none"));
    NetworkFile loaded = NetworkFile.load(file);

    assertEquals(Map.of("recipe", "none"), loaded.metadata());
    assertEquals(network.summary(), loaded.network().summary());
    assertEquals(network.weightsSha256(), loaded.network().weightsSha256());
    assertArrayEquals(network.state(), loaded.network().state());
    float[] input = new float[13 * 17 * 2];
    input[5] = 1;
    assertArrayEquals(network.predict(input, 1), loaded.network().predict(input, 1));
  }

  @Test
  void rebuildsANetworkThatPoolsAway() throws Exception {
    Network network = Network.sequence(Shape.of(2, 2, 3), 1, new GlobalAveragePool(), new Dense(1));
    Path file = folder.resolve("network.safetensors");
    NetworkFile.save(file, network, Map.of());
    assertEquals(network.summary(), NetworkFile.load(file).network().summary());
  }

  /** Files of before there was a ceil mode. */
  @Test
  void poolsWithoutCeilModeRoundDown() throws Exception {
    String sizes = "\"kernelHeight\":2,\"kernelWidth\":2,\"strideHeight\":2,\"strideWidth\":2";
    String max = "{\"layer\":\"MaxPool2d\"," + sizes + ",\"padding\":[0,0,0,0]}";
    String average =
        "{\"layer\":\"AveragePool2d\"," + sizes + ",\"padding\":\"same\",\"countPadding\":true}";
    Path file = folder.resolve("old.safetensors");
    new Safetensors(
            Map.of(
                "lanewise.network", "{\"input\":[7,7,1],\"layers\":[" + max + "," + average + "]}"),
            List.of())
        .write(file);
    assertEquals(
        List.of(new MaxPool2d(2), new AveragePool2d(2, 2, Padding.SAME).countingPadding()),
        NetworkFile.load(file).network().nodes().stream().map(Node::layer).toList());
  }

  @Test
  void rebuildsBranches() throws Exception {
    Network network =
        Network.graph(
            Shape.of(3, 3, 2),
            1,
            image -> {
              Value x = image.then(new Conv2d(2, 3).padding(Padding.SAME)).plus(image);
              return x.concat(image, x).then(new Flatten(), new Dense(3));
            });
    Path file = folder.resolve("network.safetensors");
    NetworkFile.save(file, network, Map.of());
    Network loaded = NetworkFile.load(file).network();
    assertEquals(
        network.nodes().stream().map(Node::inputs).toList(),
        loaded.nodes().stream().map(Node::inputs).toList());
    assertEquals(network.summary(), loaded.summary());
    assertEquals(network.weightsSha256(), loaded.weightsSha256());
    String description = Safetensors.read(file).metadata().get("lanewise.network");
    assertTrue(
        description.endsWith(
            "{\"layer\":\"Add\",\"inputs\":[1,0]},{\"layer\":\"Concat\",\"inputs\":[2,0,2]},"
                + "{\"layer\":\"Flatten\"},{\"layer\":\"Dense\",\"units\":3}]}"),
        description);
  }

  @Test
  void refusesToSaveAUsersLayer() {
    Network network = Network.sequence(Shape.of(2), 1, new Identity());
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> NetworkFile.save(folder.resolve("network"), network, Map.of()));
    assertEquals(
        "NetworkFile: only the library's own layers can be saved, got " + Identity.class.getName(),
        e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          [3]         | [{"layer":"Dense","units":2},{"layer":"ReLU"}] | the layers have 8 parameters, the file holds 6
          [2]         | [] | the layers have 0 parameters, the file holds 6
          [1,2]       | [{"layer":"Dense","units":2}] | Dense: input must be [features], got [1, 2]; put Flatten before it
          [0]         | [{"layer":"Dense","units":2}] | Shape: every size must be at least 1, got [0]
          ["2"]       | [{"layer":"Dense","units":2}] | a shape must be a list of sizes, got ["2"]
          [2]         | [{"layer":"Dense","units":1.5}] | Dense: units must be given as int, got 1.5
          [2]         | [{"layer":"Dense"}] | Dense: units must be given as int, got nothing
          [2]         | [{"layer":"Dense","units":0}] | Dense: units must be at least 1, got 0
          [2]         | [{"layer":"java.lang.Runtime"}] | there is no layer called java.lang.Runtime
          [2]         | [{}] | a layer must have a name, got {}
          [2]         | [1] | a layer must have a name, got 1
          [1000000]   | [{"layer":"Dense","units":1000000}] | Shape: the number of elements must be at most 2147483647, got [1000000, 1000000]
          [2]         | [{"layer":"ReLU","inputs":[1]}] | inputs must be numbers of values from 0 to 0, got {"layer":"ReLU","inputs":[1]}
          [2]         | [{"layer":"ReLU","inputs":[-1]}] | inputs must be numbers of values from 0 to 0, got {"layer":"ReLU","inputs":[-1]}
          [2]         | [{"layer":"ReLU","inputs":[]}] | inputs must be numbers of values from 0 to 0, got {"layer":"ReLU","inputs":[]}
          [2]         | [{"layer":"ReLU","inputs":0}] | inputs must be numbers of values from 0 to 0, got {"layer":"ReLU","inputs":0}
          [2]         | [{"layer":"ReLU","inputs":["0"]}] | inputs must be numbers of values from 0 to 0, got {"layer":"ReLU","inputs":["0"]}
          [2]         | [{"layer":"ReLU","inputs":[0,0]}] | ReLU: there must be one input, got 2
          [2]         | [{"layer":"Dense","units":2},{"layer":"Add","inputs":[1]}] | Add: there must be at least two inputs, got 1
          [2]         | [{"layer":"Dense","units":2},{"layer":"ReLU","inputs":[0]}] | Network: layer 1: every layer must lead to the output, Dense(2) does not
          [2]         | [{"layer":"Dropout","keep":0.5},{"layer":"Dense","units":2} | expected ']', got '}'
          """)
  void refusesDescriptionsOfOtherNetworks(String input, String layers, String rule)
      throws Exception {
    String description = "{\"input\":" + input + ",\"layers\":" + layers + "}";
    assertRefused(
        "metadata lanewise.network: " + rule, Map.of("lanewise.network", description), "dense_1");
  }

  @Test
  void refusesFilesOfOthers() throws Exception {
    assertRefused(
        "the metadata must describe a network under lanewise.network, got none",
        Map.of("format", "pt"),
        "dense_1");
    assertRefused(
        "metadata lanewise.network: expected an input and layers",
        Map.of("lanewise.network", "{\"input\":[2]}"),
        "dense_1");
    assertRefused(
        "metadata lanewise.network: parameter dense_1.weights must be a tensor of shape [2, 2], got"
            + " none",
        Map.of("lanewise.network", "{\"input\":[2],\"layers\":[" + DENSE + "]}"),
        "dense_9");
  }

  private void assertRefused(String rule, Map<String, String> metadata, String layer)
      throws IOException {
    Path file = folder.resolve("bad.safetensors");
    new Safetensors(
            metadata,
            List.of(
                new Tensor(layer + ".weights", Shape.of(2, 2), new float[4], 0),
                new Tensor(layer + ".bias", Shape.of(2), new float[2], 0)))
        .write(file);
    IOException e = assertThrows(IOException.class, () -> NetworkFile.load(file));
    assertEquals(file + ": " + rule, e.getMessage());
  }

  private record Identity() implements CustomLayer {
    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public void forward(
        int batch,
        Shape input,
        float[] x,
        int xOffset,
        float[] parameters,
        int parametersOffset,
        float[] y,
        int yOffset) {}

    @Override
    public void backward(
        int batch,
        Shape input,
        float[] x,
        int xOffset,
        float[] y,
        int yOffset,
        float[] parameters,
        int parametersOffset,
        float[] dOutput,
        int dOutputOffset,
        float[] dInput,
        int dInputOffset,
        float[] dParameters,
        int dParametersOffset) {}
  }
}
