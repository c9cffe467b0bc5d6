package lanewise.random;

/**
 * The numbers of NumPy's legacy generator: {@code numpy.random.seed(n)}, then {@code rand} and
 * {@code randn}. The generator is MT19937 (Matsumoto and Nishimura, 1998), the normal deviates are
 * Marsaglia's polar method. The bits are those of NumPy on Linux, x86-64. Belongs to one thread at
 * a time.
 */
public final class NumpyRandom {
  private static final int STATE = 624;
  private static final int SHIFT = 397;

  private final int[] state = new int[STATE];
  private int position = STATE;
  private double spare = Double.NaN; // the second normal of a pair, or NaN

  /**
   * The generator after {@code numpy.random.seed(seed)}.
   *
   * @throws IllegalArgumentException if {@code seed} is not from 0 to 2³² − 1
   */
  public NumpyRandom(long seed) {
    if (seed < 0 || seed > 0xFFFFFFFFL) {
      throw new IllegalArgumentException(
          "NumpyRandom: seed must be from 0 to 4294967295, got " + seed);
    }
    state[0] = (int) seed;
    for (int i = 1; i < STATE; i++) {
      state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
    }
  }

  /** The next {@code numpy.random.rand()}: uniform in [0, 1), a multiple of 2⁻⁵³. */
  public double rand() {
    int high = nextInt() >>> 5; // 27 bits
    int low = nextInt() >>> 6; // 26 bits
    return (((long) high << 26) + low) * 0x1p-53;
  }

  /** The next {@code numpy.random.randn()}: normal with mean 0 and deviation 1. */
  public double randn() {
    if (!Double.isNaN(spare)) {
      double second = spare;
      spare = Double.NaN;
      return second;
    }
    double x;
    double y;
    double square;
    do {
      x = 2 * rand() - 1;
      y = 2 * rand() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square == 0);
    double factor = Math.sqrt(-2 * CLibraryLog.log(square) / square);
    spare = factor * x;
    return factor * y;
  }

  /** The next {@code count} uniform numbers, as {@code numpy.random.rand(count)} returns them. */
  public double[] rand(int count) {
    double[] numbers = new double[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = rand();
    }
    return numbers;
  }

  /** The next {@code count} normal numbers, as {@code numpy.random.randn(count)} returns them. */
  public double[] randn(int count) {
    double[] numbers = new double[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = randn();
    }
    return numbers;
  }

  private int nextInt() {
    if (position == STATE) {
      twist();
    }
    int y = state[position++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9D2C5680;
    y ^= (y << 15) & 0xEFC60000;
    return y ^ (y >>> 18);
  }

  private void twist() {
    for (int i = 0; i < STATE; i++) {
      int y = (state[i] & 0x80000000) | (state[(i + 1) % STATE] & 0x7FFFFFFF);
      state[i] = state[(i + SHIFT) % STATE] ^ (y >>> 1) ^ (-(y & 1) & 0x9908B0DF);
    }
    position = 0;
  }
}
