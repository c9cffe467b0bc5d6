package lanewise.layer;

import java.util.Arrays;
import lanewise.random.CounterRandom;
import lanewise.shape.Shape;

/**
 * The first values of a parameter: a pure function of the parameter's shape, its fans and a key.
 *
 * <pre>{@code
 * new Dense(10, new Initializer.Normal(0.01), Initializer.ZEROS)
 * }</pre>
 */
@FunctionalInterface
public interface Initializer {
  /** {@link He}. */
  Initializer HE = new He();

  /** {@link Glorot}. */
  Initializer GLOROT = new Glorot();

  /** All zero. */
  Initializer ZEROS = new Constant(0);

  /** All one. */
  Initializer ONES = new Constant(1);

  /**
   * Writes the values of a parameter of the given shape.
   *
   * @param fanIn inputs that one output of the layer sums
   * @param fanOut outputs that one input of the layer reaches
   * @param key of the stream of {@link CounterRandom} to draw from
   * @param out modified from {@code offset} on, {@code shape.size()} elements
   */
  void fill(Shape shape, int fanIn, int fanOut, long key, float[] out, int offset);

  /**
   * Normal with mean 0 and deviation {@code √(2 / fanIn)}, which keeps the variance of activations
   * through ReLU.
   *
   * <p>He, Zhang, Ren, Sun, "Delving deep into rectifiers", 2015.
   */
  record He() implements Initializer {
    @Override
    public void fill(Shape shape, int fanIn, int fanOut, long key, float[] out, int offset) {
      new Normal(Math.sqrt(2.0 / fanIn)).fill(shape, fanIn, fanOut, key, out, offset);
    }
  }

  /**
   * Uniform in {@code [−a, a)} with {@code a = √(6 / (fanIn + fanOut))}, for sigmoid, tanh and
   * softmax.
   *
   * <p>Glorot, Bengio, "Understanding the difficulty of training deep feedforward neural networks",
   * 2010.
   */
  record Glorot() implements Initializer {
    @Override
    public void fill(Shape shape, int fanIn, int fanOut, long key, float[] out, int offset) {
      double a = Math.sqrt(6.0 / ((double) fanIn + fanOut));
      for (int i = 0; i < shape.size(); i++) {
        out[offset + i] = (float) (a * (2.0 * CounterRandom.uniform(key, i) - 1));
      }
    }
  }

  /**
   * Normal with mean 0.
   *
   * @param deviation the standard deviation, finite and at least 0
   */
  record Normal(double deviation) implements Initializer {
    /** Checks the deviation. */
    public Normal {
      if (!(deviation >= 0 && deviation < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "Normal: deviation must be finite and at least 0, got " + deviation);
      }
    }

    @Override
    public void fill(Shape shape, int fanIn, int fanOut, long key, float[] out, int offset) {
      for (int i = 0; i < shape.size(); i++) {
        out[offset + i] = (float) (deviation * CounterRandom.normal(key, i));
      }
    }
  }

  /** One value everywhere. */
  record Constant(float value) implements Initializer {
    @Override
    public void fill(Shape shape, int fanIn, int fanOut, long key, float[] out, int offset) {
      Arrays.fill(out, offset, offset + shape.size(), value);
    }
  }
}
