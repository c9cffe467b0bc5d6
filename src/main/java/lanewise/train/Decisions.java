package lanewise.train;

import lanewise.kernel.Reductions;

/**
 * Turns a row of outputs into a class: with one output, whether it exceeds the threshold; with
 * several, the largest.
 *
 * @param columns outputs in a row
 * @param threshold of a single output
 */
record Decisions(int columns, float threshold) {
  /** The class of row {@code row} of {@code outputs [rows, columns]}. */
  int decide(float[] outputs, int row) {
    if (columns == 1) {
      return outputs[row] > threshold ? 1 : 0;
    }
    return Reductions.argMax(columns, outputs, row * columns);
  }

  /** How many of the rows are decided as {@code labels} say; 0 if there are none. */
  int correct(float[] outputs, int[] labels, int rows) {
    int correct = 0;
    for (int i = 0; i < Math.min(rows, labels.length); i++) {
      if (decide(outputs, i) == labels[i]) {
        correct++;
      }
    }
    return correct;
  }
}
