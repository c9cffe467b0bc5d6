package lanewise.loss;

/**
 * What a network should have answered for a batch, in arrays to be filled in.
 *
 * @param labels {@code [batch]}, the class of each sample from 0; empty where the targets are real
 *     numbers
 * @param values {@code [batch, columns]}, real-valued targets; empty where a loss reads labels
 */
public record Targets(int[] labels, float[] values) {
  /** Room for labels alone. */
  public static Targets labels(int batch) {
    return new Targets(new int[batch], new float[0]);
  }

  /** Room for real-valued targets alone. */
  public static Targets values(int batch, int columns) {
    return new Targets(new int[0], new float[batch * columns]);
  }
}
