package lanewise.jmh;

import lanewise.Lanewise;
import lanewise.network.Predictor;
import org.openjdk.jmh.annotations.Benchmark;

/** A network's outputs for a batch. */
public class PredictionBenchmark extends NetworkOperands {
  private Predictor predictor = net.predictor(1);
  private float[] logits = {}; // [batch, columns]

  @Override
  void prepare() {
    Lanewise.threads(threads);
    predictor = net.predictor(batch).freeze();
    logits = new float[batch * columns()];
  }

  /** The logits of one batch. */
  @Benchmark
  public float[] predict() {
    predictor.predict(samples, 0, batch, logits, 0);
    return logits;
  }
}
