package lanewise.io;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.ThreadLocalRandom;

/** Replaces files whole: what was there stays until the new content is on the disk. */
public final class AtomicFile {
  /** What writes the content. */
  @FunctionalInterface
  public interface Content {
    /** Writes it all; {@code out} is buffered, and the caller closes it. */
    void writeTo(OutputStream out) throws IOException;
  }

  private AtomicFile() {}

  /**
   * Writes beside {@code target}, forces the bytes to the disk, and moves the new file over the old
   * one. A link is followed. What is neither a file nor a folder (a pipe, a terminal) is written to
   * as it is.
   *
   * @throws IOException if the content cannot be written whole; {@code target} is then as it was
   */
  public static void write(Path target, Content content) throws IOException {
    checkWritable(target);
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(target))) {
        content.writeTo(out);
      }
      return;
    }
    Path file = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
    String suffix = Long.toHexString(ThreadLocalRandom.current().nextLong());
    Path beside = file.resolveSibling("." + file.getFileName() + "." + suffix + ".tmp");
    try {
      try (FileOutputStream raw = new FileOutputStream(beside.toFile());
          OutputStream out = new BufferedOutputStream(raw, 1 << 16)) {
        content.writeTo(out);
        out.flush();
        raw.getFD().sync();
      }
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(beside);
    }
  }

  /**
   * Checks, without touching it, that {@code target} could be written: worth asking before hours of
   * work.
   *
   * @throws IOException if {@code target} is a folder, or its folder is missing or not writable
   */
  public static void checkWritable(Path target) throws IOException {
    if (Files.isDirectory(target)) {
      throw new IOException(target + " is a folder, expected the name of a file");
    }
    Path folder = target.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new IOException(target + ": there is no folder " + folder);
    }
    if (Files.exists(target) ? !Files.isWritable(target) : !Files.isWritable(folder)) {
      throw new IOException(target + " is not writable");
    }
  }
}
