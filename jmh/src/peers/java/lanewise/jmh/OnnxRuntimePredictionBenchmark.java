package lanewise.jmh;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import lanewise.shape.Shape;
import org.openjdk.jmh.annotations.Benchmark;

/** ONNX Runtime on memory off the heap, with all its optimizations of the graph. */
public class OnnxRuntimePredictionBenchmark extends NetworkOperands {
  private FloatBuffer logits = FloatBuffer.allocate(0); // [batch, columns]
  private OrtSession session;
  private Map<String, OnnxTensor> inputs;
  private Map<String, OnnxTensor> outputs;

  @Override
  void prepare() throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      session = environment.createSession(OnnxModel.of(net, batch), options);
    }
    FloatBuffer input = direct(samples.length).put(channelsFirst(net.inputShape())).rewind();
    logits = direct(batch * columns());
    long[] nchw = Arrays.stream(OnnxModel.dims(batch, net.inputShape())).asLongStream().toArray();
    long[] classes = {batch, columns()};
    inputs =
        Map.of(
            session.getInputNames().iterator().next(),
            OnnxTensor.createTensor(environment, input, nchw));
    outputs =
        Map.of(
            session.getOutputNames().iterator().next(),
            OnnxTensor.createTensor(environment, logits, classes));
  }

  private float[] channelsFirst(Shape sample) {
    int channels = sample.size(sample.rank() - 1);
    int pixels = sample.size() / channels;
    float[] nchw = new float[samples.length];
    for (int i = 0; i < samples.length; i++) {
      int pixel = i / channels % pixels;
      int first = i / sample.size() * sample.size();
      nchw[first + i % channels * pixels + pixel] = samples[i];
    }
    return nchw;
  }

  private static FloatBuffer direct(int size) {
    return ByteBuffer.allocateDirect(Float.BYTES * size)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  /** The logits of one batch. */
  @Benchmark
  public Object predict() throws OrtException {
    session.run(inputs, outputs).close();
    return logits;
  }
}
