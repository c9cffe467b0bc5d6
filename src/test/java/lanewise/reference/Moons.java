package lanewise.reference;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lanewise.data.FloatDataset;
import lanewise.shape.Shape;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;

/** The two moons of the third article: {@code x [size, 2]} and the classes {@code y [size]}. */
record Moons(float[] x, int[] y) {
  /** Reads {@code name.x.f32le.bin} and {@code name.y.u8.bin}. */
  static Moons read(Path folder, String name) throws IOException {
    byte[] classes = Files.readAllBytes(folder.resolve(name + ".y.u8.bin"));
    FloatBuffer values =
        ByteBuffer.wrap(Files.readAllBytes(folder.resolve(name + ".x.f32le.bin")))
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer();
    float[] x = new float[2 * classes.length];
    values.get(x);
    int[] y = new int[classes.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = classes[i];
    }
    return new Moons(x, y);
  }

  FloatDataset dataset() {
    return FloatDataset.ofClasses(Shape.of(2), x, y, List.of("upper", "lower"));
  }

  /** Samples as columns: {@code [2, size]}. */
  RealMatrix columns() {
    RealMatrix columns = MatrixUtils.createRealMatrix(2, y.length);
    for (int j = 0; j < y.length; j++) {
      columns.setEntry(0, j, x[2 * j]);
      columns.setEntry(1, j, x[2 * j + 1]);
    }
    return columns;
  }

  double[] labels() {
    double[] labels = new double[y.length];
    for (int i = 0; i < y.length; i++) {
      labels[i] = y[i];
    }
    return labels;
  }
}
