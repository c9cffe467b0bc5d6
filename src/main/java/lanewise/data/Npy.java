package lanewise.data;

import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import lanewise.shape.Shape;

/**
 * NumPy's files: {@code .npy} with one array, {@code .npz} with several of them in a zip archive.
 * The format (NumPy, "numpy.lib.format"): the byte 93 hexadecimal and "NUMPY", a version, the
 * length of the header, a Python dictionary with the element type, the order and the shape, then
 * the elements. Arrays in Fortran order, of other types than {@link NumpyArray.Type} or with a size
 * of 0 are refused.
 */
public final class Npy {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int LONGEST_HEADER = 1 << 16;
  private static final Pattern HEADER =
      Pattern.compile(
          "\\{'descr': '(?<order>[<>|=])(?<type>[a-zA-Z][0-9]+)', 'fortran_order': False, "
              + "'shape': \\((?<shape>[0-9, ]*)\\),? ?\\}\\s*");

  private Npy() {}

  /**
   * Reads a {@code .npy} file.
   *
   * @throws IOException if the file is missing or broken, or holds an array of another kind
   */
  public static NumpyArray read(Path file) throws IOException {
    try (FileSource source = FileSource.open(file)) {
      return read(source);
    }
  }

  /**
   * Reads all arrays of a {@code .npz} file, by their names and in the file's order.
   *
   * @throws IOException if the file is missing or broken, or holds an array of another kind
   */
  public static Map<String, NumpyArray> readAll(Path file) throws IOException {
    Map<String, NumpyArray> arrays = new LinkedHashMap<>();
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + ": expected a file, found none");
    }
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        arrays.put(entry.getName().replaceFirst("\\.npy$", ""), read(file, zip, entry));
      }
    } catch (EOFException | ZipException e) {
      throw new IOException(file + ": expected a whole zip archive, got a broken one", e);
    }
    return arrays;
  }

  private static NumpyArray read(Path file, ZipFile zip, ZipEntry entry) throws IOException {
    String name = entry.getName().replaceAll("[^\\w.-]", "_");
    try (FileSource source = FileSource.of(Path.of(file + "!" + name), zip.getInputStream(entry))) {
      return read(source);
    }
  }

  private static NumpyArray read(FileSource source) throws IOException {
    byte[] start = source.readBytes(8, "magic and version");
    if (!Arrays.equals(start, 0, 6, MAGIC, 0, 6)) {
      throw source.malformed(0, "\\x93NUMPY", "\"" + printable(Arrays.copyOf(start, 6)) + "\"");
    }
    int version = start[6];
    if (version < 1 || version > 3) {
      throw source.malformed(6, "version 1, 2 or 3", version);
    }
    byte[] lengthBytes = source.readBytes(version == 1 ? 2 : 4, "header length");
    ByteBuffer length =
        ByteBuffer.wrap(Arrays.copyOf(lengthBytes, 4)).order(ByteOrder.LITTLE_ENDIAN);
    int headerLength = length.getInt(0);
    if (headerLength < 0 || headerLength > LONGEST_HEADER) {
      throw source.malformed(
          8,
          "a header of at most " + LONGEST_HEADER + " bytes",
          Integer.toUnsignedLong(headerLength));
    }
    long headerStart = source.position();
    String header = printable(source.readBytes(headerLength, "header"));
    Matcher matcher = HEADER.matcher(header);
    if (!matcher.matches()) {
      throw source.malformed(
          headerStart,
          "{'descr': '<f4', 'fortran_order': False, 'shape': (…), } or the like",
          header.strip());
    }
    NumpyArray.Type type = type(source, headerStart, matcher.group("type"));
    Shape shape = shape(source, headerStart, type, matcher.group("shape"));
    byte[] elements = source.readBytes(shape.size() * type.bytes(), "elements");
    source.expectEnd();
    ByteOrder order =
        switch (matcher.group("order")) {
          case ">" -> ByteOrder.BIG_ENDIAN;
          default -> ByteOrder.LITTLE_ENDIAN;
        };
    return new NumpyArray(type, shape, ByteBuffer.wrap(elements).order(order));
  }

  private static String printable(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1).replaceAll("[^ -~\\n]", "?");
  }

  private static NumpyArray.Type type(FileSource source, long at, String code) throws IOException {
    for (NumpyArray.Type type : NumpyArray.Type.values()) {
      if (type.code().equals(code)) {
        return type;
      }
    }
    String known =
        Arrays.stream(NumpyArray.Type.values())
            .map(NumpyArray.Type::code)
            .collect(Collectors.joining(", "));
    throw source.malformed(at, "elements of type " + known, code);
  }

  private static Shape shape(FileSource source, long at, NumpyArray.Type type, String tuple)
      throws IOException {
    String[] parts = tuple.isBlank() ? new String[0] : tuple.strip().split(" *, *");
    int[] sizes = new int[parts.length];
    long bytes = type.bytes();
    for (int i = 0; i < parts.length; i++) {
      boolean fits = parts[i].matches("[0-9]{1,10}");
      long size = fits ? Long.parseLong(parts[i]) : 0;
      bytes *= size;
      if (size < 1 || size > Integer.MAX_VALUE || bytes > Integer.MAX_VALUE) {
        throw source.malformed(
            at, "sizes of at least 1 and at most 2147483647 bytes in all", "(" + tuple + ")");
      }
      sizes[i] = (int) size;
    }
    return Shape.of(sizes);
  }

  /**
   * Writes a {@code .npy} file: beside its place first, then moved there, so that what was there
   * stays until the new one is whole.
   *
   * @throws IOException if the file cannot be written
   */
  public static void write(Path file, NumpyArray array) throws IOException {
    replace(file, out -> write(out, array));
  }

  /**
   * Writes an {@code .npz} file, in the same way.
   *
   * @throws IOException if the file cannot be written
   */
  public static void writeAll(Path file, Map<String, NumpyArray> arrays) throws IOException {
    replace(
        file,
        out -> {
          try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, NumpyArray> entry : arrays.entrySet()) {
              zip.putNextEntry(new ZipEntry(entry.getKey() + ".npy"));
              write(zip, entry.getValue());
            }
          }
        });
  }

  private interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  private static void replace(Path file, Content content) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Path part = Files.createTempFile(folder, "npy", ".part");
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part))) {
        content.writeTo(out);
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static void write(OutputStream out, NumpyArray array) throws IOException {
    String sizes =
        Arrays.stream(array.shape().toArray())
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(", "));
    String header =
        "{'descr': '%s%s', 'fortran_order': False, 'shape': (%s%s), }"
            .formatted(
                array.type().bytes() == 1 ? '|' : '<',
                array.type().code(),
                sizes,
                array.shape().rank() == 1 ? "," : "");
    int unpadded = 10 + header.length() + 1;
    header += " ".repeat(Math.ceilDiv(unpadded, 64) * 64 - unpadded) + "\n";
    out.write(MAGIC);
    out.write(new byte[] {1, 0, (byte) header.length(), (byte) (header.length() >> 8)});
    out.write(header.getBytes(StandardCharsets.ISO_8859_1));
    out.write(array.littleEndian());
  }
}
