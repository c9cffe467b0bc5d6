package lanewise.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width that every kernel uses: the machine's preferred one, unless the system property
 * {@code lanewise.vectorBits} (128, 256 or 512) names another when the class is loaded. Results do
 * not depend on it.
 *
 * <p>No kernel uses another one beside it: all calls of the Vector API share one profile of types,
 * and where two widths have been seen, C2 boxes vectors.
 */
public final class Simd {
  static final VectorSpecies<Float> FLOATS = species();
  static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());
  static final int LANES = FLOATS.length();

  /** Vector registers that the compiler can allocate: 32 with AVX-512 or on AArch64, else 16. */
  static final int REGISTERS =
      LANES == 16 || "aarch64".equals(System.getProperty("os.arch")) ? 32 : 16;

  private Simd() {}

  private static VectorSpecies<Float> species() {
    VectorModule.require();
    String bits = System.getProperty("lanewise.vectorBits", "");
    return switch (bits) {
      case "" ->
          FloatVector.SPECIES_PREFERRED.length() < 4
              ? FloatVector.SPECIES_128
              : FloatVector.SPECIES_PREFERRED;
      case "128" -> FloatVector.SPECIES_128;
      case "256" -> FloatVector.SPECIES_256;
      case "512" -> FloatVector.SPECIES_512;
      default ->
          throw new IllegalArgumentException(
              "lanewise.vectorBits must be 128, 256 or 512, got " + bits);
    };
  }

  /** Floats in one vector. */
  public static int lanes() {
    return LANES;
  }

  // In a large method only calls of the Vector API itself are sure to be inlined: there, not these.
  static FloatVector load(float[] x, int offset) {
    return FloatVector.fromArray(FLOATS, x, offset);
  }

  static FloatVector broadcast(float x) {
    return FloatVector.broadcast(FLOATS, x);
  }

  static IntVector broadcast(int x) {
    return IntVector.broadcast(INTS, x);
  }

  static FloatVector zero() {
    return FloatVector.zero(FLOATS);
  }
}
