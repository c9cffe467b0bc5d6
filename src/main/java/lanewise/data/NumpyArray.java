package lanewise.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.LongStream;
import lanewise.shape.Shape;

/** An array as NumPy has it: elements of one type, in row-major order. Immutable. */
public final class NumpyArray {
  /** The types of elements. */
  public enum Type {
    /** 32-bit floating point. */
    FLOAT32("f4", 4),
    /** 64-bit floating point. */
    FLOAT64("f8", 8),
    /** 8-bit integer. */
    INT8("i1", 1),
    /** 16-bit integer. */
    INT16("i2", 2),
    /** 32-bit integer. */
    INT32("i4", 4),
    /** 64-bit integer. */
    INT64("i8", 8),
    /** 8-bit integer without sign. */
    UINT8("u1", 1),
    /** 0 or 1. */
    BOOL("b1", 1);

    private final String code;
    private final int bytes;

    Type(String code, int bytes) {
      this.code = code;
      this.bytes = bytes;
    }

    /** NumPy's name for the type without its byte order, such as {@code f4}. */
    String code() {
      return code;
    }

    /** The number of bytes of an element. */
    int bytes() {
      return bytes;
    }
  }

  private final Type type;
  private final Shape shape;
  private final ByteBuffer elements; // in the byte order they came in

  NumpyArray(Type type, Shape shape, ByteBuffer elements) {
    if ((long) shape.size() * type.bytes() != elements.capacity()) {
      throw new IllegalArgumentException(
          "NumpyArray: expected %d elements for shape %s, got %d"
              .formatted(shape.size(), shape, elements.capacity() / type.bytes()));
    }
    this.type = type;
    this.shape = shape;
    this.elements = elements;
  }

  /** A copy of {@code values}, of type {@code FLOAT32}. */
  public static NumpyArray of(Shape shape, float... values) {
    ByteBuffer buffer = buffer(4L * values.length);
    buffer.asFloatBuffer().put(values);
    return new NumpyArray(Type.FLOAT32, shape, buffer);
  }

  /** A copy of {@code values}, of type {@code FLOAT64}. */
  public static NumpyArray of(Shape shape, double... values) {
    ByteBuffer buffer = buffer(8L * values.length);
    buffer.asDoubleBuffer().put(values);
    return new NumpyArray(Type.FLOAT64, shape, buffer);
  }

  /** A copy of {@code values}, of type {@code INT32}. */
  public static NumpyArray of(Shape shape, int... values) {
    ByteBuffer buffer = buffer(4L * values.length);
    buffer.asIntBuffer().put(values);
    return new NumpyArray(Type.INT32, shape, buffer);
  }

  private static ByteBuffer buffer(long bytes) {
    return ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The type of the elements. */
  public Type type() {
    return type;
  }

  /** The sizes of the array; a single number has none. */
  public Shape shape() {
    return shape;
  }

  /** All elements as floats, rounded where they are wider. */
  public float[] toFloats() {
    float[] values = new float[shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = isFloating() ? (float) floating(i) : integer(i);
    }
    return values;
  }

  /** All elements as doubles, rounded where they are wider. */
  public double[] toDoubles() {
    double[] values = new double[shape.size()];
    Arrays.setAll(values, i -> isFloating() ? floating(i) : integer(i));
    return values;
  }

  /**
   * All elements as integers.
   *
   * @throws ArithmeticException if one is wider than 32 bits
   * @throws IllegalStateException if their type is a floating-point one
   */
  public int[] toInts() {
    if (isFloating()) {
      throw new IllegalStateException(
          "NumpyArray: expected elements of an integer type, got " + type);
    }
    return LongStream.range(0, shape.size())
        .mapToInt(i -> Math.toIntExact(integer((int) i)))
        .toArray();
  }

  private boolean isFloating() {
    return type == Type.FLOAT32 || type == Type.FLOAT64;
  }

  private double floating(int i) {
    return type == Type.FLOAT32 ? elements.getFloat(4 * i) : elements.getDouble(8 * i);
  }

  private long integer(int i) {
    return switch (type) {
      case INT8 -> elements.get(i);
      case UINT8, BOOL -> Byte.toUnsignedLong(elements.get(i));
      case INT16 -> elements.getShort(2 * i);
      case INT32 -> elements.getInt(4 * i);
      default -> elements.getLong(8 * i);
    };
  }

  /** The elements as bytes, low bytes first. */
  byte[] littleEndian() {
    byte[] bytes = elements.array().clone();
    if (elements.order() == ByteOrder.BIG_ENDIAN) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = elements.get(i - i % type.bytes() + type.bytes() - 1 - i % type.bytes());
      }
    }
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NumpyArray array
        && type == array.type
        && shape.equals(array.shape)
        && Arrays.equals(littleEndian(), array.littleEndian());
  }

  @Override
  public int hashCode() {
    return Objects.hash(type, shape, Arrays.hashCode(littleEndian()));
  }

  @Override
  public String toString() {
    return type + " " + shape;
  }
}
