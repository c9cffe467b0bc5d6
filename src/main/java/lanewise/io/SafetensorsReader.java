package lanewise.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lanewise.shape.Shape;
import org.jspecify.annotations.Nullable;

/** Reads {@link Safetensors}. Bytes in messages count from the start of the file. */
final class SafetensorsReader {
  /** The format's own limit. */
  private static final long MAX_HEADER = 100_000_000;

  private static final int LENGTH_BYTES = 8;

  /** A number's encoding. */
  private enum Type {
    F64(8),
    F32(4),
    F16(2),
    BF16(2);

    final int bytes;

    Type(int bytes) {
      this.bytes = bytes;
    }

    static @Nullable Type of(String name) {
      for (Type type : values()) {
        if (type.name().equals(name)) {
          return type;
        }
      }
      return null;
    }

    void read(ByteBuffer from, float[] to, int offset, int count) {
      int end = offset + count;
      switch (this) {
        case F64 -> {
          for (int i = offset; i < end; i++) {
            to[i] = (float) from.getDouble();
          }
        }
        case F32 -> from.asFloatBuffer().get(to, offset, count);
        case F16 -> {
          for (int i = offset; i < end; i++) {
            to[i] = Float.float16ToFloat(from.getShort());
          }
        }
        case BF16 -> {
          for (int i = offset; i < end; i++) {
            to[i] = Float.intBitsToFloat(from.getShort() << 16);
          }
        }
      }
    }
  }

  /** A tensor's line of the header; offsets count from the end of the header. */
  private record Entry(String name, Type type, Shape shape, long begin, long end) {}

  private final Path file;
  private final FileChannel channel;
  private final long length;
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final List<Entry> entries = new ArrayList<>();

  /** Where the header ends and the numbers begin. */
  private long base;

  private SafetensorsReader(Path file, FileChannel channel) throws IOException {
    this.file = file;
    this.channel = channel;
    this.length = channel.size();
  }

  static Safetensors read(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException(file + " is a folder, expected a file");
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      SafetensorsReader reader = new SafetensorsReader(file, channel);
      reader.readHeader();
      reader.checkLayout();
      List<Tensor> tensors = new ArrayList<>();
      for (Entry entry : reader.entries) {
        tensors.add(reader.readNumbers(entry));
      }
      return new Safetensors(reader.metadata, tensors);
    }
  }

  private void readHeader() throws IOException {
    long size = readFully(0, LENGTH_BYTES).getLong();
    long limit = Math.min(MAX_HEADER, length - LENGTH_BYTES);
    if (size < 2 || size > limit) {
      throw error(
          0, "the header's length must be 2 to %d, got %s", limit, Long.toUnsignedString(size));
    }
    base = LENGTH_BYTES + size;
    try {
      Json header = Json.parse(readFully(LENGTH_BYTES, (int) size).array());
      if (!(header instanceof Json.Members members)) {
        throw error(LENGTH_BYTES, "the header must be a JSON object");
      }
      for (Map.Entry<String, Json> member : members.map().entrySet()) {
        if (member.getKey().equals(Safetensors.METADATA)) {
          readMetadata(member.getValue());
        } else {
          entries.add(entry(member.getKey(), member.getValue()));
        }
      }
    } catch (Json.SyntaxException e) {
      throw error(LENGTH_BYTES + e.position(), "the header is not JSON: %s", e.getMessage());
    }
  }

  private void readMetadata(Json value) throws IOException {
    if (value instanceof Json.Members texts) {
      for (Map.Entry<String, Json> entry : texts.map().entrySet()) {
        if (!(entry.getValue() instanceof Json.Text(String text))) {
          throw error(LENGTH_BYTES, "metadata must be texts, got %s", entry.getKey());
        }
        metadata.put(entry.getKey(), text);
      }
    } else {
      throw error(LENGTH_BYTES, "%s must be a JSON object", Safetensors.METADATA);
    }
  }

  private Entry entry(String name, Json value) throws IOException {
    if (!(value instanceof Json.Members(Map<String, Json> members))
        || !(members.get("dtype") instanceof Json.Text(String dtype))
        || !(members.get("shape") instanceof Json.Items(List<Json> sizes))
        || !(members.get("data_offsets") instanceof Json.Items(List<Json> offsets))
        || members.size() != 3
        || offsets.size() != 2) {
      throw error(
          LENGTH_BYTES,
          "tensor \"%s\" must have a dtype, a shape, two data_offsets, and nothing else",
          name);
    }
    Type type = Type.of(dtype);
    if (type == null) {
      throw error(
          LENGTH_BYTES, "tensor \"%s\": dtype must be F64, F32, F16 or BF16, got %s", name, dtype);
    }
    return new Entry(
        name, type, shape(name, sizes), offset(name, offsets.get(0)), offset(name, offsets.get(1)));
  }

  private Shape shape(String name, List<Json> values) throws IOException {
    int[] sizes = new int[values.size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = (int) wholeNumber(name, "size", values.get(i), Integer.MAX_VALUE);
    }
    try {
      return Shape.of(sizes);
    } catch (IllegalArgumentException e) {
      throw error(LENGTH_BYTES, "tensor \"%s\": %s", name, e.getMessage());
    }
  }

  private long offset(String name, Json value) throws IOException {
    return wholeNumber(name, "offset", value, length - base);
  }

  private long wholeNumber(String tensor, String what, Json value, long max) throws IOException {
    try {
      if (value instanceof Json.Number number) {
        long whole = number.longValue();
        if (whole >= 0 && whole <= max) {
          return whole;
        }
      }
    } catch (NumberFormatException e) {
      // Not whole, or beyond 64 bits: refused like any other that is out of range.
    }
    throw error(
        LENGTH_BYTES,
        "tensor \"%s\": each %s must be a whole number from 0 to %d, got %s",
        tensor,
        what,
        max,
        value.compact());
  }

  /** The tensors must cover the data from its first byte to its last, each byte once. */
  private void checkLayout() throws IOException {
    long expected = 0;
    for (Entry entry : entries.stream().sorted(Comparator.comparing(Entry::begin)).toList()) {
      if (entry.begin != expected) {
        throw error(
            base + Math.min(expected, entry.begin),
            "tensor \"%s\" must begin where the one before it ends, at offset %d, got %d",
            entry.name,
            expected,
            entry.begin);
      }
      expected = entry.begin + (long) entry.shape.size() * entry.type.bytes;
      if (entry.end != expected) {
        throw error(
            base + entry.begin,
            "tensor \"%s\", %s %s, must end at offset %d, got %d",
            entry.name,
            entry.type,
            entry.shape,
            expected,
            entry.end);
      }
    }
    if (base + expected != length) {
      throw error(
          base + expected,
          "expected the end of the file, got %d more bytes",
          length - base - expected);
    }
  }

  private Tensor readNumbers(Entry entry) throws IOException {
    float[] values = new float[entry.shape.size()];
    int perChunk = (1 << 16) / entry.type.bytes;
    for (int i = 0; i < values.length; i += perChunk) {
      int count = Math.min(perChunk, values.length - i);
      long position = base + entry.begin + (long) i * entry.type.bytes;
      entry.type.read(readFully(position, count * entry.type.bytes), values, i, count);
    }
    return new Tensor(entry.name, entry.shape, values, 0);
  }

  private ByteBuffer readFully(long position, int count) throws IOException {
    if (position + count > length) {
      throw error(length, "the file ends, expected %d bytes from byte %d on", count, position);
    }
    ByteBuffer buffer = Safetensors.littleEndian(count);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw error(position + buffer.position(), "the file ended while it was read");
      }
    }
    return buffer.flip();
  }

  private IOException error(long position, String rule, @Nullable Object... arguments) {
    return new IOException(file + ": byte " + position + ": " + rule.formatted(arguments));
  }
}
