package lanewise.network;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lanewise.kernel.Activations;
import lanewise.kernel.Convolution;
import lanewise.kernel.Epilogue;
import lanewise.layer.Add;
import lanewise.layer.AveragePool2d;
import lanewise.layer.BatchNorm;
import lanewise.layer.Concat;
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
import lanewise.layer.Layer;
import lanewise.layer.LeakyReLU;
import lanewise.layer.MaxPool2d;
import lanewise.layer.PadChannels;
import lanewise.layer.ReLU;
import lanewise.layer.ReLU6;
import lanewise.layer.SiLU;
import lanewise.layer.Sigmoid;
import lanewise.layer.Softmax;
import lanewise.layer.Tanh;
import lanewise.random.CounterRandom;
import lanewise.shape.ConvolutionShape;
import lanewise.shape.PoolingShape;
import lanewise.shape.Shape;

/**
 * Compiles a network to a {@link Plan}: picks the ops, fuses activations, batch normalizations and
 * sums into the op before them where nobody else reads what lies between, lets ops work in place
 * where nobody needs what they write over, leaves out gradients that lead to no parameter, and lays
 * the buffers out in one arena.
 *
 * <p>Each node that reads a value has a share in the value's gradient, a buffer of its own that it
 * writes; a {@link ForkOp} adds them up before the node that puts the value out.
 *
 * <p>Time for the arena: the forward op of number {@code t} runs at {@code t}, that of the backward
 * list, which is run from its end, at {@code 4 · nodes − t}.
 */
final class Planner {
  private final Network network;
  private final List<Node> nodes;
  private final int batch;
  private final boolean training;
  private final long seed;
  private final float[] gradients; // [parameterCount], or empty

  private final int[] readers; // of each value: how many nodes read it
  private final Buffer[] values;
  private final Buffer[] dValues;
  private final List<Queue<Buffer>> shares; // in each value's gradient, of readers yet to come
  private final boolean[] differentiated; // whether a value's gradient leads to a parameter
  private final List<Buffer> buffers = new ArrayList<>();
  private final List<Op> forward = new ArrayList<>();
  private final List<Op> backward = new ArrayList<>();

  private Planner(Network network, int batch, boolean training, long seed, float[] gradients) {
    if (batch < 1) {
      throw new IllegalArgumentException("Plan: batch must be at least 1, got " + batch);
    }
    this.network = network;
    this.nodes = network.nodes();
    this.batch = batch;
    this.training = training;
    this.seed = seed;
    this.gradients = gradients;
    int count = nodes.size() + 1;
    readers = new int[count];
    nodes.forEach(node -> node.inputs().forEach(value -> readers[value]++));
    values = new Buffer[count];
    dValues = new Buffer[count];
    Arrays.fill(dValues, Buffer.NONE);
    shares = Stream.<Queue<Buffer>>generate(ArrayDeque::new).limit(count).toList();
    differentiated = new boolean[count];
  }

  static Plan inference(Network network, int batch) {
    return new Planner(network, batch, false, 0, new float[0]).plan();
  }

  static Plan training(Network network, int batch, long seed, float[] gradients) {
    if (network.parameterCount() == 0) {
      throw new IllegalArgumentException(
          "Plan: the network must have parameters to train, got none");
    }
    return new Planner(network, batch, true, seed, gradients).plan();
  }

  private Plan plan() {
    Buffer input = unplaced(network.inputShape());
    input.pinned = true;
    if (training) {
      input.placeAlone();
    }
    define(0, input, Buffer.NONE);
    int value = 1;
    while (value < values.length) {
      value = lower(value) + 1;
    }
    Buffer output = values[values.length - 1];
    Buffer dOutput = dValues[values.length - 1];
    output.placeAlone();
    dOutput.placeAlone();
    int arenaSize = Arena.place(buffers, batch);
    return new Plan(
        List.copyOf(forward), List.copyOf(backward.reversed()), input, output, dOutput, arenaSize);
  }

  /**
   * Adds the ops that compute {@code value}, and returns the last value computed, a later one if
   * nodes were fused.
   */
  private int lower(int value) {
    Node node = nodes.get(value - 1);
    differentiated[value] = isDifferentiated(node);
    return switch (node.layer()) {
      case Dense dense -> dense(dense, node, value);
      case Conv2d conv -> conv2d(conv, node, value);
      case DepthwiseConv2d depthwise ->
          conv2d(depthwise.convolution(node.inputShape().size(2)), node, value);
      case BatchNorm norm -> batchNorm(norm, node, value);
      case MaxPool2d pool -> maxPool(pool, node, value);
      case AveragePool2d pool -> averagePool(pool, node, value);
      case GlobalAveragePool _ -> globalAveragePool(node, value);
      case Flatten _ -> alias(node, value);
      case Dropout dropout -> dropout(dropout, node, value);
      case ReLU _ -> activation(node, value, Activations::relu, Activations::reluBackward);
      case LeakyReLU(float slope) -> leakyRelu(slope, node, value);
      case ReLU6 _ -> activation(node, value, Activations::relu6, Activations::relu6Backward);
      case ELU(float alpha) -> elu(alpha, node, value);
      case Hardswish _ ->
          activationOfInput(node, value, Activations::hardswish, Activations::hardswishBackward);
      case SiLU _ -> activationOfInput(node, value, Activations::silu, Activations::siluBackward);
      case GELU _ -> activationOfInput(node, value, Activations::gelu, Activations::geluBackward);
      case Sigmoid _ -> activation(node, value, Activations::sigmoid, Activations::sigmoidBackward);
      case Tanh _ -> activation(node, value, Activations::tanh, Activations::tanhBackward);
      case Softmax _ -> softmax(node, value);
      case Add _ -> sum(node, value);
      case Concat _ -> concat(node, value);
      case PadChannels pad -> padChannels(pad, node, value);
      case CustomLayer custom -> custom(custom, node, value);
    };
  }

  private boolean isDifferentiated(Node node) {
    return training
        && (node.parametersSize() > 0
            || node.inputs().stream().anyMatch(input -> differentiated[input]));
  }

  private int dense(Dense dense, Node node, int value) {
    int features = node.inputShape().size();
    Epilogue bias =
        Epilogue.bias(network.parameters(), node.parametersOffset() + features * dense.units());
    int fused = fusedActivation(value);
    Ports ports = ports(node, fused);
    add(
        new DenseOp(
            batch, dense.units(), features, epilogue(bias, value, fused), weights(node), ports),
        ports,
        fused);
    return fused;
  }

  private int conv2d(Conv2d conv, Node node, int value) {
    ConvolutionShape shape = conv.shape(batch, node.inputShape());
    int norm = training ? value : fused(value, BatchNorm.class::isInstance);
    if (norm > value) {
      return normalizedConv2d(shape, conv.biased(), node, norm);
    }
    Epilogue bias =
        conv.biased()
            ? Epilogue.bias(network.parameters(), node.parametersOffset() + shape.filterSize())
            : Epilogue.NONE;
    int sum = fusedSum(node, value);
    int fused = fusedActivation(sum);
    Epilogue epilogue = epilogue(sum > value ? bias.plusOutput() : bias, sum, fused);
    int pool = sum > value ? fused : fused(fused, MaxPool2d.class::isInstance);
    if (pool > fused) {
      return pooledConv2d(shape, epilogue, node, pool);
    }
    Ports ports = ports(node, value, sum, fused);
    add(new Conv2dOp(shape, epilogue, weights(node), ports), ports, fused);
    return fused;
  }

  /** A convolution, its activation and the pooling that computes {@code value}. */
  private int pooledConv2d(ConvolutionShape shape, Epilogue epilogue, Node node, int value) {
    Node pool = nodes.get(value - 1);
    PoolingShape pooling = ((MaxPool2d) pool.layer()).shape(batch, pool.inputShape());
    Ports ports = ports(node, value, pool.outputShape());
    Buffer convolved = Buffer.NONE;
    if (!Convolution.pools(shape, pooling)) {
      convolved = newBuffer(pool.inputShape());
      use(convolved, forward.size());
    }
    Buffer dConvolved = Buffer.NONE;
    boolean differentiates = ports.dOutput() != Buffer.NONE;
    if (differentiates
        && (ports.dInput() != Buffer.NONE || !Convolution.takesMaxima(shape, pooling))) {
      dConvolved = newBuffer(pool.inputShape());
      use(dConvolved, nextBackwardTime());
    }
    add(
        new PooledConv2dOp(
            shape, pooling, training, epilogue, weights(node), ports, convolved, dConvolved),
        ports,
        value);
    return value;
  }

  private int normalizedConv2d(ConvolutionShape shape, boolean biased, Node node, int norm) {
    float[] bias = new float[shape.outChannels()];
    Buffer filter = new Buffer(shape.filterSize());
    buffers.add(filter);
    use(filter, forward.size());
    int sum = fusedSum(node, norm);
    int fused = fusedActivation(sum);
    Ports ports = ports(node, norm, sum, fused);
    Epilogue shift = Epilogue.bias(bias, 0);
    Op op =
        new NormalizedConv2dOp(
            shape,
            biased,
            weights(node),
            runningNorm(nodes.get(norm - 1)),
            filter,
            bias,
            epilogue(sum > norm ? shift.plusOutput() : shift, sum, fused),
            ports);
    add(op, ports, fused);
    return fused;
  }

  /**
   * The value after the sum of {@code value}, the output of the convolution {@code node}, and
   * another, if the convolution can add itself to that where it stands, or {@code value}. Only
   * without a backward pass.
   */
  private int fusedSum(Node node, int value) {
    if (training) {
      return value;
    }
    int sum = fused(value, next -> next instanceof Add);
    if (sum == value || nodes.get(value).inputs().size() != 2) {
      return value;
    }
    Buffer other = values[other(sum, value)];
    return values[node.inputs().getFirst()] != other && diesWith(other, sum) ? sum : value;
  }

  /** The input of a sum of two that is not {@code value}. */
  private int other(int sum, int value) {
    List<Integer> inputs = nodes.get(sum - 1).inputs();
    return inputs.getFirst() == value ? inputs.getLast() : inputs.getFirst();
  }

  /** Whether nobody reads what stands in a buffer after {@code node} did, nor the caller. */
  private boolean diesWith(Buffer buffer, int node) {
    return buffer != values[0]
        && IntStream.range(node, nodes.size())
            .mapToObj(nodes::get)
            .flatMap(later -> later.inputs().stream())
            .noneMatch(input -> values[input] == buffer);
  }

  /**
   * Ports for {@code value} and what is fused to it up to {@code fused}; onto the other input of
   * {@code sum}, if that is among it.
   */
  private Ports ports(Node node, int value, int sum, int fused) {
    if (sum == value) {
      return ports(node, fused);
    }
    int other = other(sum, value);
    return new Ports(
        List.of(values[node.inputs().getFirst()], values[other]),
        values[other],
        Buffer.NONE,
        List.of());
  }

  /**
   * The value after an activation that can run in the epilogue of the product that computes {@code
   * value}, or itself.
   */
  private int fusedActivation(int value) {
    return fused(
        value, next -> next instanceof ReLU || next instanceof ReLU6 || next instanceof LeakyReLU);
  }

  /** As {@link #fusedActivation}, of those that only bound the value. */
  private int fusedBounds(int value) {
    return fused(value, next -> next instanceof ReLU || next instanceof ReLU6);
  }

  /** The value after the next node, if it alone reads {@code value} and may join, or itself. */
  private int fused(int value, Predicate<Layer> joins) {
    if (readers[value] != 1 || value == nodes.size()) {
      return value;
    }
    Node next = nodes.get(value);
    if (!joins.test(next.layer()) || !next.inputs().contains(value)) {
      return value;
    }
    differentiated[value + 1] = differentiated[value];
    return value + 1;
  }

  /** {@code first}, then the activation fused to {@code value}, if there is one. */
  private Epilogue epilogue(Epilogue first, int value, int fused) {
    if (fused == value) {
      return first;
    }
    return switch (nodes.get(fused - 1).layer()) {
      case LeakyReLU(float slope) -> first.leakyRelu(slope);
      case ReLU6 _ -> first.relu6();
      default -> first.relu();
    };
  }

  private int batchNorm(BatchNorm norm, Node node, int value) {
    if (nodes.stream().anyMatch(sum -> fusedNorm(sum) == value)) {
      return value; // planned with the sum
    }
    int fused = fusedBounds(value);
    Epilogue activation = epilogue(Epilogue.NONE, value, fused);
    Ports ports = portsKeepingInput(node);
    Op op =
        training
            ? batchNormOp(norm, node, activation, ports)
            : new RunningNormOp(runningNorm(node), activation, ports);
    add(op, ports, fused);
    return fused;
  }

  private BatchNormOp batchNormOp(BatchNorm norm, Node node, Epilogue activation, Ports ports) {
    return new BatchNormOp(
        channels(node),
        norm,
        activation,
        weights(node),
        network.state(),
        node.stateOffset(),
        ports);
  }

  private RunningNorm runningNorm(Node node) {
    return new RunningNorm(
        ((BatchNorm) node.layer()).epsilon(),
        weights(node),
        network.state(),
        node.stateOffset(),
        new float[channels(node)]);
  }

  private static int channels(Node node) {
    Shape shape = node.outputShape();
    return shape.size(shape.rank() - 1);
  }

  private int maxPool(MaxPool2d pool, Node node, int value) {
    Ports ports = ports(node, value);
    PoolingShape shape = pool.shape(batch, node.inputShape());
    add(new MaxPoolOp(shape, training, ports), ports, value);
    return value;
  }

  private int averagePool(AveragePool2d pool, Node node, int value) {
    Ports ports = ports(node, value);
    PoolingShape shape = pool.shape(batch, node.inputShape());
    add(new AveragePoolOp(shape, pool.countPadding(), ports), ports, value);
    return value;
  }

  private int globalAveragePool(Node node, int value) {
    Ports ports = ports(node, value);
    int channels = node.outputShape().size();
    add(
        new GlobalAveragePoolOp(batch, node.inputShape().size() / channels, channels, ports),
        ports,
        value);
    return value;
  }

  private int padChannels(PadChannels pad, Node node, int value) {
    Ports ports = ports(node, value);
    Shape shape = node.outputShape();
    add(new PadChannelsOp(shape.size(shape.rank() - 1), pad.before(), ports), ports, value);
    return value;
  }

  private int alias(Node node, int value) {
    int input = node.inputs().getFirst();
    define(value, values[input], share(input));
    return value;
  }

  private int dropout(Dropout dropout, Node node, int value) {
    if (!training) {
      return alias(node, value);
    }
    Ports ports = portsInPlace(node);
    long layerKey = CounterRandom.key(seed, value);
    add(new DropoutOp(dropout.keep(), layerKey, ports), ports, value);
    return value;
  }

  private int activation(
      Node node, int value, ActivationOp.Function function, ActivationOp.Derivative derivative) {
    Ports ports = portsInPlace(node);
    add(new ActivationOp(function, derivative, false, ports), ports, value);
    return value;
  }

  private int activationOfInput(
      Node node, int value, ActivationOp.Function function, ActivationOp.Derivative derivative) {
    Ports ports = portsKeepingInput(node);
    add(new ActivationOp(function, derivative, true, ports), ports, value);
    return value;
  }

  private int elu(float alpha, Node node, int value) {
    return activation(
        node,
        value,
        (n, x, xOffset, y, yOffset) -> Activations.elu(n, alpha, x, xOffset, y, yOffset),
        (n, y, yOffset, dOutput, dOutputOffset, dInput, dInputOffset) ->
            Activations.eluBackward(
                n, alpha, y, yOffset, dOutput, dOutputOffset, dInput, dInputOffset));
  }

  private int leakyRelu(float slope, Node node, int value) {
    return activation(
        node,
        value,
        (n, x, xOffset, y, yOffset) -> Activations.leakyRelu(n, slope, x, xOffset, y, yOffset),
        (n, y, yOffset, dOutput, dOutputOffset, dInput, dInputOffset) ->
            Activations.leakyReluBackward(
                n, slope, y, yOffset, dOutput, dOutputOffset, dInput, dInputOffset));
  }

  private int softmax(Node node, int value) {
    Ports ports = portsInPlace(node);
    Shape shape = node.outputShape();
    add(new SoftmaxOp(shape.size(shape.rank() - 1), ports), ports, value);
    return value;
  }

  private int sum(Node node, int value) {
    int norm = fusedNorm(node);
    if (norm > 0) {
      return normAndSum(norm, node, value);
    }
    int fused = fusedBounds(value);
    Ports ports = portsInPlace(node);
    add(new AddOp(epilogue(Epilogue.NONE, value, fused), ports), ports, fused);
    return fused;
  }

  /**
   * The value of the batch normalization that is planned with {@code sum}, in training: the last of
   * its two inputs that is one and that nobody else reads. 0 if there is none.
   */
  private int fusedNorm(Node sum) {
    if (!training || !(sum.layer() instanceof Add) || sum.inputs().size() != 2) {
      return 0;
    }
    return sum.inputs().stream()
        .filter(input -> input > 0 && readers[input] == 1)
        .filter(input -> nodes.get(input - 1).layer() instanceof BatchNorm)
        .reduce(0, Math::max);
  }

  private int normAndSum(int norm, Node sum, int value) {
    Node node = nodes.get(norm - 1);
    int input = node.inputs().getFirst();
    int other = sum.inputs().getFirst() == norm ? sum.inputs().getLast() : sum.inputs().getFirst();
    Buffer dInput = share(input);
    Buffer dOther = share(other);
    Buffer dOutput = oneOf(List.of(dOther, dInput), sum.outputShape());
    Ports ports =
        new Ports(
            List.of(values[input], values[other]),
            newBuffer(sum.outputShape()),
            dOutput,
            List.of(dInput, dOther));
    int fused = fusedBounds(value);
    Epilogue activation = epilogue(Epilogue.NONE, value, fused);
    add(batchNormOp((BatchNorm) node.layer(), node, activation, ports), ports, fused);
    return fused;
  }

  private int concat(Node node, int value) {
    Ports ports = ports(node, value);
    Shape shape = node.outputShape();
    add(new ConcatOp(shape.size(shape.rank() - 1), ports), ports, value);
    return value;
  }

  private int custom(CustomLayer layer, Node node, int value) {
    Ports p = ports(node, value);
    Buffer dInput = p.dInput();
    if (differentiated[value] && dInput == Buffer.NONE) {
      dInput = newBuffer(node.inputShape()); // A user's layer always gets room to write to.
    }
    Ports ports = new Ports(p.inputs(), p.output(), p.dOutput(), List.of(dInput));
    add(new CustomOp(layer, batch, node.inputShape(), weights(node), ports), ports, value);
    return value;
  }

  private Weights weights(Node node) {
    return new Weights(network.parameters(), gradients, node.parametersOffset());
  }

  /**
   * Ports with buffers of their own for {@code value}, which {@code node}, or what is fused to it,
   * puts out.
   */
  private Ports ports(Node node, int value) {
    return ports(node, value, node.outputShape());
  }

  private Ports ports(Node node, int value, Shape output) {
    Buffer dOutput = differentiated[value] ? newBuffer(output) : Buffer.NONE;
    return new Ports(inputs(node), newBuffer(output), dOutput, shares(node));
  }

  /**
   * Ports that write over one of the first two inputs, if nobody else reads it, and backward over
   * the gradient of the output.
   */
  private Ports portsInPlace(Node node) {
    Buffer output =
        node.inputs().stream()
            .limit(2)
            .filter(input -> !values[input].pinned)
            .findFirst()
            .map(input -> values[input])
            .orElseGet(() -> newBuffer(node.outputShape()));
    return portsOverGradient(node, output);
  }

  /** As {@link #portsInPlace}, but the input stays for a backward pass that reads it. */
  private Ports portsKeepingInput(Node node) {
    return training ? portsOverGradient(node, newBuffer(node.outputShape())) : portsInPlace(node);
  }

  private Ports portsOverGradient(Node node, Buffer output) {
    List<Buffer> dInputs = shares(node);
    Buffer dOutput = isDifferentiated(node) ? oneOf(dInputs, node.outputShape()) : Buffer.NONE;
    return new Ports(inputs(node), output, dOutput, dInputs);
  }

  /** The first of the gradients that is wanted, or a new buffer. */
  private Buffer oneOf(List<Buffer> gradients, Shape shape) {
    return gradients.stream()
        .filter(d -> d != Buffer.NONE)
        .findFirst()
        .orElseGet(() -> newBuffer(shape));
  }

  private List<Buffer> inputs(Node node) {
    return node.inputs().stream().map(input -> values[input]).toList();
  }

  private List<Buffer> shares(Node node) {
    return node.inputs().stream().map(this::share).toList();
  }

  /** Where the next node that reads {@code value} writes its gradient. */
  private Buffer share(int value) {
    Buffer share = shares.get(value).poll();
    return share == null ? Buffer.NONE : share;
  }

  /** Notes where a value and its gradient are, once the op that puts it out is planned. */
  private void define(int value, Buffer buffer, Buffer gradient) {
    values[value] = buffer;
    dValues[value] = gradient;
    buffer.pinned |= readers[value] > 1;
    if (gradient == Buffer.NONE) {
      return;
    }
    Queue<Buffer> ofReaders = shares.get(value);
    ofReaders.add(gradient);
    if (readers[value] > 1) {
      Shape shape = nodes.get(value - 1).outputShape();
      while (ofReaders.size() < readers[value]) {
        ofReaders.add(newBuffer(shape));
      }
      int time = nextBackward(new ForkOp(List.copyOf(ofReaders)));
      ofReaders.forEach(share -> use(share, time));
    }
  }

  private Buffer newBuffer(Shape shape) {
    Buffer buffer = unplaced(shape);
    buffers.add(buffer);
    return buffer;
  }

  /** A buffer that the arena has no room for. */
  private Buffer unplaced(Shape shape) {
    try {
      return new Buffer(Math.multiplyExact(batch, shape.size()));
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "Plan: a batch of "
              + batch
              + " samples "
              + shape
              + " has more elements than an array can hold; choose a smaller batch",
          e);
    }
  }

  private void add(Op op, Ports ports, int value) {
    int forwardTime = forward.size();
    forward.add(op);
    ports.inputs().forEach(input -> use(input, forwardTime));
    use(ports.output(), forwardTime);
    if (ports.dOutput() != Buffer.NONE) {
      addBackward(op, ports);
    }
    define(value, ports.output(), ports.dOutput());
  }

  private void addBackward(Op op, Ports ports) {
    int time = nextBackward(op);
    use(ports.dOutput(), time);
    ports.dInputs().forEach(dInput -> use(dInput, time));
    if (op.backwardReadsInput()) {
      use(ports.input(), time);
    }
    if (op.backwardReadsOutput()) {
      use(ports.output(), time);
      ports.output().pinned = true;
    }
  }

  /** Adds an op that runs before all those of the backward list, and returns its time. */
  private int nextBackward(Op op) {
    int time = nextBackwardTime();
    backward.add(op);
    return time;
  }

  /** The time of the op that will be added next to the backward list. */
  private int nextBackwardTime() {
    return 4 * nodes.size() - backward.size() - 1;
  }

  private static void use(Buffer buffer, int time) {
    if (buffer != Buffer.NONE) {
      buffer.use(time);
    }
  }
}
