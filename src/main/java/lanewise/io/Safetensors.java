package lanewise.io;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A safetensors file: named tensors and a map of texts.
 *
 * <pre>
 * 8 bytes   n, the length of the header, unsigned little-endian
 * n bytes   {"__metadata__": {"key": "text", …},
 *            "name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end]}, …}
 * the rest  the tensors' numbers, little-endian, row-major, without gaps; offsets count from here
 * </pre>
 *
 * Written as F32; read from F64, F32, F16 and BF16.
 *
 * @param metadata texts by key
 * @param tensors the tensors in the order of the file
 * @see <a href="https://huggingface.co/docs/safetensors">the format's documentation</a>
 */
public record Safetensors(Map<String, String> metadata, List<Tensor> tensors) {
  static final String METADATA = "__metadata__";

  /** The header is padded with blanks to a multiple of this, so that the numbers are aligned. */
  private static final int ALIGNMENT = 8;

  /** Keeps copies of the map and the list. */
  public Safetensors {
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    tensors = List.copyOf(tensors);
  }

  /**
   * Reads a file whole. Nothing it says is believed before it is checked against its length.
   *
   * @throws IOException if {@code file} is not a whole, well-formed safetensors file of real
   *     numbers; the message names the file and the byte
   */
  public static Safetensors read(Path file) throws IOException {
    return SafetensorsReader.read(file);
  }

  /**
   * Writes {@code file}; what was there stays until the new content is whole.
   *
   * @throws IOException if it cannot be written
   * @throws IllegalArgumentException if two tensors have one name, or one has the metadata's
   */
  public void write(Path file) throws IOException {
    byte[] header = header();
    AtomicFile.write(
        file,
        out -> {
          out.write(littleEndian(8).putLong(header.length).array());
          out.write(header);
          for (Tensor tensor : tensors) {
            writeNumbers(tensor, out);
          }
        });
  }

  private byte[] header() {
    Map<String, Json> members = new LinkedHashMap<>();
    if (!metadata.isEmpty()) {
      Map<String, Json> texts = new LinkedHashMap<>();
      metadata.forEach((key, text) -> texts.put(key, Json.of(text)));
      members.put(METADATA, new Json.Members(texts));
    }
    long begin = 0;
    for (Tensor tensor : tensors) {
      long end = begin + 4L * tensor.shape().size();
      if (tensor.name().equals(METADATA)
          || members.put(tensor.name(), describe(tensor, begin, end)) != null) {
        throw new IllegalArgumentException(
            "Safetensors: each tensor must have a name of its own, got " + tensor.name());
      }
      begin = end;
    }
    byte[] json = new Json.Members(members).compact().getBytes(UTF_8);
    int padding = Math.floorMod(-json.length, ALIGNMENT);
    return littleEndian(json.length + padding)
        .put(json)
        .put(" ".repeat(padding).getBytes(UTF_8))
        .array();
  }

  private static Json describe(Tensor tensor, long begin, long end) {
    List<Json> shape = new ArrayList<>();
    for (int size : tensor.shape().toArray()) {
      shape.add(Json.of(size));
    }
    Map<String, Json> members = new LinkedHashMap<>();
    members.put("dtype", Json.of("F32"));
    members.put("shape", new Json.Items(shape));
    members.put("data_offsets", new Json.Items(List.of(Json.of(begin), Json.of(end))));
    return new Json.Members(members);
  }

  private static void writeNumbers(Tensor tensor, OutputStream out) throws IOException {
    int size = tensor.shape().size();
    ByteBuffer buffer = littleEndian(1 << 16);
    for (int i = 0; i < size; i++) {
      if (!buffer.hasRemaining()) {
        out.write(buffer.array());
        buffer.clear();
      }
      buffer.putFloat(tensor.get(i));
    }
    out.write(buffer.array(), 0, buffer.position());
  }

  static ByteBuffer littleEndian(int capacity) {
    return ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
  }
}
