package lanewise.jmh;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import lanewise.shape.Shape;
import org.openjdk.jmh.annotations.Benchmark;

/** ONNX Runtime on memory off the heap, with all its optimizations of the graph. */
public class OnnxRuntimePredictionBenchmark extends NetworkOperands {
  private FloatBuffer logits = FloatBuffer.allocate(0); // [batch, 10]
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
    Shape image = net.inputShape();
    FloatBuffer input = direct(images.length).put(channelsFirst(image)).rewind();
    logits = direct(batch * Networks.CLASSES);
    long[] nchw = {batch, image.size(2), image.size(0), image.size(1)};
    long[] classes = {batch, Networks.CLASSES};
    inputs =
        Map.of(
            session.getInputNames().iterator().next(),
            OnnxTensor.createTensor(environment, input, nchw));
    outputs =
        Map.of(
            session.getOutputNames().iterator().next(),
            OnnxTensor.createTensor(environment, logits, classes));
  }

  private float[] channelsFirst(Shape image) {
    int channels = image.size(2);
    int pixels = image.size(0) * image.size(1);
    float[] nchw = new float[images.length];
    for (int i = 0; i < images.length; i++) {
      int pixel = i / channels % pixels;
      int first = i / image.size() * image.size();
      nchw[first + i % channels * pixels + pixel] = images[i];
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
