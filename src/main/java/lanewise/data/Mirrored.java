package lanewise.data;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLConnection;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A file that public mirrors offer, known by the digest of its content.
 *
 * @param name its name at the mirrors and in the folder it is brought to
 * @param unpacked whether size and digest are those of the unpacked content: gzip files of one
 *     content differ by packer
 * @param size the number of bytes
 * @param sha256 in lower-case hexadecimal
 */
record Mirrored(String name, boolean unpacked, long size, String sha256) {
  private static final int CONNECT_MILLISECONDS = 10_000;
  private static final int READ_MILLISECONDS = 30_000;

  /**
   * Brings the file from the first mirror that gives it whole. It is written beside its place,
   * verified, and moved there atomically: what was there before stays until then.
   *
   * @param mirrors addresses that end in a slash
   * @throws IOException if no mirror gives it; the message has the reason for each
   */
  void download(List<String> mirrors, Path folder) throws IOException {
    Files.createDirectories(folder);
    List<String> failures = new ArrayList<>();
    for (String mirror : mirrors) {
      URI address = URI.create(mirror + name);
      Path part = Files.createTempFile(folder, name, ".part");
      try {
        copy(address, part);
        verify(part);
        Files.move(
            part,
            folder.resolve(name),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
        return;
      } catch (IOException e) {
        failures.add(address + " failed (" + reason(e) + ")");
      } finally {
        Files.deleteIfExists(part);
      }
    }
    throw new IOException(String.join(" and ", failures));
  }

  private void copy(URI address, Path part) throws IOException {
    URLConnection connection = address.toURL().openConnection();
    connection.setConnectTimeout(CONNECT_MILLISECONDS);
    connection.setReadTimeout(READ_MILLISECONDS);
    long most = size + (1 << 16); // packing may lengthen a file by a few bytes
    try (InputStream in = connection.getInputStream();
        OutputStream out = Files.newOutputStream(part)) {
      byte[] buffer = new byte[1 << 16];
      long copied = 0;
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        copied += n;
        if (copied > most) {
          throw new IOException("expected at most " + most + " bytes, got more");
        }
        out.write(buffer, 0, n);
      }
    }
  }

  private void verify(Path part) throws IOException {
    MessageDigest digest = newSha256();
    long bytes = 0;
    try (InputStream file = Files.newInputStream(part);
        InputStream content = unpacked ? new GZIPInputStream(file, 1 << 16) : file;
        InputStream digested = new DigestInputStream(content, digest)) {
      byte[] buffer = new byte[1 << 16];
      for (int n = 0; n >= 0 && bytes <= size; n = digested.read(buffer)) {
        bytes += n;
      }
    } catch (EOFException | ZipException e) {
      throw new IOException("cut short or altered: " + e.getMessage(), e);
    }
    String actual = HexFormat.of().formatHex(digest.digest());
    if (bytes != size || !actual.equals(sha256)) {
      throw new IOException(
          "cut short or altered: expected %d bytes with SHA-256 %s, got %s with %s"
              .formatted(size, sha256, bytes > size ? "more" : Long.toString(bytes), actual));
    }
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case UnknownHostException _ -> "no network, or unknown host";
      case ConnectException _ -> "no connection";
      case FileNotFoundException _ -> "not there";
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }
}
