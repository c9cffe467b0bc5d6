package lanewise.kernel;

/**
 * Two blocks of {@code float} for each thread, in which a kernel keeps what lies between its
 * passes. They stay in the first-level cache. A kernel that calls another has one of its own.
 */
final class Blocks extends ThreadLocal<float[]> {
  /** Elements of one block; the second starts here. A multiple of any vector's length. */
  static final int SIZE = 512;

  @Override
  protected float[] initialValue() {
    return new float[2 * SIZE];
  }
}
