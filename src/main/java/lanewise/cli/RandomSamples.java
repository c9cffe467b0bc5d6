package lanewise.cli;

import java.util.List;
import java.util.stream.IntStream;
import lanewise.data.Dataset;
import lanewise.network.Network;
import lanewise.random.CounterRandom;
import lanewise.shape.Shape;

/**
 * Noise with labels that mean nothing, of the shapes of a network: as many samples as asked for,
 * one batch again and again.
 */
final class RandomSamples implements Dataset {
  private final Shape shape;
  private final int classes;
  private final float[] values; // [batch, shape]
  private final int batch;
  private final int size;

  RandomSamples(Network network, int batch) {
    this(
        network.inputShape(),
        Math.max(2, network.outputShape().size()),
        new float[batch * network.inputShape().size()],
        batch,
        batch);
    for (int i = 0; i < values.length; i++) {
      values[i] = CounterRandom.uniform(1, i);
    }
  }

  private RandomSamples(Shape shape, int classes, float[] values, int batch, int size) {
    this.shape = shape;
    this.classes = classes;
    this.values = values;
    this.batch = batch;
    this.size = size;
  }

  /** So many batches. */
  RandomSamples times(int batches) {
    return new RandomSamples(shape, classes, values, batch, Math.multiplyExact(batches, batch));
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Shape sampleShape() {
    return shape;
  }

  @Override
  public int classes() {
    return classes;
  }

  @Override
  public List<String> classNames() {
    return IntStream.range(0, classes).mapToObj(Integer::toString).toList();
  }

  @Override
  public void sample(int index, float[] out, int offset) {
    System.arraycopy(values, index % batch * shape.size(), out, offset, shape.size());
  }

  @Override
  public int label(int index) {
    return index % batch % classes;
  }
}
