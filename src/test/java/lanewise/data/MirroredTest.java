package lanewise.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MirroredTest {
  /** SHA-256 of the three bytes "abc" (FIPS 180-4, example). */
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  private static final byte[] CONTENT = {'a', 'b', 'c'};
  private static final Mirrored FILE = new Mirrored("file", false, 3, ABC);

  @TempDir Path folder;

  /** A mirror in a folder, its address ending in a slash. */
  private String mirror(String name, byte[] content) throws IOException {
    Path mirror = Files.createDirectories(folder.resolve(name));
    Files.write(mirror.resolve("file"), content);
    return mirror.toUri().toString();
  }

  private Path cache() {
    return folder.resolve("cache");
  }

  private void assertRefused(Mirrored file, byte[] content, String reason) throws IOException {
    Files.createDirectories(cache());
    Files.writeString(cache().resolve("file"), "what was there");
    List<String> mirrors = List.of(mirror("bad", content));
    String message =
        assertThrows(IOException.class, () -> file.download(mirrors, cache())).getMessage();
    assertTrue(message.contains(reason), message);
    assertEquals("what was there", Files.readString(cache().resolve("file")));
    try (Stream<Path> files = Files.list(cache())) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void takesTheFirstMirrorThatGivesTheFileWhole() throws IOException {
    String missing = folder.resolve("missing").toUri() + "/";
    List<String> mirrors =
        List.of(missing, mirror("bad", new byte[] {'a', 'b'}), mirror("good", CONTENT));
    FILE.download(mirrors, cache());
    assertArrayEquals(CONTENT, Files.readAllBytes(cache().resolve("file")));
  }

  @Test
  void verifiesTheUnpackedContent() throws IOException {
    byte[] packed = IdxTest.gzip(CONTENT);
    new Mirrored("file", true, 3, ABC).download(List.of(mirror("good", packed)), cache());
    assertArrayEquals(packed, Files.readAllBytes(cache().resolve("file")));
  }

  @Test
  void refusesWhatIsCutShortOrAltered() throws IOException {
    byte[] packed = IdxTest.gzip(CONTENT);
    Mirrored unpacked = new Mirrored("file", true, 3, ABC);
    assertRefused(FILE, new byte[] {'a', 'b'}, "cut short or altered: expected 3 bytes");
    assertRefused(FILE, new byte[] {'a', 'b', 'd'}, "cut short or altered: expected 3 bytes");
    assertRefused(FILE, new byte[] {'a', 'b', 'c', 'd'}, "got more with");
    assertRefused(FILE, new byte[1 << 20], "expected at most 65539 bytes, got more");
    assertRefused(unpacked, Arrays.copyOf(packed, packed.length - 4), "cut short or altered");
    assertRefused(unpacked, Arrays.copyOf(packed, 4), "cut short or altered");
    assertRefused(unpacked, CONTENT, "cut short or altered: Not in GZIP format");
    assertRefused(unpacked, IdxTest.gzip(new byte[100_000]), "got more with");
  }

  @Test
  void downloadsOverHttp() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> serve(server));
      String address = "http://127.0.0.1:" + server.getLocalPort();
      String message =
          assertThrows(
                  IOException.class,
                  () -> FILE.download(List.of(address + "/cut/", address + "/gone/"), cache()))
              .getMessage();
      assertTrue(message.contains(address + "/cut/file failed ("), message);
      assertTrue(message.endsWith(" and " + address + "/gone/file failed (not there)"), message);
      FILE.download(List.of(address + "/gone/", address + "/whole/"), cache());
      assertArrayEquals(CONTENT, Files.readAllBytes(cache().resolve("file")));
    }
  }

  /** Answers whole/file, cut/file (one byte of three) and, for everything else, 404. */
  private static void serve(ServerSocket server) {
    try {
      while (true) {
        try (Socket socket = server.accept()) {
          Scanner request = new Scanner(socket.getInputStream(), StandardCharsets.ISO_8859_1);
          String path = request.useDelimiter("\r\n\r\n").next().split(" ", -1)[1];
          String status = path.startsWith("/gone") ? "404 Not Found" : "200 OK";
          String body = path.startsWith("/whole") ? "abc" : "a";
          String answer = "HTTP/1.1 %s\r\nContent-Length: 3\r\nConnection: close\r\n\r\n%s";
          socket
              .getOutputStream()
              .write(answer.formatted(status, body).getBytes(StandardCharsets.ISO_8859_1));
        }
      }
    } catch (IOException e) {
      assertTrue(server.isClosed(), e::toString);
    }
  }

  @Test
  void mnistIsLookedForWhereTheDocumentationSays() throws IOException {
    Path source = TestData.external("mnist");
    DataFolders folders = new DataFolders(folder.resolve("shared"), cache());
    String mirror = source.toAbsolutePath().toUri().toString();
    List<String> mirrors = List.of(mirror.endsWith("/") ? mirror : mirror + "/");

    assertEquals(source, Mnist.find(source, folders, List.of()));
    String message =
        assertThrows(IOException.class, () -> Mnist.find(null, folders, List.of())).getMessage();
    assertTrue(message.startsWith("MNIST is neither in $LANEWISE_DATA/mnist nor in "), message);
    assertTrue(message.contains("--data DIR"), message);

    assertEquals(cache().resolve("mnist"), Mnist.find(null, folders, mirrors));
    assertEquals(60_000, Mnist.load(cache().resolve("mnist")).train().size());
    assertEquals(cache().resolve("mnist"), Mnist.find(null, folders, List.of()));

    Files.createDirectories(folder.resolve("shared"));
    Files.move(cache().resolve("mnist"), folder.resolve("shared/mnist"));
    assertEquals(folder.resolve("shared/mnist"), Mnist.find(null, folders, List.of()));
    assertFalse(Files.exists(cache().resolve("mnist")));
  }

  @Test
  void anExplicitFolderIsNeverPassedOver() {
    DataFolders folders = new DataFolders(null, cache());
    String message =
        assertThrows(IOException.class, () -> Mnist.find(folder, folders, List.of())).getMessage();
    assertEquals(
        folder + ": expected train-images-idx3-ubyte or train-images-idx3-ubyte.gz, found neither",
        message);
  }

  @Test
  void theCacheIsThePlatformsOwn() {
    assertEquals(
        Path.of("/home/me/.cache/lanewise"), DataFolders.of(Map.of(), "Linux", "/home/me").cache());
    assertEquals(
        Path.of("/tmp/c/lanewise"),
        DataFolders.of(Map.of("XDG_CACHE_HOME", "/tmp/c"), "Linux", "/home/me").cache());
    assertEquals(
        Path.of("/Users/me/Library/Caches/lanewise"),
        DataFolders.of(Map.of(), "Mac OS X", "/Users/me").cache());
    assertEquals(
        Path.of("/local/lanewise"),
        DataFolders.of(Map.of("LOCALAPPDATA", "/local"), "Windows 11", "/home").cache());
    assertEquals(
        Path.of("/d"), DataFolders.of(Map.of("LANEWISE_DATA", "/d"), "Linux", "/home").shared());
  }
}
