package lanewise.train;

/** Figures that are reported, not differentiated. */
public final class Metrics {
  private Metrics() {}

  /** The share of rows whose largest output stands at the label. */
  public static double accuracy(int rows, int classes, float[] outputs, int[] labels) {
    return topK(1, rows, classes, outputs, labels);
  }

  /**
   * The share of rows where fewer than {@code k} outputs exceed the label's; of equal outputs the
   * first counts as larger.
   *
   * @param outputs {@code [rows, classes]}
   * @param labels {@code [rows]}
   */
  public static double topK(int k, int rows, int classes, float[] outputs, int[] labels) {
    int hits = 0;
    for (int row = 0; row < rows; row++) {
      if (rank(classes, outputs, row * classes, labels[row]) < k) {
        hits++;
      }
    }
    return (double) hits / rows;
  }

  private static int rank(int classes, float[] outputs, int offset, int label) {
    float own = outputs[offset + label];
    int larger = 0;
    for (int j = 0; j < classes; j++) {
      float other = outputs[offset + j];
      if (other > own || (other == own && j < label)) {
        larger++;
      }
    }
    return larger;
  }
}
