package lanewise.reference;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * The cats of the first article: 209 and 50 images of 64 × 64 × 3, and the weights that its
 * training starts from.
 */
record CatVNonCat(
    RealMatrix trainX, double[] trainY, RealMatrix testX, double[] testY, RealMatrix[] weights) {
  private static final int[] UNITS = {12_288, 20, 7, 5, 1};

  static CatVNonCat read(Path folder) throws IOException {
    return new CatVNonCat(
        images(folder.resolve("train-images-idx4-ubyte")),
        labels(folder.resolve("train-labels-idx1-ubyte")),
        images(folder.resolve("test-images-idx4-ubyte")),
        labels(folder.resolve("test-labels-idx1-ubyte")),
        weights(folder.resolve("init_seed1_12288_20_7_5_1.f64le.bin")));
  }

  /** Zeros for every layer. */
  double[][] biases() {
    double[][] biases = new double[UNITS.length - 1][];
    for (int l = 1; l < UNITS.length; l++) {
      biases[l - 1] = new double[UNITS[l]];
    }
    return biases;
  }

  /** {@code [12288, images]}, scaled to [0, 1]. */
  private static RealMatrix images(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    int images = bytes.getInt(4);
    RealMatrix x = MatrixUtils.createRealMatrix(UNITS[0], images);
    for (int j = 0; j < images; j++) {
      for (int i = 0; i < UNITS[0]; i++) {
        x.setEntry(i, j, (bytes.get(20 + j * UNITS[0] + i) & 0xFF) / 255.0);
      }
    }
    return x;
  }

  private static double[] labels(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    double[] labels = new double[bytes.length - 8];
    for (int j = 0; j < labels.length; j++) {
      labels[j] = bytes[8 + j];
    }
    return labels;
  }

  private static RealMatrix[] weights(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    RealMatrix[] weights = new RealMatrix[UNITS.length - 1];
    for (int l = 1; l < UNITS.length; l++) {
      weights[l - 1] = MatrixUtils.createRealMatrix(UNITS[l], UNITS[l - 1]);
      for (int i = 0; i < UNITS[l]; i++) {
        for (int j = 0; j < UNITS[l - 1]; j++) {
          weights[l - 1].setEntry(i, j, bytes.getDouble());
        }
      }
    }
    return weights;
  }
}
