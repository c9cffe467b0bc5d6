package lanewise.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import lanewise.layer.Add;
import lanewise.layer.BatchNorm;
import lanewise.layer.Conv2d;
import lanewise.layer.Dense;
import lanewise.layer.Dropout;
import lanewise.layer.Flatten;
import lanewise.layer.Initializer;
import lanewise.layer.Layer;
import lanewise.layer.MaxPool2d;
import lanewise.layer.ReLU;
import lanewise.layer.Softmax;
import lanewise.random.CounterRandom;
import lanewise.shape.Padding;
import lanewise.shape.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class NetworkTest {
  private static Network articleCnn() {
    Conv2d conv32 = new Conv2d(32, 3).padding(Padding.SAME);
    Conv2d conv64 = new Conv2d(64, 3).padding(Padding.SAME);
    return Network.sequence(
        Shape.of(28, 28, 1),
        42,
        conv32,
        new ReLU(),
        conv32,
        new ReLU(),
        new MaxPool2d(2),
        new Dropout(0.75f),
        conv64,
        new ReLU(),
        conv64,
        new ReLU(),
        new MaxPool2d(2),
        new Dropout(0.75f),
        new Flatten(),
        new Dense(256),
        new ReLU(),
        new Dense(32),
        new ReLU(),
        new Dense(10),
        new Softmax());
  }

  private static Network small() {
    return Network.sequence(
        Shape.of(6, 6, 1),
        5,
        new Conv2d(3, 3),
        new ReLU(),
        new Flatten(),
        new Dense(4),
        new Softmax());
  }

  @Test
  void summarizesTheArticlesNetwork() {
    assertEquals(
        """
        Layer                    Output shape  Parameters  Multiply-adds
        ----------------------------------------------------------------
        Input                    [28, 28, 1]
        Conv2d(32, 3x3, same)    [28, 28, 32]         320        225,792
        ReLU                     [28, 28, 32]
        Conv2d(32, 3x3, same)    [28, 28, 32]       9,248      7,225,344
        ReLU                     [28, 28, 32]
        MaxPool2d(2x2/2, valid)  [14, 14, 32]
        Dropout(keep 0.75)       [14, 14, 32]
        Conv2d(64, 3x3, same)    [14, 14, 64]      18,496      3,612,672
        ReLU                     [14, 14, 64]
        Conv2d(64, 3x3, same)    [14, 14, 64]      36,928      7,225,344
        ReLU                     [14, 14, 64]
        MaxPool2d(2x2/2, valid)  [7, 7, 64]
        Dropout(keep 0.75)       [7, 7, 64]
        Flatten                  [3136]
        Dense(256)               [256]            803,072        802,816
        ReLU                     [256]
        Dense(32)                [32]               8,224          8,192
        ReLU                     [32]
        Dense(10)                [10]                 330            320
        Softmax                  [10]
        ----------------------------------------------------------------
        Total                                     876,618     19,100,480
        """,
        articleCnn().summary());
  }

  private static Network branching() {
    return Network.graph(
        Shape.of(4, 4, 2),
        1,
        image -> {
          Conv2d conv = new Conv2d(2, 3).padding(Padding.SAME);
          Value x = image.then(conv, new ReLU(), conv).plus(image);
          return x.concat(x.then(conv)).then(new Flatten(), new Dense(3));
        });
  }

  @Test
  void summarizesBranches() {
    assertEquals(
        """
           Layer                 Reads  Output shape  Parameters  Multiply-adds
        -----------------------------------------------------------------------
        0  Input                        [4, 4, 2]
        1  Conv2d(2, 3x3, same)         [4, 4, 2]             38            576
        2  ReLU                         [4, 4, 2]
        3  Conv2d(2, 3x3, same)         [4, 4, 2]             38            576
        4  Add                   3, 0   [4, 4, 2]
        5  Conv2d(2, 3x3, same)         [4, 4, 2]             38            576
        6  Concat                4, 5   [4, 4, 4]
        7  Flatten                      [64]
        8  Dense(3)                     [3]                  195            192
        -----------------------------------------------------------------------
           Total                                             309          1,920
        """,
        branching().summary());
  }

  @Test
  void tellsHowLayersAreJoined() {
    Network network = branching();
    assertEquals(List.of(3, 0), network.nodes().get(3).inputs());
    assertEquals(Shape.of(4, 4, 2), network.nodes().get(3).inputShape());
    assertEquals(
        List.of("conv2d_1", "conv2d_2", "conv2d_3", "dense_1"),
        network.parameterList().stream()
            .map(p -> p.name().replaceAll("\\..*", ""))
            .distinct()
            .toList());
  }

  @Test
  void predictsBranchesAlikeForAnyNumberOfSamples() {
    Network network = branching();
    float[] input = noise(7 * 32);
    float[] all = network.predict(input, 7);
    float[] one = network.predict(Arrays.copyOfRange(input, 6 * 32, 7 * 32), 1);
    assertArrayEquals(Arrays.copyOfRange(all, 18, 21), one);
  }

  @Test
  void namesBadGraphs() {
    Shape shape = Shape.of(4);
    assertMessage(
        "Network: layer 2: Add: all inputs must have one shape, got [4] and [3]",
        () -> Network.graph(shape, 1, x -> x.plus(x.then(new Dense(3)))));
    assertMessage(
        "Network: layer 1: Add: there must be at least two inputs, got 1",
        () -> network(shape, new Add()));
    assertMessage(
        "Network: layer 1: ReLU: there must be one input, got 2",
        () -> Network.graph(shape, 1, x -> Value.join(new ReLU(), List.of(x, x))));
    assertMessage(
        "Network: ReLU must read a value, got none",
        () -> Network.graph(shape, 1, x -> Value.join(new ReLU(), List.of())));
    assertMessage(
        "Network: layer 2: every layer must lead to the output, ReLU does not",
        () ->
            Network.graph(
                shape,
                1,
                x -> {
                  Value y = x.then(new Dense(3));
                  y.then(new ReLU());
                  return y.then(new Dense(2));
                }));
    assertMessage(
        "Network: layer 1: every layer must lead to the output, ReLU does not",
        () ->
            Network.graph(
                shape,
                1,
                x -> {
                  x.then(new ReLU());
                  return x;
                }));
    assertMessage(
        "Network: all values must be of one network",
        () ->
            Network.graph(
                shape,
                1,
                x -> {
                  Network.graph(shape, 1, y -> y.plus(x));
                  return x;
                }));
    assertThrows(
        IllegalStateException.class,
        () -> Network.graph(shape, 1, x -> x.then(new ReLU()).plus(x)).withoutLastLayer());
  }

  @Test
  void namesAndPlacesParameters() {
    Network network = articleCnn();
    assertEquals(876_618, network.parameterCount());
    assertEquals(
        List.of(
            "conv2d_1.filter",
            "conv2d_1.bias",
            "conv2d_2.filter",
            "conv2d_2.bias",
            "conv2d_3.filter",
            "conv2d_3.bias",
            "conv2d_4.filter",
            "conv2d_4.bias",
            "dense_1.weights",
            "dense_1.bias",
            "dense_2.weights",
            "dense_2.bias",
            "dense_3.weights",
            "dense_3.bias"),
        network.parameterList().stream().map(Parameter::name).toList());
    int offset = 0;
    for (Parameter p : network.parameterList()) {
      assertEquals(offset, p.offset());
      offset += p.size();
    }
    assertEquals(network.parameterCount(), offset);
    assertEquals(Shape.of(3, 3, 32, 64), network.parameterList().get(4).shape());
    assertEquals(Shape.of(10), network.outputShape());
  }

  @Test
  void drawsParametersFromTheSeed() {
    assertEquals(small().weightsSha256(), small().weightsSha256());
    Network other = Network.sequence(Shape.of(36), 6, new Dense(4));
    assertNotEquals(
        Network.sequence(Shape.of(36), 5, new Dense(4)).weightsSha256(), other.weightsSha256());
    float[] expected = new float[36 * 4];
    Initializer.HE.fill(Shape.of(36, 4), 36, 4, CounterRandom.key(6, 0), expected, 0);
    assertArrayEquals(expected, Arrays.copyOf(other.parameters(), expected.length));
  }

  @Test
  void digestsLittleEndianFloats() {
    Network network =
        Network.sequence(Shape.of(1), 1, new Dense(1)).withParameters(new float[] {1, -2});
    // printf '\0\0\200\077\0\0\0\300' | sha256sum
    assertEquals(
        "ee4ac73c2bd27756ab82780f27c73a7bc4d3f0bb6acb37e008bc27eccd7e588b",
        network.weightsSha256());
  }

  @Test
  void copiesGivenParameters() {
    Network network = small();
    float[] values = network.parameters().clone();
    Network copy = network.withParameters(values);
    values[0]++;
    assertEquals(network.weightsSha256(), copy.weightsSha256());
    copy.parameters()[0]++;
    assertNotEquals(network.weightsSha256(), copy.weightsSha256());
    assertMessage(
        "Network: the number of parameters must be 226, got 3",
        () -> small().withParameters(new float[3]));
  }

  @Test
  void countsMultiplyAddsWhereverTheyStand() {
    Network network =
        Network.graph(
            Shape.of(4, 4, 1),
            1,
            image -> {
              // 16 · 9 · 2 = 288, read by 16 · 2 · 2 = 64 and, pooled away, by 32 · 3 = 96.
              var first = image.then(new Conv2d(2, 3).padding(Padding.SAME));
              return first.then(new Conv2d(2, 1)).plus(first).then(new Flatten(), new Dense(3));
            });
    assertEquals(288 + 64 + 96, network.multiplyAdds());
    assertEquals(2 * 288 + 3 * 64 + 3 * 96, network.trainingMultiplyAdds());
    Network plain = Network.sequence(Shape.of(7), 1, new ReLU(), new Dense(3), new Dense(2));
    assertEquals(2 * 21 + 3 * 6, plain.trainingMultiplyAdds());
  }

  @Test
  void withoutLastLayerSharesParameters() {
    Network network = small();
    Network logits = network.withoutLastLayer();
    assertSame(network.parameters(), logits.parameters());
    assertEquals(4, logits.layers().size());
    assertThrows(IllegalStateException.class, logits::withoutLastLayer);
  }

  @Test
  void predictsAnyNumberOfSamplesAlike() {
    Network network = articleCnn();
    float[] input = noise(75 * 784);
    float[] all = network.predict(input, 75);
    for (int sample : new int[] {0, 1, 63, 64, 74}) {
      float[] one = network.predict(Arrays.copyOfRange(input, sample * 784, (sample + 1) * 784), 1);
      assertArrayEquals(Arrays.copyOfRange(all, sample * 10, sample * 10 + 10), one);
    }
    assertEquals(0, network.predict(input, 0).length);
  }

  @Test
  void frozenPredictorsGiveTheSameBitsAndSeeNoLaterChange() {
    Shape image = Shape.of(8, 8, 32);
    Network network =
        Network.sequence(
            image,
            7,
            new Conv2d(32, 3).padding(Padding.SAME),
            new ReLU(),
            new Conv2d(16, 3).stride(2),
            new BatchNorm(),
            new ReLU(),
            new Flatten(),
            new Dense(10));
    int samples = 13;
    float[] input = new float[samples * image.size()];
    for (int i = 0; i < input.length; i++) {
      input[i] = (i * 37 % 101) / 101f - 0.5f;
    }
    float[] expected = new float[samples * 10];
    float[] actual = new float[samples * 10];
    network.predictor(8).predict(input, 0, samples, expected, 0);
    Predictor frozen = network.predictor(8).freeze();
    frozen.predict(input, 0, samples, actual, 0);
    assertArrayEquals(expected, actual);
    int end = network.parameterCount() - 10;
    Arrays.fill(network.parameters(), end - 3 * 3 * 16 * 10, end, 0.25f);
    Arrays.fill(actual, 0);
    frozen.predict(input, 0, 8, actual, 0);
    assertArrayEquals(Arrays.copyOf(expected, 8 * 10), Arrays.copyOf(actual, 8 * 10));
  }

  @Test
  void predictsForManyThreadsAtOnce() {
    Network network = small();
    float[] input = noise(10 * 36);
    float[] expected = network.predict(input, 10);
    long wrong =
        IntStream.range(0, 200)
            .parallel()
            .filter(i -> !Arrays.equals(expected, network.predict(input, 10)))
            .count();
    assertEquals(0, wrong);
  }

  /** Layers that work in place must not do so in what the caller lent. */
  @Test
  void predictorReadsTheCallersSamplesAndChangesNone() {
    for (Layer first : List.of(new ReLU(), new Softmax(), new BatchNorm(), new Flatten())) {
      Network network = Network.sequence(Shape.of(7), 1, first, new ReLU());
      float[] input = noise(5 * 7);
      float[] lent = input.clone();
      Predictor predictor = network.predictor(2);
      float[] output = new float[5 * 7];
      predictor.predict(lent, 0, 5, output, 0);
      assertArrayEquals(input, lent, first::toString);
      // The next call has another array, and none is written to in the one before.
      float[] other = new float[5 * 7];
      predictor.predict(other, 0, 5, new float[5 * 7], 0);
      assertArrayEquals(input, lent, first::toString);
      predictor.predict(input, 0, 5, other, 0);
      assertArrayEquals(output, other, first::toString);
    }
  }

  @Test
  void predictorReadsAndWritesAtOffsets() {
    Network network = small();
    float[] input = noise(5 * 36);
    float[] output = new float[5 * 4 + 2];
    Arrays.fill(output, Float.NaN);
    network.predictor(2).predict(input, 36, 3, output, 1);
    assertArrayEquals(
        network.predict(Arrays.copyOfRange(input, 36, 4 * 36), 3),
        Arrays.copyOfRange(output, 1, 13));
    assertEquals(Float.NaN, output[0]);
    assertEquals(Float.NaN, output[13]);
    IndexOutOfBoundsException thrown =
        assertThrows(
            IndexOutOfBoundsException.class,
            () -> network.predictor(2).predict(input, 1, 5, output, 0));
    assertEquals(
        "Predictor: input must hold 5 samples of 36 floats from offset 1, got 180 floats",
        thrown.getMessage());
  }

  @Test
  void namesTheLayerThatDoesNotFit() {
    assertMessage(
        "Network: layer 2: Conv2d: input must be [height, width, channels], got [10]",
        () -> network(Shape.of(4), new Dense(10), new Conv2d(3, 3)));
    assertMessage(
        "Network: layer 1: Dense: input must be [features], got [4, 4, 1]; put Flatten before it",
        () -> network(Shape.of(4, 4, 1), new Dense(10)));
    assertMessage(
        "Network: layer 1: Convolution: the dilated kernel's height must be at most the padded"
            + " input's 4, got 5",
        () -> network(Shape.of(4, 4, 1), new Conv2d(3, 5)));
    assertMessage(
        "Network: there must be at least one layer, got none", () -> network(Shape.of(4)));
  }

  private static Network network(Shape input, Layer... layers) {
    return Network.sequence(input, 1, layers);
  }

  private static void assertMessage(String message, Executable run) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, run).getMessage());
  }

  private static float[] noise(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = CounterRandom.uniform(8, i);
    }
    return values;
  }
}
