package lanewise.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import lanewise.shape.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Cifar10Test {
  @TempDir Path folder;

  /** Images in which byte i of plane c is c · 50 + i mod 50, with labels 0, 1, 2 …. */
  private static byte[] records(int count) {
    byte[] bytes = new byte[3073 * count];
    for (int image = 0; image < count; image++) {
      bytes[3073 * image] = (byte) image;
      for (int i = 0; i < 3072; i++) {
        bytes[3073 * image + 1 + i] = (byte) (i / 1024 * 50 + i % 1024 % 50);
      }
    }
    return bytes;
  }

  private static void put(ByteArrayOutputStream tar, String name, char type, byte[] content) {
    byte[] header = new byte[512];
    byte[] text = name.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(text, 0, header, 0, text.length);
    byte[] size = "%011o".formatted(content.length).getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(size, 0, header, 124, 11);
    Arrays.fill(header, 148, 156, (byte) ' ');
    header[156] = (byte) type;
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    byte[] checksum = "%06o\0 ".formatted(sum).getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(checksum, 0, header, 148, 8);
    tar.writeBytes(header);
    tar.writeBytes(Arrays.copyOf(content, Math.ceilDiv(content.length, 512) * 512));
  }

  /** The layout of the published archive, its images few. */
  private static byte[] archive() {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    put(tar, "cifar-10-batches-bin/", '5', new byte[0]);
    put(tar, "cifar-10-batches-bin/readme.html", '0', new byte[700]);
    for (int i = 1; i <= 5; i++) {
      put(tar, "../../cifar-10-batches-bin/data_batch_" + i + ".bin", '0', records(2));
    }
    put(tar, "cifar-10-batches-bin/test_batch.bin", '0', records(1));
    tar.writeBytes(new byte[1024]);
    return tar.toByteArray();
  }

  private void assertBroken(byte[] content, String reason) throws IOException {
    Files.write(folder.resolve("data_batch_2.bin"), content);
    Files.write(folder.resolve("test_batch.bin"), records(1));
    assertEquals(
        folder.resolve("data_batch_2.bin") + reason,
        assertThrows(IOException.class, () -> Cifar10.load(folder)).getMessage());
  }

  @Test
  void planesBecomePixels() throws IOException {
    Path inner = Files.createDirectory(folder.resolve("cifar-10-batches-bin"));
    Files.write(inner.resolve("data_batch_1.bin"), records(2));
    Files.write(inner.resolve("data_batch_4.bin"), records(3));
    Files.write(inner.resolve("test_batch.bin"), records(1));
    TrainTest cifar = Cifar10.load(folder);
    assertEquals(Shape.of(32, 32, 3), cifar.train().sampleShape());
    assertEquals(5, cifar.train().size());
    assertEquals(1, cifar.test().size());
    assertEquals(2, cifar.train().label(4));
    float[] image = new float[3072];
    cifar.train().sample(4, image, 0);
    for (int i = 0; i < 3072; i++) {
      assertEquals((i % 3 * 50 + i / 3 % 50) / 255f, image[i]);
    }
  }

  @Test
  void refusesBrokenFiles() throws IOException {
    byte[] label = records(2);
    label[3073] = 10;
    String rule = "expected 1 to 50000 images of 3073 bytes, got a file of ";
    assertBroken(label, ": byte 3073: expected a label from 0 to 9, got 10");
    assertBroken(Arrays.copyOf(label, 4000), ": byte 3073: " + rule + "4000 bytes");
    assertBroken(new byte[0], ": byte 0: " + rule + "0 bytes");
    Files.delete(folder.resolve("test_batch.bin"));
    String message = assertThrows(IOException.class, () -> Cifar10.load(folder)).getMessage();
    assertTrue(message.startsWith(folder + ": expected data_batch_1.bin and test_batch.bin"));
  }

  @Test
  void isDownloadedAndUnpacked() throws Exception {
    byte[] packed = IdxTest.gzip(archive());
    Path mirror = Files.createDirectory(folder.resolve("mirror"));
    Files.write(mirror.resolve("file"), packed);
    String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(packed));
    DataFolders folders = new DataFolders(null, folder.resolve("cache"));
    Mirrored file = new Mirrored("file", false, packed.length, sha256);
    Path found = Cifar10.find(null, folders, file, List.of(mirror.toUri().toString()));
    assertEquals(folder.resolve("cache/cifar10"), found);
    assertEquals(10, Cifar10.load(found).train().size());
    try (Stream<Path> files = Files.list(found)) {
      assertEquals(6, files.count());
    }
    assertEquals(found, Cifar10.find(null, folders, file, List.of()));
  }

  @Test
  void refusesBrokenArchives() throws IOException {
    byte[] whole = archive();
    byte[] altered = whole.clone();
    altered[0] ^= 1;
    byte[] endless = whole.clone();
    endless[124 + 2] = '9';
    endless[148 + 5] = (byte) (endless[148 + 5] + 9);
    for (byte[] broken :
        List.of(altered, endless, new byte[0], Arrays.copyOf(whole, 3000), new byte[2048])) {
      Path file = Files.write(folder.resolve("file"), broken);
      Path target = Files.createDirectories(folder.resolve("target"));
      Set<String> names = Set.of("data_batch_1.bin", "test_batch.bin");
      String message =
          assertThrows(IOException.class, () -> Tar.extract(file, names, target)).getMessage();
      assertTrue(message.startsWith(file + ": byte "), message);
      try (Stream<Path> left = Files.list(target)) {
        assertArrayEquals(new Object[0], left.toArray());
      }
    }
  }

  @Test
  void partsOfTheRealFilesAreReadWhereTheyAre() throws IOException {
    TrainTest cifar = Cifar10.load(Cifar10.find(TestData.external("cifar10")));
    assertEquals(10_000, cifar.test().size());
    assertEquals(0, cifar.train().size() % 10_000);
  }
}
