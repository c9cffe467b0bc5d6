package lanewise.data;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.Set;

/**
 * Takes files out of a tar archive, plain or gzip (POSIX.1-1988, "ustar"): blocks of 512 bytes; for
 * each file a header with its name, its size in octal digits, a checksum and a type, then its
 * content, filled up with zeros.
 */
final class Tar {
  private static final int BLOCK = 512;
  private static final int SIZE_OFFSET = 124;
  private static final int CHECKSUM_OFFSET = 148;
  private static final int TYPE_OFFSET = 156;

  private Tar() {}

  /**
   * Writes the regular files whose last name is among {@code names} into {@code folder}: all of
   * them into a folder beside it first, then moved over. The paths that the archive gives are
   * passed over, so that nothing is ever written elsewhere.
   *
   * @throws IOException if the archive is broken or lacks one of the files
   */
  static void extract(Path archive, Set<String> names, Path folder) throws IOException {
    Path part = Files.createTempDirectory(folder, "tar");
    try {
      extractAll(archive, names, part);
      for (String name : names) {
        Files.move(
            part.resolve(name),
            folder.resolve(name),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      for (String name : names) {
        Files.deleteIfExists(part.resolve(name));
      }
      Files.delete(part);
    }
  }

  private static void extractAll(Path archive, Set<String> names, Path folder) throws IOException {
    Set<String> missing = new HashSet<>(names);
    try (FileSource source = FileSource.open(archive)) {
      byte[] block = new byte[BLOCK];
      while (!missing.isEmpty() && source.readWhole(block, "header") && block[0] != 0) {
        long size = checkedSize(source, block);
        String path = text(block, 0, 100);
        String name = path.substring(path.lastIndexOf('/') + 1);
        boolean regular = block[TYPE_OFFSET] == '0' || block[TYPE_OFFSET] == 0;
        boolean wanted = regular && missing.remove(name);
        try (OutputStream out =
            wanted
                ? new BufferedOutputStream(Files.newOutputStream(folder.resolve(name)))
                : OutputStream.nullOutputStream()) {
          copy(source, size, out);
        }
      }
      if (!missing.isEmpty()) {
        throw source.malformed(source.position(), "the files " + missing, "the end of the archive");
      }
    }
  }

  private static long checkedSize(FileSource source, byte[] header) throws IOException {
    long sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      boolean inChecksum = i >= CHECKSUM_OFFSET && i < CHECKSUM_OFFSET + 8;
      sum += inChecksum ? ' ' : header[i] & 0xff;
    }
    long start = source.position() - BLOCK;
    long expected = octal(source, start, header, CHECKSUM_OFFSET, 8);
    if (sum != expected) {
      throw source.malformed(start + CHECKSUM_OFFSET, "header checksum " + sum, expected);
    }
    return octal(source, start, header, SIZE_OFFSET, 12);
  }

  private static long octal(FileSource source, long start, byte[] header, int offset, int length)
      throws IOException {
    String digits = text(header, offset, length).strip();
    if (!digits.matches("[0-7]{1,11}")) {
      throw source.malformed(start + offset, "a number in octal digits", "\"" + digits + "\"");
    }
    return Long.parseLong(digits, 8);
  }

  private static String text(byte[] header, int offset, int length) {
    String field = new String(header, offset, length, StandardCharsets.ISO_8859_1);
    int end = field.indexOf('\0');
    return end < 0 ? field : field.substring(0, end);
  }

  private static void copy(FileSource source, long size, OutputStream out) throws IOException {
    byte[] block = new byte[BLOCK];
    for (long left = size; left > 0; left -= BLOCK) {
      if (!source.readWhole(block, "content")) {
        throw source.malformed(source.position(), left + " more bytes of a file", "the end");
      }
      out.write(block, 0, (int) Math.min(left, BLOCK));
    }
  }
}
