package lanewise.kernel;

/** The module that the kernels are written on, which the JVM resolves only when it is asked to. */
public final class VectorModule {
  private static final String NAME = "jdk.incubator.vector";

  private static final boolean RESOLVED = ModuleLayer.boot().findModule(NAME).isPresent();

  private VectorModule() {}

  /**
   * Does nothing where the module is there.
   *
   * @throws NoClassDefFoundError if not; the message names the flag. An error, not an exception,
   *     because it must leave static initializers as it is
   */
  public static void require() {
    if (!RESOLVED) {
      throw new NoClassDefFoundError(
          "Lanewise needs the module "
              + NAME
              + ": start java with --add-modules "
              + NAME
              + ", or put Lanewise on the module path, where no flag is needed");
    }
  }
}
