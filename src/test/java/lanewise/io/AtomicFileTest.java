package lanewise.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  @Test
  void keepsTheOldContentWhenWritingFails() throws Exception {
    Path file = folder.resolve("weights");
    Files.writeString(file, "old");
    IOException e =
        assertThrows(
            IOException.class,
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(new byte[100_000]);
                      throw new IOException("disk full");
                    }));
    assertEquals("disk full", e.getMessage());
    assertEquals("old", Files.readString(file));
    assertOnly("weights");
  }

  @Test
  void replacesTheContentWhole() throws Exception {
    Path file = folder.resolve("weights");
    for (int size : new int[] {100_000, 3, 0}) {
      byte[] content = new byte[size];
      AtomicFile.write(file, out -> out.write(content));
      assertArrayEquals(content, Files.readAllBytes(file));
    }
    assertOnly("weights");
  }

  @Test
  void followsLinks() throws Exception {
    Path file = Files.writeString(folder.resolve("real"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    AtomicFile.write(link, out -> out.write('n'));
    assertTrue(Files.isSymbolicLink(link));
    assertEquals("n", Files.readString(file));
  }

  @Test
  void namesWhatCannotBeWritten() {
    assertMessage(folder, folder + " is a folder, expected the name of a file");
    Path lost = folder.resolve("missing/weights");
    assertMessage(lost, lost + ": there is no folder " + lost.getParent());
  }

  private static void assertMessage(Path target, String message) {
    IOException e = assertThrows(IOException.class, () -> AtomicFile.checkWritable(target));
    assertEquals(message, e.getMessage());
  }

  private void assertOnly(String name) throws IOException {
    try (var files = Files.list(folder)) {
      assertArrayEquals(new Path[] {folder.resolve(name)}, files.toArray(Path[]::new));
    }
  }
}
