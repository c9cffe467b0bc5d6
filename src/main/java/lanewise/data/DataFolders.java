package lanewise.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where data sets lie that the repository may not carry.
 *
 * @param shared the folder that {@code LANEWISE_DATA} names, with one folder in it for each data
 *     set
 * @param cache the user's cache folder, laid out in the same way; downloads go there
 */
record DataFolders(@Nullable Path shared, Path cache) {
  /** A data set made of files. */
  interface Files {
    /** Throws an exception that says what is missing, unless all of it stands in {@code folder}. */
    void check(Path folder) throws IOException;

    /** Brings all of it to {@code folder}. */
    void download(Path folder) throws IOException;
  }

  /** The folders of this process. */
  static DataFolders ofProcess() {
    return of(
        System.getenv(), System.getProperty("os.name", ""), System.getProperty("user.home", "."));
  }

  static DataFolders of(Map<String, String> environment, String system, String home) {
    String shared = environment.getOrDefault("LANEWISE_DATA", "");
    String os = system.toLowerCase(Locale.ROOT);
    Path cache;
    if (os.startsWith("windows")) {
      cache = Path.of(environment.getOrDefault("LOCALAPPDATA", home + "/AppData/Local"));
    } else if (os.startsWith("mac")) {
      cache = Path.of(home, "Library", "Caches");
    } else {
      String given = environment.getOrDefault("XDG_CACHE_HOME", "");
      cache = given.isEmpty() ? Path.of(home, ".cache") : Path.of(given);
    }
    return new DataFolders(shared.isEmpty() ? null : Path.of(shared), cache.resolve("lanewise"));
  }

  /**
   * The folder of a data set: {@code explicit} where given, else the first that holds all of it, of
   * the one under {@code LANEWISE_DATA} and the one in the cache; else that in the cache, after a
   * download.
   *
   * @param title what people call the data set
   * @param name its folder's name
   * @throws IOException if it is not where {@code explicit} says, or nowhere and cannot be
   *     downloaded
   */
  Path find(String title, String name, @Nullable Path explicit, Files files) throws IOException {
    if (explicit != null) {
      files.check(explicit);
      return explicit;
    }
    if (shared != null && holds(shared.resolve(name), files)) {
      return shared.resolve(name);
    }
    Path cached = cache.resolve(name);
    if (!holds(cached, files)) {
      try {
        files.download(cached);
      } catch (IOException e) {
        throw new IOException(
            ("%s is neither in $LANEWISE_DATA/%s nor in %s, and it could not be downloaded; give"
                    + " its folder with --data DIR or set LANEWISE_DATA: %s")
                .formatted(title, name, cached, e.getMessage()),
            e);
      }
    }
    return cached;
  }

  private static boolean holds(Path folder, Files files) {
    try {
      files.check(folder);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
