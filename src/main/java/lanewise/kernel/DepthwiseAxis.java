package lanewise.kernel;

/**
 * One dimension of a depthwise convolution's geometry, what meets what: position t of the target
 * meets position {@code source(t) + j · distance} of the source by tap {@code tap(t) + j · step},
 * for j below {@code count(t)}.
 */
final class DepthwiseAxis {
  private boolean backward;
  private int kernel;
  private int stride;
  private int dilation;
  private int pad;
  int length; // of the source
  int distance;
  int step;
  int period; // targets t and t + period are met by the same taps
  int advance; // from the source of t to that of t + period

  void forward(int kernel, int stride, int dilation, int pad, int length) {
    set(false, kernel, stride, dilation, pad, length);
    distance = dilation;
    step = 1;
    period = 1;
    advance = stride;
  }

  /** From the input to the output: every {@code step}-th tap falls between the strides. */
  void backward(int kernel, int stride, int dilation, int pad, int length) {
    set(true, kernel, stride, dilation, pad, length);
    int divisor = stride;
    while (stride % divisor != 0 || dilation % divisor != 0) {
      divisor--;
    }
    distance = dilation / divisor;
    step = -stride / divisor;
    period = stride;
    advance = 1;
  }

  private void set(boolean backward, int kernel, int stride, int dilation, int pad, int length) {
    this.backward = backward;
    this.kernel = kernel;
    this.stride = stride;
    this.dilation = dilation;
    this.pad = pad;
    this.length = length;
  }

  int count(int t) {
    int tap = tap(t);
    return backward ? Math.ceilDiv(tap + 1, -step) : kernel;
  }

  /** The first tap; −1 if there is none. */
  int tap(int t) {
    if (!backward) {
      return 0;
    }
    int tap = kernel - 1;
    while (tap >= 0 && (t + pad - tap * dilation) % stride != 0) {
      tap--;
    }
    return tap;
  }

  int source(int t) {
    return backward ? (t + pad - tap(t) * dilation) / stride : t * stride - pad;
  }

  /** The first j for which {@code source + j · distance} lies within. */
  int low(int source) {
    return source < 0 ? Math.ceilDiv(-source, distance) : 0;
  }

  /** Behind the last j for which it does, at least {@link #low}. */
  int high(int source, int count) {
    int end = source < length ? Math.ceilDiv(length - source, distance) : 0;
    return Math.max(low(source), Math.min(count, end));
  }
}
