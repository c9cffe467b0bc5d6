package lanewise.io;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lanewise.layer.Initializer;
import lanewise.layer.Layer;
import lanewise.shape.Padding;
import lanewise.shape.Shape;
import org.jspecify.annotations.Nullable;

/**
 * Layers as JSON objects: the layer's name and its hyper-parameters, by the components of its
 * record. Initializers are left out: a file holds the values. Only the library's own layers are
 * ever made, whatever a file says.
 */
final class LayerJson {
  private static final String NAME = "layer";
  private static final String INPUTS = "inputs";

  /** Components that older files lack, with what they meant. */
  private static final Map<String, Json> ADDED = Map.of("ceilMode", Json.of(false));

  private static final List<Class<?>> LAYERS =
      Arrays.stream(Layer.class.getPermittedSubclasses()).filter(Class::isRecord).toList();

  private LayerJson() {}

  /**
   * Describes a layer at its place in a network: its name and hyper-parameters, and under {@code
   * inputs} the numbers of the values that it reads, unless it reads only the one before it.
   *
   * @param previous number of the value before it
   * @throws IllegalArgumentException if it is not one of the library's own
   */
  static Json write(Layer layer, List<Integer> inputs, int previous) {
    Map<String, Json> members = write(layer);
    if (!inputs.equals(List.of(previous))) {
      members.put(INPUTS, new Json.Items(inputs.stream().map(i -> Json.of((long) i)).toList()));
    }
    return new Json.Members(members);
  }

  /**
   * The numbers of the values that a layer reads.
   *
   * @param json of the layer
   * @param previous number of the value before it
   * @throws IllegalArgumentException if they are not numbers from 0 to {@code previous}
   */
  static List<Integer> readInputs(Json json, int previous) {
    if (!(json instanceof Json.Members(Map<String, Json> members))
        || !members.containsKey(INPUTS)) {
      return List.of(previous);
    }
    try {
      if (members.get(INPUTS) instanceof Json.Items items) {
        int[] numbers = integers(items);
        if (numbers.length > 0 && Arrays.stream(numbers).allMatch(i -> i >= 0 && i <= previous)) {
          return Arrays.stream(numbers).boxed().toList();
        }
      }
    } catch (NumberFormatException e) {
      // Refused like any other.
    }
    throw new IllegalArgumentException(
        "inputs must be numbers of values from 0 to " + previous + ", got " + json.compact());
  }

  private static Map<String, Json> write(Layer layer) {
    if (!LAYERS.contains(layer.getClass())) {
      throw new IllegalArgumentException(
          "NetworkFile: only the library's own layers can be saved, got "
              + layer.getClass().getName());
    }
    Map<String, Json> members = new LinkedHashMap<>();
    members.put(NAME, Json.of(layer.getClass().getSimpleName()));
    for (RecordComponent component : layer.getClass().getRecordComponents()) {
      if (component.getType() != Initializer.class) {
        members.put(component.getName(), value(get(component, layer)));
      }
    }
    return members;
  }

  private static Object get(RecordComponent component, Layer layer) {
    try {
      return component.getAccessor().invoke(layer);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("accessors of public records can be called", e);
    }
  }

  private static Json value(Object value) {
    return switch (value) {
      case Integer number -> Json.of((long) number);
      case Float number -> Json.of((float) number);
      case Double number -> Json.of((double) number);
      case Boolean flag -> Json.of((boolean) flag);
      case Padding.Same same -> Json.of(same.toString());
      case Padding.Explicit(int top, int bottom, int left, int right) ->
          new Json.Items(List.of(Json.of(top), Json.of(bottom), Json.of(left), Json.of(right)));
      default -> throw new AssertionError("no JSON for " + value.getClass());
    };
  }

  /**
   * Makes the layer that {@code json} describes.
   *
   * @throws IllegalArgumentException if it describes none
   */
  static Layer read(Json json) {
    if (!(json instanceof Json.Members(Map<String, Json> members))
        || !(members.get(NAME) instanceof Json.Text(String name))) {
      throw new IllegalArgumentException("a layer must have a name, got " + json.compact());
    }
    for (Class<?> type : LAYERS) {
      if (type.getSimpleName().equals(name)) {
        return make(type, members);
      }
    }
    throw new IllegalArgumentException("there is no layer called " + name);
  }

  private static Layer make(Class<?> type, Map<String, Json> members) {
    RecordComponent[] components = type.getRecordComponents();
    List<Class<?>> types = new ArrayList<>();
    List<Object> arguments = new ArrayList<>();
    for (RecordComponent component : components) {
      types.add(component.getType());
      arguments.add(argument(type, component, members));
    }
    try {
      return (Layer)
          type.getConstructor(types.toArray(Class<?>[]::new)).newInstance(arguments.toArray());
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(e.getTargetException().getMessage(), e);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("canonical constructors of public records can be called", e);
    }
  }

  private static Object argument(
      Class<?> type, RecordComponent component, Map<String, Json> members) {
    if (component.getType() == Initializer.class) {
      return Initializer.ZEROS;
    }
    Json json = members.getOrDefault(component.getName(), ADDED.get(component.getName()));
    Object value = json == null ? null : value(component.getType(), json);
    if (value == null) {
      throw new IllegalArgumentException(
          type.getSimpleName()
              + ": "
              + component.getName()
              + " must be given as "
              + component.getType().getSimpleName()
              + ", got "
              + (json == null ? "nothing" : json.compact()));
    }
    return value;
  }

  /** The value of the wanted type; null where {@code json} is of another. */
  private static @Nullable Object value(Class<?> type, Json json) {
    try {
      return switch (json) {
        case Json.Number number when type == int.class -> number.intValue();
        case Json.Number number when type == float.class -> number.floatValue();
        case Json.Number number when type == double.class -> number.doubleValue();
        case Json.Flag(boolean flag) when type == boolean.class -> flag;
        case Json.Text(String text) when type == Padding.class && text.equals("same") ->
            Padding.SAME;
        case Json.Items items when type == Padding.class && items.list().size() == 4 -> {
          int[] sizes = integers(items);
          yield Padding.of(sizes[0], sizes[1], sizes[2], sizes[3]);
        }
        default -> null;
      };
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static int[] integers(Json.Items items) {
    int[] numbers = new int[items.list().size()];
    for (int i = 0; i < numbers.length; i++) {
      if (!(items.list().get(i) instanceof Json.Number number)) {
        throw new NumberFormatException(items.compact());
      }
      numbers[i] = number.intValue();
    }
    return numbers;
  }

  /** A shape as an array of its sizes. */
  static Json write(Shape shape) {
    return new Json.Items(Arrays.stream(shape.toArray()).mapToObj(s -> Json.of((long) s)).toList());
  }

  /**
   * The shape of the given sizes.
   *
   * @throws IllegalArgumentException if {@code json} is not an array of sizes
   */
  static Shape readShape(Json json) {
    try {
      if (json instanceof Json.Items items) {
        return Shape.of(integers(items));
      }
    } catch (NumberFormatException e) {
      // Refused like any other that is no shape.
    }
    throw new IllegalArgumentException("a shape must be a list of sizes, got " + json.compact());
  }
}
