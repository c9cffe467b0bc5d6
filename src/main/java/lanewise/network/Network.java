package lanewise.network;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import lanewise.kernel.VectorModule;
import lanewise.layer.Layer;
import lanewise.shape.Shape;

/**
 * A graph of layers with inferred shapes, and the parameters of all of them in one flat array. The
 * graph never changes; training writes the parameters.
 *
 * <pre>{@code
 * Network network = Network.sequence(Shape.of(28, 28, 1), 42,
 *     new Conv2d(32, 3), new ReLU(), new MaxPool2d(2), new Flatten(), new Dense(10), new Softmax());
 * float[] probabilities = network.predict(image, 1);
 * }</pre>
 */
public final class Network {
  /** Enough to keep the kernels busy; fewer samples than that use a smaller plan. */
  private static final int PREDICT_BATCH = 64;

  private final Shape inputShape;
  private final List<Node> nodes;
  private final List<Parameter> parameterList;
  private final float[] parameters; // [parameterCount]
  private final List<Parameter> stateList;
  private final float[] state;
  private final ConcurrentLinkedQueue<Predictor> predictors = new ConcurrentLinkedQueue<>();

  Network(
      Shape inputShape,
      List<Node> nodes,
      List<Parameter> parameterList,
      float[] parameters,
      List<Parameter> stateList,
      float[] state) {
    VectorModule.require();
    this.inputShape = inputShape;
    this.nodes = List.copyOf(nodes);
    this.parameterList = List.copyOf(parameterList);
    this.parameters = parameters;
    this.stateList = List.copyOf(stateList);
    this.state = state;
  }

  /**
   * A network that applies the layers one after the other.
   *
   * @param inputShape of one sample
   * @param seed of the parameters' first values: parameter {@code i} draws from the stream {@code
   *     (seed, i)}
   * @throws IllegalArgumentException if there is no layer, or a layer cannot read what the one
   *     before it puts out; the message names the layer by its number from 1
   */
  public static Network sequence(Shape inputShape, long seed, Layer... layers) {
    return graph(inputShape, seed, input -> input.then(layers));
  }

  /**
   * A network whose layers branch and join.
   *
   * <pre>{@code
   * Network.graph(Shape.of(32, 32, 3), 42, image -> {
   *   Value x = image.then(new Conv2d(16, 3).padding(Padding.SAME), new ReLU());
   *   Value branch = x.then(new Conv2d(16, 3).padding(Padding.SAME), new ReLU());
   *   return branch.plus(x).then(new GlobalAveragePool(), new Dense(10), new Softmax());
   * });
   * }</pre>
   *
   * @param inputShape of one sample
   * @param seed of the parameters' first values, as in {@link #sequence}
   * @param layers from the network's input to its output
   * @throws IllegalArgumentException if there is no layer, one cannot read its inputs, or one does
   *     not lead to the output; the message names it by its number from 1
   */
  public static Network graph(Shape inputShape, long seed, UnaryOperator<Value> layers) {
    GraphBuilder graph = new GraphBuilder(inputShape);
    return graph.build(layers.apply(graph.input()), seed);
  }

  /** The shape of one input sample. */
  public Shape inputShape() {
    return inputShape;
  }

  /** The shape of one output sample. */
  public Shape outputShape() {
    return nodes.getLast().outputShape();
  }

  /** The layers, each after those that it reads from. */
  public List<Layer> layers() {
    return nodes.stream().map(Node::layer).toList();
  }

  /** The layers at their places in the graph, in the same order. */
  public List<Node> nodes() {
    return nodes;
  }

  /** The parameters' values themselves, not a copy. */
  public float[] parameters() {
    return parameters;
  }

  /** The number of elements of all parameters. */
  public int parameterCount() {
    return parameters.length;
  }

  /** What stands where in {@link #parameters}. */
  public List<Parameter> parameterList() {
    return parameterList;
  }

  /**
   * What layers remember beside their parameters, such as the running statistics of {@link
   * lanewise.layer.BatchNorm}: the values themselves, not a copy. Training writes it; it has no
   * gradient.
   */
  public float[] state() {
    return state;
  }

  /** What stands where in {@link #state}. */
  public List<Parameter> stateList() {
    return stateList;
  }

  /**
   * A network of the same graph with parameters of its own, and a copy of this one's state.
   *
   * @param values {@code [parameterCount]}; copied
   * @throws IllegalArgumentException if their number differs from {@link #parameterCount}
   */
  public Network withParameters(float[] values) {
    if (values.length != parameters.length) {
      throw new IllegalArgumentException(
          "Network: the number of parameters must be "
              + parameters.length
              + ", got "
              + values.length);
    }
    return new Network(inputShape, nodes, parameterList, values.clone(), stateList, state.clone());
  }

  /**
   * This network without its last layer, on the same parameters and state: what one changes the
   * other sees.
   *
   * @throws IllegalStateException if that layer has parameters, joins several values or is the only
   *     one
   */
  public Network withoutLastLayer() {
    Node last = nodes.getLast();
    if (nodes.size() == 1
        || last.parametersSize() > 0
        || !last.inputs().equals(List.of(nodes.size() - 1))) {
      throw new IllegalStateException(
          "Network: only a last layer without parameters after another one can be left out, got "
              + last.layer());
    }
    List<Node> rest = nodes.subList(0, nodes.size() - 1);
    return new Network(inputShape, rest, parameterList, parameters, stateList, state);
  }

  /** The multiply-adds that one sample's prediction takes in matrix products and convolutions. */
  public long multiplyAdds() {
    return nodes.stream().mapToLong(Node::multiplyAdds).sum();
  }

  /**
   * The multiply-adds that one sample takes in a training step: forward, as much again for the
   * gradient of a layer's parameters, and as much for that of its input, if there are parameters
   * before it.
   */
  public long trainingMultiplyAdds() {
    boolean[] learned = new boolean[nodes.size() + 1]; // whether a value has parameters before it
    long sum = 0;
    for (int i = 1; i < learned.length; i++) {
      Node node = nodes.get(i - 1);
      boolean before = node.inputs().stream().anyMatch(input -> learned[input]);
      boolean own = node.parametersSize() > 0;
      learned[i] = before || own;
      sum += node.multiplyAdds() * (1 + (own ? 1 : 0) + (before ? 1 : 0));
    }
    return sum;
  }

  /**
   * A table of the layers: output shape, parameters and multiply-adds of one sample, with their
   * totals.
   */
  public String summary() {
    return Summary.of(this);
  }

  /** The SHA-256 of the parameters, then the state, as little-endian floats, in hexadecimal. */
  public String weightsSha256() {
    MessageDigest digest = sha256();
    update(digest, parameters);
    update(digest, state);
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void update(MessageDigest digest, float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      if (!bytes.hasRemaining()) {
        digest.update(bytes.flip());
        bytes.clear();
      }
      bytes.putFloat(value);
    }
    digest.update(bytes.flip());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /**
   * A plan for training.
   *
   * @param batch samples in one step
   * @param seed of dropout
   * @throws IllegalArgumentException if {@code batch} is below 1, the batch needs more memory than
   *     one array can hold, or there is nothing to train
   */
  public TrainingPlan trainingPlan(int batch, long seed) {
    return new TrainingPlan(this, batch, seed, new float[parameters.length]);
  }

  /**
   * A predictor, for one caller at a time.
   *
   * @param batch the largest number of samples that it computes at once
   */
  public Predictor predictor(int batch) {
    return new Predictor(this, batch);
  }

  /**
   * The outputs for some samples. Any number of threads may call at once.
   *
   * @param input {@code [samples, inputShape]}
   * @return {@code [samples, outputShape]}
   */
  public float[] predict(float[] input, int samples) {
    Predictor cached = predictors.poll();
    Predictor predictor = cached == null ? predictor(PREDICT_BATCH) : cached;
    float[] output = new float[Math.multiplyExact(samples, outputShape().size())];
    predictor.predict(input, 0, samples, output, 0);
    predictors.add(predictor);
    return output;
  }
}
