package lanewise.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import lanewise.shape.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdxTest {
  private static final List<String> TWO = List.of("a", "b");

  @TempDir Path folder;

  static byte[] idx(int magic, int[] sizes, byte... elements) {
    ByteBuffer buffer = ByteBuffer.allocate(4 + 4 * sizes.length + elements.length).putInt(magic);
    Arrays.stream(sizes).forEach(buffer::putInt);
    return buffer.put(elements).array();
  }

  static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(content);
    }
    return packed.toByteArray();
  }

  private Path write(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  private String failure(byte[] content) throws IOException {
    Path file = write("file", content);
    String message = assertThrows(IOException.class, () -> Idx.read(file)).getMessage();
    assertTrue(message.startsWith(file + ": byte "), message);
    assertEquals(1, message.lines().count(), message);
    return message.substring((file + ": ").length());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readsPlainAndPacked(boolean packed) throws IOException {
    byte[] content =
        idx(
            0x803,
            new int[] {2, 1, 3},
            (byte) 0,
            (byte) 1,
            (byte) 2,
            (byte) 3,
            (byte) 4,
            (byte) -1);
    Idx idx = Idx.read(write("file", packed ? gzip(content) : content));
    assertEquals(Shape.of(2, 1, 3), idx.shape());
    assertArrayEquals(new byte[] {0, 1, 2, 3, 4, -1}, idx.bytes());
  }

  @ParameterizedTest
  @CsvSource({"0x00000000", "0x00000800", "0x00000805", "0x00000d03", "0x01000803", "0x1f8c0803"})
  void refusesWrongMagic(String magic) throws IOException {
    assertEquals(
        "byte 0: expected magic number 0x00000801 to 0x00000804 (unsigned bytes in 1 to 4"
            + " dimensions), got "
            + magic,
        failure(idx(Integer.decode(magic), new int[] {1}, (byte) 0)));
  }

  @Test
  void refusesTruncatedFiles() throws IOException {
    byte[] whole = idx(0x803, new int[] {2, 2, 2}, new byte[8]);
    byte[] packed = gzip(whole);
    for (int length = 0; length < whole.length; length++) {
      assertTrue(failure(Arrays.copyOf(whole, length)).contains("before the end"));
    }
    for (int length = 2; length < packed.length; length++) {
      String message = failure(Arrays.copyOf(packed, length));
      assertTrue(message.contains("gzip"), message);
    }
    assertEquals(
        "byte 19: expected 8 bytes of elements, got 3 before the end",
        failure(Arrays.copyOf(whole, 19)));
  }

  @Test
  void refusesAlteredGzip() throws IOException {
    byte[] packed = gzip(idx(0x801, new int[] {1000}, new byte[1000]));
    packed[packed.length - 8] ^= 1; // the checksum
    assertEquals(
        "byte 1008: expected a whole gzip stream, got a broken one (Corrupt GZIP trailer)",
        failure(packed));
  }

  @Test
  void refusesSizesThatTheFileDoesNotHave() throws IOException {
    assertEquals(
        "byte 9: expected 2147483647 bytes of elements, got 1 before the end",
        failure(idx(0x801, new int[] {Integer.MAX_VALUE}, (byte) 1)));
    assertEquals(
        "byte 9: expected 2147483647 bytes of elements, got 1 before the end",
        failure(gzip(idx(0x801, new int[] {Integer.MAX_VALUE}, (byte) 1))));
  }

  @Test
  void refusesSizesOutOfRange() throws IOException {
    String rule = "expected sizes of at least 1 and at most 2147483647 elements, got size ";
    assertEquals("byte 4: " + rule + "0 for dimension 0", failure(idx(0x801, new int[] {0})));
    assertEquals(
        "byte 4: " + rule + "4294967295 for dimension 0", failure(idx(0x801, new int[] {-1})));
    assertEquals(
        "byte 8: " + rule + "65536 for dimension 1",
        failure(idx(0x803, new int[] {65536, 65536, 65536})));
  }

  @Test
  void refusesTrailingBytes() throws IOException {
    assertEquals(
        "byte 9: expected the end of the file, got more bytes",
        failure(idx(0x801, new int[] {1}, (byte) 1, (byte) 2)));
  }

  @Test
  void refusesMissingFilesAndFolders() {
    Path missing = folder.resolve("missing");
    assertEquals(
        missing + ": expected a file, found none",
        assertThrows(IOException.class, () -> Idx.read(missing)).getMessage());
    assertEquals(
        folder + ": expected a file, found a folder",
        assertThrows(IOException.class, () -> Idx.read(folder)).getMessage());
    assertEquals(
        missing + ": expected a folder with train-images-idx3-ubyte.gz, found none",
        assertThrows(IOException.class, () -> FashionMnist.load(missing)).getMessage());
    assertEquals(
        folder + ": expected train-images-idx3-ubyte or train-images-idx3-ubyte.gz, found neither",
        assertThrows(IOException.class, () -> Mnist.load(folder)).getMessage());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void pairsImagesWithLabels(boolean colour) throws IOException {
    int[] sizes = colour ? new int[] {2, 1, 1, 3} : new int[] {2, 1, 3};
    Path images =
        write(
            "images",
            idx(
                0x800 | sizes.length,
                sizes,
                (byte) 0,
                (byte) 51,
                (byte) -1,
                (byte) 1,
                (byte) 2,
                (byte) 3));
    Path labels = write("labels", idx(0x801, new int[] {2}, (byte) 1, (byte) 0));
    ImageDataset dataset = Idx.dataset(images, labels, TWO);
    assertEquals(colour ? Shape.of(1, 1, 3) : Shape.of(1, 3, 1), dataset.sampleShape());
    float[] sample = {7, 7, 7, 7, 7};
    dataset.sample(0, sample, 1);
    assertArrayEquals(new float[] {7, 0, 51 / 255f, 1, 7}, sample);
    assertEquals(1, dataset.label(0));
    assertEquals(0, dataset.label(1));
    assertEquals(2, dataset.size());
    assertEquals(2, dataset.classes());
  }

  @Test
  void refusesImagesAndLabelsThatDoNotBelongTogether() throws IOException {
    Path images = write("images", idx(0x803, new int[] {2, 1, 1}, (byte) 0, (byte) 1));
    Path labels = write("labels", idx(0x801, new int[] {2}, (byte) 0, (byte) 1));
    Path three = write("three", idx(0x801, new int[] {3}, (byte) 0, (byte) 1, (byte) 0));
    Path seven = write("seven", idx(0x801, new int[] {2}, (byte) 0, (byte) 7));
    assertEquals(
        three + ": byte 4: expected 2 labels, one for each image of " + images + ", got 3",
        assertThrows(IOException.class, () -> Idx.dataset(images, three, TWO)).getMessage());
    assertEquals(
        seven + ": byte 9: expected a label from 0 to 1, got 7",
        assertThrows(IOException.class, () -> Idx.dataset(images, seven, TWO)).getMessage());
    assertEquals(
        labels + ": byte 3: expected images in 3 or 4 dimensions, got 1",
        assertThrows(IOException.class, () -> Idx.dataset(labels, labels, TWO)).getMessage());
    assertEquals(
        images + ": byte 3: expected labels in 1 dimension, got 3",
        assertThrows(IOException.class, () -> Idx.dataset(images, images, TWO)).getMessage());
  }
}
