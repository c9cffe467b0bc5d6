package lanewise.kernel;

import lanewise.shape.ConvolutionShape;

/**
 * Goes along the rows of a target of a depthwise convolution, and names what each of its pixels
 * meets.
 */
abstract class DepthwiseWalk {
  static final float[] NOTHING = {};

  final DepthwiseAxis rows = new DepthwiseAxis();
  final DepthwiseAxis columns = new DepthwiseAxis();
  int channels;
  int kernelWidth;
  int targetHeight;
  int targetWidth;
  int pixelStep; // all in floats: from a pixel of a group to the next, in the target
  int sourceStep; // and in the source
  int sourceRow; // from a tap to the one below, in the source
  int sourceColumn;
  int filterRow; // and in the filter
  int filterColumn;
  private boolean far;

  void forward(ConvolutionShape s) {
    rows.forward(s.kernelHeight(), s.strideHeight(), s.dilationHeight(), s.padTop(), s.inHeight());
    columns.forward(s.kernelWidth(), s.strideWidth(), s.dilationWidth(), s.padLeft(), s.inWidth());
    prepare(s, s.outHeight(), s.outWidth());
  }

  void backward(ConvolutionShape s) {
    rows.backward(
        s.kernelHeight(), s.strideHeight(), s.dilationHeight(), s.padTop(), s.outHeight());
    columns.backward(
        s.kernelWidth(), s.strideWidth(), s.dilationWidth(), s.padLeft(), s.outWidth());
    prepare(s, s.inHeight(), s.inWidth());
  }

  private void prepare(ConvolutionShape s, int height, int width) {
    channels = s.inChannels();
    kernelWidth = s.kernelWidth();
    targetHeight = height;
    targetWidth = width;
    pixelStep = columns.period * channels;
    sourceStep = columns.advance * channels;
    sourceRow = rows.distance * columns.length * channels;
    sourceColumn = columns.distance * channels;
    filterRow = rows.step * kernelWidth * channels;
    filterColumn = columns.step * channels;
    far = ReadAhead.pays(s.batch() * ((long) s.inImageSize() + s.outImageSize()), channels);
  }

  /** Whether neighbouring taps of neighbouring pixels meet the same source. */
  boolean overlaps() {
    return sourceStep == sourceColumn;
  }

  /** Whether a pixel's last tap meets what its neighbour's first does. */
  boolean byTwo() {
    return sourceStep == 2 * sourceColumn;
  }

  /**
   * Reads the row of the target behind the one that stands at {@code to}, and what it is the first
   * to meet of the source.
   */
  void readAhead(int t, float[] source, int sourceImage, float[] target, int to) {
    if (!far) {
      return;
    }
    int size = columns.length * channels;
    int from = sourceImage + Math.clamp(end(t), 0, rows.length) * size;
    int end = sourceImage + Math.clamp(end(t + 1), 0, rows.length) * size;
    int next = to + targetWidth * channels;
    ReadAhead.lines(source, from, end);
    ReadAhead.lines(target, next, next + targetWidth * channels);
  }

  /** Behind the last of the source that row {@code t} meets. */
  private int end(int t) {
    return rows.source(t) + (rows.count(t) - 1) * rows.distance + 1;
  }

  /**
   * Row {@code t} of an image, whose pixels stand at {@code to} onward, by the first {@code block}
   * channels.
   */
  void row(int t, int to, int sourceImage, int filter, int block) {
    int source = rows.source(t);
    int low = rows.low(source);
    int tapRows = rows.high(source, rows.count(t)) - low;
    int from = sourceImage + (source + low * rows.distance) * columns.length * channels;
    int w = filter + (rows.tap(t) + low * rows.step) * kernelWidth * channels;
    if (doubled(to, from, w, tapRows)) {
      return;
    }
    for (int first = 0; first < Math.min(columns.period, targetWidth); first++) {
      int pixels = Math.ceilDiv(targetWidth - first, columns.period);
      line(first, pixels, to + first * channels, from, w, tapRows, block);
    }
  }

  private void line(int first, int pixels, int to, int from, int w, int tapRows, int block) {
    int source = columns.source(first);
    int count = columns.count(first);
    int tap = w + columns.tap(first) * channels;
    int reach = columns.length - 1 - (count - 1) * columns.distance - source;
    int inside = Math.min(pixels, Math.ceilDiv(Math.max(0, -source), columns.advance));
    int end = reach < 0 ? inside : Math.clamp(reach / columns.advance + 1, inside, pixels);
    int at = from + source * channels + inside * sourceStep;
    boolean one = inside == 0 || (inside == 1 && columns.low(source) == 1);
    int last = source + end * columns.advance;
    boolean other = end == pixels || (end == pixels - 1 && columns.high(last, count) == count - 1);
    if (one
        && other
        && row(
            inside,
            end - inside,
            pixels - end,
            to + inside * pixelStep,
            at,
            tap,
            tapRows,
            count,
            block)) {
      return;
    }
    edge(0, inside, to, from, source, tap, tapRows, count, block);
    if (end > inside) {
      pixels(end - inside, to + inside * pixelStep, at, tap, tapRows, count, block);
    }
    edge(end, pixels, to, from, source, tap, tapRows, count, block);
  }

  private void edge(
      int begin,
      int end,
      int to,
      int from,
      int source,
      int tap,
      int tapRows,
      int count,
      int block) {
    for (int i = begin; i < end; i++) {
      int column = source + i * columns.advance;
      int low = columns.low(column);
      int high = columns.high(column, count);
      int at = from + (column + low * columns.distance) * channels;
      pixels(1, to + i * pixelStep, at, tap + low * filterColumn, tapRows, high - low, block);
    }
  }

  /**
   * A whole row at once: {@code before} pixels (0 or 1) whose first tap lies outside, {@code
   * number} inside, the first of which stands at {@code to}, and {@code after} (0 or 1) whose last
   * tap does. False if there is no kernel for it.
   */
  abstract boolean row(
      int before,
      int number,
      int after,
      int to,
      int from,
      int w,
      int tapRows,
      int tapColumns,
      int block);

  /**
   * A whole row whose pixels are twice as many as the source's. False if there is no kernel for it.
   */
  boolean doubled(int to, int from, int w, int tapRows) {
    return false;
  }

  /** Pixels side by side, all their taps inside the source. */
  abstract void pixels(int number, int to, int from, int w, int tapRows, int tapColumns, int block);
}
