package lanewise.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import lanewise.shape.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 16_384, 16_385, 40_000})
  void readsWhatItWrote(int size) throws Exception {
    float[] numbers = new float[size + 3];
    Random random = new Random(1);
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Float.intBitsToFloat(random.nextInt());
    }
    Path file = folder.resolve("model.safetensors");
    Tensor a = new Tensor("0.dense.weights", Shape.of(1, size), numbers, 3);
    Tensor b = new Tensor("größe", Shape.of(), numbers, 0);
    new Safetensors(Map.of("recipe", "\"mlp\"\n"), List.of(a, b)).write(file);

    Safetensors read = Safetensors.read(file);
    assertEquals(Map.of("recipe", "\"mlp\"\n"), read.metadata());
    assertEquals(2, read.tensors().size());
    assertSame(a, read.tensors().get(0));
    assertSame(b, read.tensors().get(1));
  }

  private static void assertSame(Tensor expected, Tensor actual) {
    assertEquals(expected.name(), actual.name());
    assertEquals(expected.shape(), actual.shape());
    for (int i = 0; i < expected.shape().size(); i++) {
      assertEquals(
          Float.floatToRawIntBits(expected.get(i)), Float.floatToRawIntBits(actual.get(i)));
    }
  }

  /** The bytes of the format's documentation: header length, header, numbers. */
  @Test
  void writesTheDocumentedBytes() throws Exception {
    Path file = folder.resolve("model.safetensors");
    new Safetensors(Map.of(), List.of(new Tensor("w", Shape.of(2), new float[] {1, -2}, 0)))
        .write(file);
    String header = "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}  ";
    assertEquals(0, header.length() % 8);
    byte[] expected =
        Safetensors.littleEndian(8 + header.length() + 8)
            .putLong(header.length())
            .put(header.getBytes(UTF_8))
            .putFloat(1)
            .putFloat(-2)
            .array();
    assertArrayEquals(expected, Files.readAllBytes(file));
  }

  @ParameterizedTest
  @CsvSource({"F64,3FF8000000000000", "F32,3FC00000", "F16,3E00", "BF16,3FC0"})
  void readsEveryRealType(String type, String oneAndAHalf) throws Exception {
    byte[] data = HexFormat.of().parseHex(oneAndAHalf);
    Path file = file(entry("x", type, "1", 0, data.length), reversed(data));
    assertEquals(1.5f, Safetensors.read(file).tensors().getFirst().get(0));
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] out = new byte[bytes.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = bytes[bytes.length - 1 - i];
    }
    return out;
  }

  @Test
  void refusesTwoTensorsOfOneName() {
    Tensor x = new Tensor("x", Shape.of(1), new float[1], 0);
    Safetensors twice = new Safetensors(Map.of(), List.of(x, x));
    assertThrows(IllegalArgumentException.class, () -> twice.write(folder.resolve("f")));
  }

  @Test
  void namesTheByteOfABadLength() throws Exception {
    assertRefused(write(new byte[0]), 0, "the file ends, expected 8 bytes from byte 0 on");
    assertRefused(write(new byte[7]), 7, "the file ends, expected 8 bytes from byte 0 on");
    String rule = "the header's length must be 2 to 1, got ";
    assertRefused(write(new byte[9]), 0, rule + 0);
    byte[] all = new byte[9];
    Arrays.fill(all, (byte) 0xFF);
    assertRefused(write(all), 0, rule + "18446744073709551615");
    byte[] most = Safetensors.littleEndian(9).putLong(Long.MAX_VALUE).array();
    assertRefused(write(most), 0, rule + Long.MAX_VALUE);
  }

  @Test
  void namesTheByteOfABadHeader() throws Exception {
    assertHeaderRefused("[]", 8, "the header must be a JSON object");
    assertHeaderRefused("{\"x\":1,}", 15, "the header is not JSON: expected '\"', got '}'");
    assertHeaderRefused(
        "{\"x\":1,\"x\":1}",
        15,
        "the header is not JSON: expected each name once, got \"x\" twice");
    assertHeaderRefused("{\"__metadata__\":[]}", 8, "__metadata__ must be a JSON object");
    assertHeaderRefused("{\"__metadata__\":{\"k\":1}}", 8, "metadata must be texts, got k");
    String rule = "tensor \"x\" must have a dtype, a shape, two data_offsets, and nothing else";
    assertHeaderRefused("{\"x\":{}}", 8, rule);
    assertHeaderRefused("{\"x\":[]}", 8, rule);
    assertHeaderRefused("{\"x\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0]}}", 8, rule);
    assertHeaderRefused(
        entry("x", "I64", "1", 0, 4),
        8,
        "tensor \"x\": dtype must be F64, F32, F16 or BF16, got I64");
  }

  @ParameterizedTest
  @CsvSource({"-1", "1.5", "1e0", "99999999999999999999", "2147483648"})
  void refusesSizesThatAreNone(String size) throws Exception {
    assertHeaderRefused(
        entry("x", "F32", size, 0, 4),
        8,
        "tensor \"x\": each size must be a whole number from 0 to 2147483647, got " + size);
  }

  @Test
  void refusesMoreThanTheFileHolds() throws Exception {
    assertHeaderRefused(
        entry("x", "F32", "65536,65536", 0, 4),
        8,
        "tensor \"x\": Shape: the number of elements must be at most 2147483647, got [65536,"
            + " 65536]");
    assertHeaderRefused(
        entry("x", "F32", "2000000000", 0, 8_000_000_000L),
        8,
        "tensor \"x\": each offset must be a whole number from 0 to 4, got 8000000000");
    String lying = entry("x", "F32", "2000000000", 0, 4);
    assertHeaderRefused(
        lying,
        8 + lying.length(),
        "tensor \"x\", F32 [2000000000], must end at offset 8000000000, got 4");
  }

  @Test
  void refusesGapsOverlapsAndRests() throws Exception {
    String gap = entry("x", "F32", "1", 4, 8);
    assertRefused(
        file(gap, new byte[8]),
        8 + gap.length(),
        "tensor \"x\" must begin where the one before it ends, at offset 0, got 4");
    String overlap =
        entry("x", "F32", "1", 0, 4).replaceFirst("}$", ",")
            + entry("y", "F32", "1", 2, 6).substring(1);
    assertRefused(
        file(overlap, new byte[6]),
        8 + overlap.length() + 2,
        "tensor \"y\" must begin where the one before it ends, at offset 4, got 2");
    String rest = entry("x", "F32", "1", 0, 4);
    assertRefused(
        file(rest, new byte[5]),
        8 + rest.length() + 4,
        "expected the end of the file, got 1 more bytes");
  }

  @Test
  void everyTruncationIsRefused() throws Exception {
    byte[] whole = Files.readAllBytes(file(entry("x", "F32", "2", 0, 8), new byte[8]));
    for (int length = 0; length < whole.length; length++) {
      Path cut = write(Arrays.copyOf(whole, length));
      IOException e = assertThrows(IOException.class, () -> Safetensors.read(cut));
      assertEquals(0, e.getMessage().indexOf(cut + ": byte "), e.getMessage());
    }
  }

  private static String entry(String name, String type, String shape, long begin, long end) {
    return "{\"%s\":{\"dtype\":\"%s\",\"shape\":[%s],\"data_offsets\":[%d,%d]}}"
        .formatted(name, type, shape, begin, end);
  }

  private Path file(String header, byte[] data) throws IOException {
    byte[] utf8 = header.getBytes(UTF_8);
    ByteBuffer bytes = Safetensors.littleEndian(8 + utf8.length + data.length);
    return write(bytes.putLong(utf8.length).put(utf8).put(data).array());
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("bad.safetensors"), bytes);
  }

  private void assertHeaderRefused(String header, long position, String rule) throws IOException {
    assertRefused(file(header, new byte[4]), position, rule);
  }

  private static void assertRefused(Path file, long position, String rule) {
    IOException e = assertThrows(IOException.class, () -> Safetensors.read(file));
    assertEquals(file + ": byte " + position + ": " + rule, e.getMessage());
  }
}
