package lanewise.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import lanewise.shape.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests {@link Csv} and {@link Npy}. */
class TableTest {
  @TempDir Path folder;

  private Path write(String content) throws IOException {
    return Files.writeString(folder.resolve("file"), content);
  }

  private static float[] sample(Dataset dataset, int index) {
    float[] sample = new float[dataset.sampleShape().size()];
    dataset.sample(index, sample, 0);
    return sample;
  }

  @Test
  void csvHasLabelsInAnyColumn() throws IOException {
    FloatDataset iris =
        Csv.classes(
            write("width,kind,\"a, b\"\r\n1.5,\"big \"\"one\"\"\",2e3\r\n\n-1, small ,\"3\"\n"), 1);
    assertEquals(List.of("big \"one\"", "small"), iris.classNames());
    assertEquals(Shape.of(2), iris.sampleShape());
    assertArrayEquals(new float[] {1.5f, 2000}, sample(iris, 0));
    assertArrayEquals(new float[] {-1, 3}, sample(iris, 1));
    assertEquals(1, iris.label(1));
    assertEquals(List.of("2", "10"), Csv.classes(write("1,10\n1,2\n1,10"), -1).classNames());
  }

  @Test
  void csvHasTargets() throws IOException {
    FloatDataset houses = Csv.targets(write("rooms,price\n3,1.5\n4,2.5"), -1);
    float[] target = new float[1];
    houses.target(1, target, 0);
    assertArrayEquals(new float[] {2.5f}, target);
    assertEquals(2, houses.size());
  }

  @Test
  void brokenCsvIsRefused() throws IOException {
    Map<String, String> reasons =
        Map.of(
            "1,2\n3\n",
            "line 2: expected 2 fields, got 1",
            "1,2\nx,3\n",
            "line 2: expected a number, got \"x\"",
            "1,2\nNaN,3\n",
            "line 2: expected a number, got \"NaN\"",
            "1,\"2\n",
            "line 1: expected a closing quote, got the end of the file",
            "a,b\n",
            "line 3: expected comma-separated numbers, got the end of the file",
            "",
            "line 2: expected comma-separated numbers, got the end of the file",
            "1\n2\n",
            "line 1: expected at least 2 fields with column -1 among them, got 1",
            "1".repeat(1 << 21),
            "line 1: expected at most 1048576 characters, got more");
    for (Map.Entry<String, String> reason : reasons.entrySet()) {
      Path file = write(reason.getKey());
      assertEquals(
          file + ": " + reason.getValue(),
          assertThrows(IOException.class, () -> Csv.classes(file, -1)).getMessage());
    }
    Path file = write("1,x\n");
    assertEquals(
        file + ": sample 0: expected a number as target, got \"x\"",
        assertThrows(IOException.class, () -> Csv.targets(file, 1)).getMessage());
  }

  /** The resource was written by {@code numpy.savez}. */
  @Test
  void arraysOfNumpyAreRead() throws IOException {
    Path file = folder.resolve("numpy.npz");
    try (InputStream in = TableTest.class.getResourceAsStream("numpy.npz")) {
      Files.copy(java.util.Objects.requireNonNull(in), file);
    }
    Map<String, NumpyArray> arrays = Npy.readAll(file);
    assertEquals(
        List.of("f4", "f8", "big", "i8", "i2", "u1", "b1", "scalar"), List.copyOf(arrays.keySet()));
    assertEquals(NumpyArray.of(Shape.of(2, 3), 1.5f, -2f, 3f, 4f, 5f, 0.1f), arrays.get("f4"));
    assertEquals(NumpyArray.of(Shape.of(2), 0.1, -1e300), arrays.get("f8"));
    assertArrayEquals(new float[] {1.5f, -2.25f}, arrays.get("big").toFloats());
    assertEquals(NumpyArray.of(Shape.of(2), 1.5f, -2.25f), arrays.get("big"));
    assertEquals(Shape.of(1, 2, 1), arrays.get("i8").shape());
    assertArrayEquals(new double[] {-1, 0x1p40}, arrays.get("i8").toDoubles());
    assertThrows(ArithmeticException.class, () -> arrays.get("i8").toInts());
    assertArrayEquals(new int[] {-300, 7}, arrays.get("i2").toInts());
    assertArrayEquals(new int[] {0, 255}, arrays.get("u1").toInts());
    assertArrayEquals(new int[] {1, 0}, arrays.get("b1").toInts());
    assertEquals(0, arrays.get("scalar").shape().rank());
    assertArrayEquals(new double[] {2.5}, arrays.get("scalar").toDoubles());
    assertThrows(IllegalStateException.class, () -> arrays.get("f4").toInts());
  }

  @Test
  void arraysComeBackAsTheyWereWritten() throws IOException {
    Map<String, NumpyArray> arrays = new LinkedHashMap<>();
    arrays.put("weights", NumpyArray.of(Shape.of(2, 1), 1f, Float.NaN));
    arrays.put("bias", NumpyArray.of(Shape.of(3), 1.0, -0.0, 1e-310));
    arrays.put("labels", NumpyArray.of(Shape.of(1, 1, 2), 7, Integer.MIN_VALUE));
    Path file = folder.resolve("arrays.npz");
    Npy.writeAll(file, arrays);
    Npy.writeAll(file, arrays);
    assertEquals(arrays, Npy.readAll(file));
    for (NumpyArray array : arrays.values()) {
      Npy.write(folder.resolve("array.npy"), array);
      assertEquals(array, Npy.read(folder.resolve("array.npy")));
      assertEquals(0, (Files.size(folder.resolve("array.npy")) - array.littleEndian().length) % 64);
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(2, files.count());
    }
    assertThrows(IllegalArgumentException.class, () -> NumpyArray.of(Shape.of(2), new float[3]));
  }

  private byte[] npy(String header, int elements) {
    byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
    byte[] bytes =
        Arrays.copyOf(
            new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}, 10 + text.length + elements);
    bytes[8] = (byte) text.length;
    System.arraycopy(text, 0, bytes, 10, text.length);
    return bytes;
  }

  private void assertBroken(byte[] content, String reason) throws IOException {
    Path file = Files.write(folder.resolve("file"), content);
    String message = assertThrows(IOException.class, () -> Npy.read(file)).getMessage();
    assertTrue(message.startsWith(file + ": byte "), message);
    assertTrue(message.contains(reason), message);
    assertEquals(1, message.lines().count(), message);
  }

  @Test
  void brokenArraysAreRefused() throws IOException {
    String head = "{'descr': '<f4', 'fortran_order': False, 'shape': ";
    byte[] whole = npy(head + "(2,), }\n", 8);
    for (int length = 0; length < whole.length; length++) {
      assertBroken(Arrays.copyOf(whole, length), "before the end");
    }
    assertBroken(Arrays.copyOf(whole, whole.length + 1), "expected the end of the file");
    assertBroken(npy(head + "(0,), }\n", 0), "expected sizes of at least 1");
    assertBroken(npy(head + "(65536, 65536), }\n", 0), "at most 2147483647 bytes");
    assertBroken(npy(head + "(99999999999999999999,), }\n", 0), "got (99999999999999999999,)");
    assertBroken(
        npy(head + "(500000000,), }\n", 4), "expected 2000000000 bytes of elements, got 4");
    assertBroken(npy(head.replace("False", "True") + "(2,), }\n", 8), "'fortran_order': True");
    assertBroken(npy(head.replace("<f4", "<c8") + "(2,), }\n", 8), "elements of type f4, f8");
    assertBroken(npy(head.replace("<f4", "|O") + "(2,), }\n", 8), "or the like");
    assertBroken(
        "PK\3\4 and more".getBytes(StandardCharsets.ISO_8859_1), "byte 0: expected \\x93NUMPY");
    byte[] version = whole.clone();
    version[6] = 9;
    assertBroken(version, "byte 6: expected version 1, 2 or 3, got 9");
  }

  @Test
  void brokenArchivesAreRefused() throws IOException {
    Path file = folder.resolve("file");
    assertEquals(
        file + ": expected a file, found none",
        assertThrows(IOException.class, () -> Npy.readAll(file)).getMessage());
    Npy.writeAll(file, Map.of("a", NumpyArray.of(Shape.of(100), new double[100])));
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length += 13) {
      Files.write(file, Arrays.copyOf(whole, length));
      String message = assertThrows(IOException.class, () -> Npy.readAll(file)).getMessage();
      assertTrue(message.startsWith(file.toString()), message);
    }
    for (int i = 0; i < whole.length; i++) {
      byte[] altered = whole.clone();
      altered[i] ^= 0x55;
      Files.write(file, altered);
      try {
        Npy.readAll(file);
      } catch (IOException e) {
        assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
      }
    }
  }
}
