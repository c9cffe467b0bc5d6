package lanewise.data;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * A file read from its start to its end, plain or gzip (its first two bytes tell). Whatever is
 * wrong with the file is an {@link IOException} that names the file, the byte (of the unpacked
 * content), what was expected and what came. Memory grows with what has really been read, never
 * with what a header claims.
 */
final class FileSource implements Closeable {
  private static final int BUFFER = 1 << 16;
  private static final int FIRST_ALLOCATION = 1 << 20;

  private final Path file;
  private final InputStream in;
  private long position;

  private FileSource(Path file, InputStream in) {
    this.file = file;
    this.in = in;
  }

  static FileSource open(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          file + ": expected a file, found " + (Files.isDirectory(file) ? "a folder" : "none"));
    }
    InputStream raw;
    try {
      raw = new BufferedInputStream(Files.newInputStream(file), BUFFER);
    } catch (FileSystemException e) {
      throw new IOException(file + ": cannot be read (" + e.getClass().getSimpleName() + ")", e);
    }
    try {
      raw.mark(2);
      boolean gzip = raw.read() == 0x1f && raw.read() == 0x8b;
      raw.reset();
      return new FileSource(file, gzip ? new GZIPInputStream(raw, BUFFER) : raw);
    } catch (EOFException | ZipException e) {
      raw.close();
      throw malformed(file, 0, "a gzip header", e.getMessage());
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  /** What is left of {@code in}, a part of {@code file} such as an archive's entry. */
  static FileSource of(Path file, InputStream in) {
    return new FileSource(file, in);
  }

  static IOException malformed(Path file, long offset, String expected, @Nullable Object got) {
    return new IOException(
        "%s: byte %d: expected %s, got %s".formatted(file, offset, expected, got));
  }

  IOException malformed(long offset, String expected, Object got) {
    return malformed(file, offset, expected, got);
  }

  /** The bytes that have not been read yet, for a reader that counts lines and not bytes. */
  InputStream stream() {
    return in;
  }

  long position() {
    return position;
  }

  /** The next four bytes, the highest first. */
  int readInt(String what) throws IOException {
    byte[] bytes = readBytes(4, what);
    return bytes[0] << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff);
  }

  byte[] readBytes(int count, String what) throws IOException {
    byte[] bytes = new byte[Math.min(count, FIRST_ALLOCATION)];
    int filled = read(bytes, 0);
    while (filled == bytes.length && filled < count) {
      int larger = (int) Math.min(count, 2L * filled);
      long most = Runtime.getRuntime().maxMemory() / 2;
      if ((long) filled + larger > most) {
        throw malformed(position, what + " that fit into half the heap, " + most + " bytes", count);
      }
      bytes = Arrays.copyOf(bytes, larger);
      filled += read(bytes, filled);
    }
    if (filled < count) {
      throw malformed(position, count + " bytes of " + what, filled + " before the end");
    }
    return bytes;
  }

  /** Fills {@code bytes} with the next ones; false if the file has ended just before them. */
  boolean readWhole(byte[] bytes, String what) throws IOException {
    int count = read(bytes, 0);
    if (count > 0 && count < bytes.length) {
      throw malformed(position, bytes.length + " bytes of " + what, count + " before the end");
    }
    return count > 0;
  }

  void expectEnd() throws IOException {
    if (read(new byte[1], 0) > 0) {
      throw malformed(position - 1, "the end of the file", "more bytes");
    }
  }

  /** Reads as much of {@code bytes[from …]} as the file has left. */
  private int read(byte[] bytes, int from) throws IOException {
    try {
      int count = in.readNBytes(bytes, from, bytes.length - from);
      position += count;
      return count;
    } catch (EOFException | ZipException e) {
      throw malformed(position, "a whole gzip stream", "a broken one (" + e.getMessage() + ")");
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
