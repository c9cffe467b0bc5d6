package lanewise.jmh;

import java.util.Random;

/** Arrays to compute on. */
final class Inputs {
  private Inputs() {}

  /** {@code size} floats, uniform in [−1, 1), the same each time. */
  static float[] random(int size) {
    Random random = new Random(size);
    float[] x = new float[size];
    for (int i = 0; i < size; i++) {
      x[i] = 2 * random.nextFloat() - 1;
    }
    return x;
  }
}
