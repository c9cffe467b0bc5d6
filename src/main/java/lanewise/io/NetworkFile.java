package lanewise.io;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lanewise.layer.Layer;
import lanewise.layer.ParameterSpec;
import lanewise.network.Network;
import lanewise.network.Node;
import lanewise.network.Parameter;
import lanewise.network.Value;
import lanewise.shape.Shape;

/**
 * A network in one {@linkplain Safetensors safetensors} file: the parameters and the state by name,
 * and in the metadata, under {@code lanewise.network}, what it takes to build the network again:
 *
 * <pre>{@code
 * {"input": [28, 28, 1], "layers": [{"layer": "Conv2d", "filters": 32, …}, {"layer": "ReLU"}, …]}
 * }</pre>
 *
 * A layer that reads something else than the value before it names its {@code inputs}: 0 is the
 * network's input, {@code i} what layer number {@code i} puts out, counted from 1.
 *
 * @param network with the parameters of the file
 * @param metadata whatever else whoever saved it noted
 */
public record NetworkFile(Network network, Map<String, String> metadata) {
  private static final String KEY = "lanewise.network";

  /** Keeps a copy of the map. */
  public NetworkFile {
    metadata = Map.copyOf(metadata);
  }

  /**
   * Saves a network. What stood in {@code file} stays until the new content is whole.
   *
   * @param metadata notes to keep with it
   * @throws IOException if the file cannot be written
   * @throws IllegalArgumentException if a layer is not one of the library's own
   */
  public static void save(Path file, Network network, Map<String, String> metadata)
      throws IOException {
    Map<String, Json> description = new LinkedHashMap<>();
    description.put("input", LayerJson.write(network.inputShape()));
    List<Json> layers = new ArrayList<>();
    for (Node node : network.nodes()) {
      layers.add(LayerJson.write(node.layer(), node.inputs(), layers.size()));
    }
    description.put("layers", new Json.Items(layers));
    Map<String, String> all = new LinkedHashMap<>(metadata);
    all.put(KEY, new Json.Members(description).compact());
    List<Tensor> tensors = new ArrayList<>();
    network.parameterList().forEach(p -> tensors.add(tensor(p, network.parameters())));
    network.stateList().forEach(p -> tensors.add(tensor(p, network.state())));
    new Safetensors(all, tensors).write(file);
  }

  private static Tensor tensor(Parameter parameter, float[] values) {
    return new Tensor(parameter.name(), parameter.shape(), values, parameter.offset());
  }

  /**
   * Builds the network that {@link #save} described.
   *
   * @throws IOException if {@code file} is broken or does not describe a network that has exactly
   *     its parameters
   */
  public static NetworkFile load(Path file) throws IOException {
    Safetensors content = Safetensors.read(file);
    Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
    String description = metadata.remove(KEY);
    if (description == null) {
      throw new IOException(
          file + ": the metadata must describe a network under " + KEY + ", got none");
    }
    try {
      Network network = build(Json.parse(description.getBytes(UTF_8)), content.tensors());
      fill(network, content.tensors());
      return new NetworkFile(network, metadata);
    } catch (Json.SyntaxException | IllegalArgumentException e) {
      throw new IOException(file + ": metadata " + KEY + ": " + e.getMessage(), e);
    }
  }

  private static Network build(Json description, List<Tensor> tensors) {
    if (!(description instanceof Json.Members(Map<String, Json> members))
        || !(members.get("input") instanceof Json.Items input)
        || !(members.get("layers") instanceof Json.Items(List<Json> list))) {
      throw new IllegalArgumentException("expected an input and layers");
    }
    Shape inputShape = LayerJson.readShape(input);
    List<Step> steps = new ArrayList<>();
    for (Json json : list) {
      steps.add(new Step(LayerJson.read(json), LayerJson.readInputs(json, steps.size())));
    }
    checkSize(inputShape, steps, tensors);
    return Network.graph(inputShape, 0, value -> apply(steps, value));
  }

  /** A layer and the numbers of the values that it reads. */
  private record Step(Layer layer, List<Integer> inputs) {
    <T> List<T> read(List<T> values) {
      return inputs.stream().map(values::get).toList();
    }
  }

  private static Value apply(List<Step> steps, Value input) {
    List<Value> values = new ArrayList<>(List.of(input));
    for (Step step : steps) {
      values.add(Value.join(step.layer(), step.read(values)));
    }
    return values.getLast();
  }

  /** Checks the number of parameters before memory is asked for: a file may say anything. */
  private static void checkSize(Shape inputShape, List<Step> steps, List<Tensor> tensors) {
    long held = tensors.stream().mapToLong(tensor -> tensor.shape().size()).sum();
    long needed = 0;
    List<Shape> shapes = new ArrayList<>(List.of(inputShape));
    for (Step step : steps) {
      List<Shape> inputs = step.read(shapes);
      needed += size(step.layer().parameters(inputs.getFirst()));
      needed += size(step.layer().state(inputs.getFirst()));
      shapes.add(step.layer().outputShape(inputs));
    }
    if (needed != held) {
      throw new IllegalArgumentException(
          "the layers have " + needed + " parameters, the file holds " + held);
    }
  }

  private static long size(List<ParameterSpec> specs) {
    return specs.stream().mapToLong(spec -> spec.shape().size()).sum();
  }

  private static void fill(Network network, List<Tensor> tensors) {
    Map<String, Tensor> byName = new LinkedHashMap<>();
    tensors.forEach(tensor -> byName.put(tensor.name(), tensor));
    fill(network.parameterList(), network.parameters(), byName);
    fill(network.stateList(), network.state(), byName);
  }

  private static void fill(List<Parameter> parameters, float[] values, Map<String, Tensor> byName) {
    for (Parameter parameter : parameters) {
      Tensor tensor = byName.get(parameter.name());
      if (tensor == null || !tensor.shape().equals(parameter.shape())) {
        throw new IllegalArgumentException(
            "parameter "
                + parameter.name()
                + " must be a tensor of shape "
                + parameter.shape()
                + ", got "
                + (tensor == null ? "none" : tensor.shape()));
      }
      tensor.copyTo(values, parameter.offset());
    }
  }
}
