package lanewise.network;

import org.jspecify.annotations.Nullable;

/**
 * Computes a network's outputs, for one caller at a time; all predictors of a network share its
 * parameters. Any number of samples is cut into batches for which it has plans: {@code batch}, and
 * ever smaller halves of it for the rest. A plan is made when it is first needed; from then on
 * predicting allocates nothing.
 */
public final class Predictor {
  private final Network network;
  private final int inputSize;
  private final int outputSize;
  private final int batch;
  private final @Nullable Plan[] plans; // [i] for batch >> i samples
  private boolean frozen;

  Predictor(Network network, int batch) {
    if (batch < 1) {
      throw new IllegalArgumentException("Predictor: batch must be at least 1, got " + batch);
    }
    this.network = network;
    this.inputSize = network.inputShape().size();
    this.outputSize = network.outputShape().size();
    this.batch = batch;
    this.plans = new Plan[Integer.SIZE - Integer.numberOfLeadingZeros(batch)];
  }

  /**
   * Takes the network's parameters and state as final: weights are packed and filters transformed
   * once, instead of in each prediction. What changes in them later is seen in part or not at all.
   *
   * @return this
   */
  public Predictor freeze() {
    frozen = true;
    for (Plan plan : plans) {
      if (plan != null) {
        plan.freeze();
      }
    }
    return this;
  }

  /**
   * Writes the outputs for {@code samples} samples.
   *
   * @param input {@code [samples, inputShape]} from {@code inputOffset} on
   * @param output {@code [samples, outputShape]} from {@code outputOffset} on; modified
   * @throws IndexOutOfBoundsException if an array is too short
   */
  public void predict(
      float[] input, int inputOffset, int samples, float[] output, int outputOffset) {
    check("input", input, inputOffset, samples, inputSize);
    check("output", output, outputOffset, samples, outputSize);
    int done = 0;
    for (int i = 0; i < plans.length; i++) {
      int count = batch >> i;
      for (; samples - done >= count; done += count) {
        run(
            plan(i),
            input,
            inputOffset + done * inputSize,
            output,
            outputOffset + done * outputSize);
      }
    }
  }

  private Plan plan(int i) {
    Plan plan = plans[i];
    if (plan == null) {
      plan = Planner.inference(network, batch >> i);
      if (frozen) {
        plan.freeze();
      }
      plans[i] = plan;
    }
    return plan;
  }

  private static void run(
      Plan plan, float[] input, int inputOffset, float[] output, int outputOffset) {
    Buffer x = plan.input();
    Buffer y = plan.output();
    try {
      x.place(input, inputOffset);
      plan.forward(0);
      System.arraycopy(y.array, y.offset, output, outputOffset, y.size);
    } finally {
      x.displace();
    }
  }

  private static void check(String what, float[] array, int offset, int samples, int sampleSize) {
    long end = offset + (long) samples * sampleSize;
    if (samples < 0 || offset < 0 || end > array.length) {
      throw new IndexOutOfBoundsException(
          "Predictor: "
              + what
              + " must hold "
              + samples
              + " samples of "
              + sampleSize
              + " floats from offset "
              + offset
              + ", got "
              + array.length
              + " floats");
    }
  }
}
