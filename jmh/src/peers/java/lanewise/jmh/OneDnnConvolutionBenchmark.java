package lanewise.jmh;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.data_type;
import org.bytedeco.dnnl.memory.format_tag;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.FloatPointer;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * The primitives of oneDNN, which PyTorch and others call, on images NHWC and a filter in the order
 * that the library likes best; no call allocates or packs the filter.
 */
public class OneDnnConvolutionBenchmark extends ConvolutionOperands {
  private final long[] strides = new long[2];
  private final long[] dilations = new long[2]; // 0 means none
  private final long[] before = new long[2];
  private final long[] after = new long[2];
  private engine cpu;
  private stream order;
  private memory images; // the input, or its gradient
  private memory outputs; // the output, or its gradient
  private memory dFilter;
  private primitive forward;
  private primitive backwardInput;
  private primitive backwardFilter;
  private IntMemoryMap forwardArguments;
  private IntMemoryMap backwardInputArguments;
  private IntMemoryMap backwardFilterArguments;

  @Override
  void prepare() {
    cpu = new engine(engine.kind.cpu, 0);
    order = new stream(cpu);
    Peers.call("omp_set_num_threads", threads);
    set(strides, s.strideHeight(), s.strideWidth());
    set(dilations, s.dilationHeight() - 1, s.dilationWidth() - 1);
    set(before, s.padTop(), s.padLeft());
    set(after, s.padBottom(), s.padRight());
    memory.desc imageDesc = nhwc(s.inChannels(), s.inHeight(), s.inWidth());
    memory.desc outputDesc = nhwc(s.outChannels(), s.outHeight(), s.outWidth());
    images = filled(imageDesc, input);
    outputs = filled(outputDesc, output);
    prepare(imageDesc, filterDesc(format_tag.any), outputDesc);
  }

  private void prepare(memory.desc image, memory.desc anyFilter, memory.desc out) {
    algorithm direct = algorithm.convolution_direct;
    convolution_forward.primitive_desc toOutput =
        new convolution_forward.primitive_desc(
            cpu,
            prop_kind.forward_training,
            direct,
            image,
            anyFilter,
            out,
            strides,
            dilations,
            before,
            after);
    convolution_backward_data.primitive_desc toInput =
        new convolution_backward_data.primitive_desc(
            cpu, direct, image, anyFilter, out, strides, dilations, before, after, toOutput);
    convolution_backward_weights.primitive_desc toFilter =
        new convolution_backward_weights.primitive_desc(
            cpu, direct, image, anyFilter, out, strides, dilations, before, after, toOutput);
    forward = new convolution_forward(toOutput);
    backwardInput = new convolution_backward_data(toInput);
    backwardFilter = new convolution_backward_weights(toFilter);
    dFilter = new memory(toFilter.diff_weights_desc(), cpu);
    forwardArguments =
        new IntMemoryMap()
            .put(DNNL_ARG_SRC, images)
            .put(DNNL_ARG_WEIGHTS, packed(toOutput.weights_desc()))
            .put(DNNL_ARG_DST, outputs);
    backwardInputArguments =
        new IntMemoryMap()
            .put(DNNL_ARG_DIFF_DST, outputs)
            .put(DNNL_ARG_WEIGHTS, packed(toInput.weights_desc()))
            .put(DNNL_ARG_DIFF_SRC, images);
    backwardFilterArguments =
        new IntMemoryMap()
            .put(DNNL_ARG_SRC, images)
            .put(DNNL_ARG_DIFF_DST, outputs)
            .put(DNNL_ARG_DIFF_WEIGHTS, dFilter);
  }

  private static void set(long[] pair, int vertical, int horizontal) {
    pair[0] = vertical;
    pair[1] = horizontal;
  }

  private memory.desc nhwc(int channels, int height, int width) {
    long[] dims = {s.batch(), channels, height, width};
    return new memory.desc(dims, data_type.f32, format_tag.nhwc);
  }

  private memory.desc filterDesc(format_tag tag) {
    int kh = s.kernelHeight();
    int kw = s.kernelWidth();
    long[] grouped = {s.groups(), s.groupOutChannels(), s.groupInChannels(), kh, kw};
    long[] plain = {s.outChannels(), s.inChannels(), kh, kw};
    return new memory.desc(s.groups() > 1 ? grouped : plain, data_type.f32, tag);
  }

  /** The order of our filters. */
  private memory.desc ourFilterDesc() {
    return filterDesc(s.groups() > 1 ? format_tag.hwigo : format_tag.hwio);
  }

  private memory filled(memory.desc desc, float[] values) {
    memory filled = new memory(desc, cpu);
    new FloatPointer(filled.get_data_handle()).put(values);
    return filled;
  }

  private memory packed(memory.desc desc) {
    return reordered(filled(ourFilterDesc(), filter), desc);
  }

  private memory reordered(memory from, memory.desc desc) {
    memory to = new memory(desc, cpu);
    new reorder(from, to).execute(order, from, to);
    order._wait();
    return to;
  }

  /** The output. */
  @Benchmark
  public Object forward() {
    forward.execute(order, forwardArguments);
    return order._wait();
  }

  /** The input's gradient. */
  @Benchmark
  public Object backwardInput() {
    backwardInput.execute(order, backwardInputArguments);
    return order._wait();
  }

  /** The filter's gradient. */
  @Benchmark
  public Object backwardFilter() {
    backwardFilter.execute(order, backwardFilterArguments);
    return order._wait();
  }

  float[] output() {
    return values(outputs, output.length);
  }

  float[] dInput() {
    return values(images, input.length);
  }

  float[] dFilter() {
    return values(reordered(dFilter, ourFilterDesc()), filter.length);
  }

  private static float[] values(memory x, int size) {
    float[] values = new float[size];
    new FloatPointer(x.get_data_handle()).get(values);
    return values;
  }
}
