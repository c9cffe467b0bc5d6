package lanewise.data;

import java.util.Arrays;
import java.util.List;
import lanewise.shape.Shape;

/**
 * Gives each feature mean 0 and deviation 1: x' = (x − mean) / deviation. Fit it to the training
 * samples, then apply it to these and to the test samples alike. There is one mean and one
 * deviation for each value of a sample, or for each channel.
 */
public final class Standardization {
  private final float[] mean; // [features]
  private final float[] inverse; // [features], 1 / deviation

  /**
   * A standardization by known figures, such as the channel means of a published network.
   *
   * @throws IllegalArgumentException if the lengths differ, or a deviation is not positive and
   *     finite
   */
  public Standardization(float[] mean, float[] deviation) {
    if (mean.length == 0 || mean.length != deviation.length) {
      throw new IllegalArgumentException(
          "Standardization: expected as many means as deviations, got %d and %d"
              .formatted(mean.length, deviation.length));
    }
    this.mean = mean.clone();
    this.inverse = new float[deviation.length];
    for (int i = 0; i < deviation.length; i++) {
      if (!(deviation[i] > 0) || deviation[i] == Float.POSITIVE_INFINITY) {
        throw new IllegalArgumentException(
            "Standardization: deviations must be positive, got " + deviation[i] + " at " + i);
      }
      inverse[i] = 1 / deviation[i];
    }
  }

  /**
   * The standardization of each value of a sample. A value that is always the same gets deviation
   * 1.
   */
  public static Standardization fit(Dataset dataset) {
    return fit(dataset, dataset.sampleShape().size());
  }

  /** The standardization of each channel, over all samples and pixels. */
  public static Standardization fitChannels(Dataset dataset) {
    Shape shape = dataset.sampleShape();
    return fit(dataset, shape.size(shape.rank() - 1));
  }

  private static Standardization fit(Dataset dataset, int features) {
    double[] mean = new double[features];
    double[] squares = new double[features];
    float[] sample = new float[dataset.sampleShape().size()];
    int values = sample.length / features;
    // Two passes: the sum of squares about the mean loses nothing where the mean is large.
    for (int s = 0; s < dataset.size(); s++) {
      dataset.sample(s, sample, 0);
      for (int i = 0; i < sample.length; i++) {
        mean[i % features] += sample[i];
      }
    }
    double count = (double) dataset.size() * values;
    Arrays.setAll(mean, i -> mean[i] / count);
    for (int s = 0; s < dataset.size(); s++) {
      dataset.sample(s, sample, 0);
      for (int i = 0; i < sample.length; i++) {
        double difference = sample[i] - mean[i % features];
        squares[i % features] += difference * difference;
      }
    }
    float[] means = new float[features];
    float[] deviations = new float[features];
    for (int i = 0; i < features; i++) {
      means[i] = (float) mean[i];
      float deviation = (float) Math.sqrt(squares[i] / count);
      deviations[i] = deviation > 0 ? deviation : 1;
    }
    return new Standardization(means, deviations);
  }

  /**
   * The data set with every sample standardized as it is read.
   *
   * @throws IllegalArgumentException if the samples have neither as many values nor as many
   *     channels as there are means
   */
  public Dataset apply(Dataset dataset) {
    Shape shape = dataset.sampleShape();
    if (shape.size() != mean.length && shape.size(shape.rank() - 1) != mean.length) {
      throw new IllegalArgumentException(
          "Standardization: expected samples of %d values or channels, got %s"
              .formatted(mean.length, shape));
    }
    return new Standardized(dataset);
  }

  private final class Standardized implements Dataset {
    private final Dataset base;

    Standardized(Dataset base) {
      this.base = base;
    }

    @Override
    public int size() {
      return base.size();
    }

    @Override
    public Shape sampleShape() {
      return base.sampleShape();
    }

    @Override
    public int classes() {
      return base.classes();
    }

    @Override
    public List<String> classNames() {
      return base.classNames();
    }

    @Override
    public void sample(int index, float[] out, int offset) {
      base.sample(index, out, offset);
      int size = sampleShape().size();
      for (int first = offset; first < offset + size; first += mean.length) {
        for (int i = 0; i < mean.length; i++) {
          out[first + i] = (out[first + i] - mean[i]) * inverse[i];
        }
      }
    }

    @Override
    public int label(int index) {
      return base.label(index);
    }

    @Override
    public int targetSize() {
      return base.targetSize();
    }

    @Override
    public void target(int index, float[] out, int offset) {
      base.target(index, out, offset);
    }
  }
}
