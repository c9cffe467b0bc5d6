package lanewise.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import lanewise.shape.ConvolutionShape;
import lanewise.shape.PoolingShape;
import org.jspecify.annotations.Nullable;

/**
 * How the patches of an image become the left operand of a matrix product: a row per output pixel,
 * its {@code kernelHeight · kernelWidth · groupChannels} elements read where they lie in the padded
 * image, so that no patch is ever copied. Only where a run of memory would be shorter than {@value
 * #SHORT_RUN} elements (few channels) and is not read by {@linkplain TripleTile triples} are
 * patches gathered first.
 *
 * <p>Backward to the input is the same product over the output's gradient, with zeros inserted
 * between its pixels where the convolution strides, padded by what the forward pass did not pad.
 */
final class Patches {
  /** Products summed before the output is touched. Part of the order of accumulation. */
  static final int KC = 384;

  private static final int SHORT_RUN = 16;

  /** Pixels that a block of rows aims at. Part of the filter gradient's order of accumulation. */
  private static final int BLOCK_PIXELS = 256;

  /**
   * Pixels of one channel that a block aims at, so that few of its padded rows are copied twice.
   */
  private static final int PLANAR_PIXELS = 4096;

  /** Likewise of few channels. */
  private static final int PAIR_PIXELS = 1024;

  private final int height;
  private final int width;
  private final int channels;
  final int groupChannels;
  private final int kernelHeight;
  private final int kernelWidth;
  private final int strideHeight;
  private final int strideWidth;
  private final int dilationHeight;
  private final int dilationWidth;
  private final int padTop;
  private final int padLeft;
  private final int insertHeight;
  private final int insertWidth;
  final int outHeight;
  final int outWidth;

  final int patchSize;
  private final boolean inPlace;
  private final int paddedWidth;
  private final int pitch; // floats between rows of the padded image
  final boolean planar;
  final boolean byPairs;
  final boolean byTriples;
  final boolean gathers;
  final boolean byPairsOfElements; // the gradient of the filter
  final boolean byTriplePixels; // likewise
  final boolean byPlanes; // likewise
  private final int[] taps; // offset of each patch element from the patch's first
  private final int[] triples; // of each three patch elements
  private final int[] planeTaps; // in planes; a tile's rows beyond the last repeat the first

  // Blocks of the patch's elements, each of equal runs: {first element, offset of it, runs, length,
  // stride}.
  final int[][] blocks;

  private Patches(
      int height,
      int width,
      int channels,
      int groups,
      ConvolutionShape s,
      int strideHeight,
      int strideWidth,
      int padTop,
      int padLeft,
      int insertHeight,
      int insertWidth,
      int outHeight,
      int outWidth,
      int columns) {
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.groupChannels = channels / groups;
    this.kernelHeight = s.kernelHeight();
    this.kernelWidth = s.kernelWidth();
    this.strideHeight = strideHeight;
    this.strideWidth = strideWidth;
    this.dilationHeight = s.dilationHeight();
    this.dilationWidth = s.dilationWidth();
    this.padTop = padTop;
    this.padLeft = padLeft;
    this.insertHeight = insertHeight;
    this.insertWidth = insertWidth;
    this.outHeight = outHeight;
    this.outWidth = outWidth;
    patchSize = kernelHeight * kernelWidth * groupChannels;
    paddedWidth = (outWidth - 1) * strideWidth + dilationWidth * (kernelWidth - 1) + 1;
    planar = PlanarTile.pays(channels, strideWidth, patchSize, columns);
    byPairs =
        groups == 1
            && PairTile.suits(channels, kernelHeight * kernelWidth, outWidth, columns)
            && channels * strideWidth <= Simd.LANES;
    boolean few = !planar && !byPairs && run() < SHORT_RUN && kernelHeight * kernelWidth > 1;
    byTriples = few && groups == 1 && TripleTile.suits(run(), patchSize, outWidth, columns);
    gathers = few && !byTriples;
    boolean fewChannels = groupChannels < 16;
    byPairsOfElements =
        rowsAreRuns() && PairTile.suitsElements(blockRows() * outWidth, run(), columns);
    byTriplePixels =
        !byPairsOfElements
            && (fewChannels || patchSize <= KC)
            && groups == 1
            && TriplePixelTile.suits(run(), patchSize, columns);
    byPlanes = fewChannels && !byTriplePixels && !byPairsOfElements;
    inPlace =
        !gathers
            && padTop == 0
            && padLeft == 0
            && insertHeight == 1
            && insertWidth == 1
            && paddedWidth <= width
            && !(planar && PlanarTile.slack(outWidth) > 0)
            && (outHeight - 1) * strideHeight + dilationHeight * (kernelHeight - 1) < height;
    pitch = (inPlace ? width : paddedWidth) * channels;
    taps = taps();
    triples = byTriples ? triples() : taps;
    planeTaps = byPlanes || byPairs ? planeTaps() : taps;
    blocks = blocks();
  }

  /** The patches of the input. */
  static Patches forward(ConvolutionShape s) {
    return new Patches(
        s.inHeight(),
        s.inWidth(),
        s.inChannels(),
        s.groups(),
        s,
        s.strideHeight(),
        s.strideWidth(),
        s.padTop(),
        s.padLeft(),
        1,
        1,
        s.outHeight(),
        s.outWidth(),
        s.outChannels());
  }

  /**
   * The patches of the output's gradient whose products with the turned filter are the input's
   * gradient.
   */
  static Patches backward(ConvolutionShape s) {
    return new Patches(
        s.outHeight(),
        s.outWidth(),
        s.outChannels(),
        s.groups(),
        s,
        1,
        1,
        s.dilationHeight() * (s.kernelHeight() - 1) - s.padTop(),
        s.dilationWidth() * (s.kernelWidth() - 1) - s.padLeft(),
        s.strideHeight(),
        s.strideWidth(),
        s.inHeight(),
        s.inWidth(),
        s.inChannels());
  }

  private boolean rowsAreRuns() {
    return dilationWidth == 1 && groupChannels == channels;
  }

  /** Elements of a patch that lie side by side in the image. */
  int run() {
    return rowsAreRuns() ? kernelWidth * groupChannels : groupChannels;
  }

  private int[] taps() {
    int[] offsets = new int[patchSize + 8]; // a tile's rows beyond the last repeat the first
    int at = 0;
    for (int ky = 0; ky < kernelHeight; ky++) {
      for (int kx = 0; kx < kernelWidth; kx++) {
        for (int c = 0; c < groupChannels; c++) {
          offsets[at++] = ky * dilationHeight * pitch + kx * dilationWidth * channels + c;
        }
      }
    }
    return offsets;
  }

  private int[] triples() {
    int[] offsets = new int[patchSize / 3];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = taps[3 * i];
    }
    return offsets;
  }

  private int[][] blocks() {
    if (gathers) {
      return slices(patchSize, 1);
    }
    int run = run();
    int runs = patchSize / run;
    if (run > KC) {
      return slices(run, runs);
    }
    // Runs of one block must be equally far apart: all rows of a patch, or the taps of one row.
    int together = rowsAreRuns() ? runs : kernelWidth;
    int stride = rowsAreRuns() ? dilationHeight * pitch : dilationWidth * channels;
    int most = Math.max(1, KC / run);
    int parts = (together + most - 1) / most;
    int each = (together + parts - 1) / parts;
    int[][] found = new int[(runs / together) * ((together + each - 1) / each)][];
    int at = 0;
    for (int first = 0; first < runs; first += together) {
      for (int r = 0; r < together; r += each) {
        int element = (first + r) * run;
        found[at++] = new int[] {element, taps[element], Math.min(each, together - r), run, stride};
      }
    }
    return found;
  }

  private int[][] slices(int run, int runs) {
    int parts = (run + KC - 1) / KC;
    int length = (run + parts - 1) / parts;
    int perRun = (run + length - 1) / length;
    int[][] found = new int[runs * perRun][];
    for (int i = 0; i < found.length; i++) {
      int element = i / perRun * run + i % perRun * length;
      int used = Math.min(length, run - i % perRun * length);
      found[i] = new int[] {element, gathers ? element : taps[element], 1, used, 0};
    }
    return found;
  }

  /** Rows of output pixels in a block. */
  int blockRows() {
    return blockRows(BLOCK_PIXELS);
  }

  /**
   * Rows of output pixels in a block of products, whose order of accumulation it does not alter.
   */
  int productRows() {
    return blockRows(planar ? PLANAR_PIXELS : byPairs ? PAIR_PIXELS : BLOCK_PIXELS);
  }

  private int blockRows(int pixels) {
    return Math.min(outHeight, Math.max(1, pixels / outWidth));
  }

  /**
   * Where the first patch of the block that starts at output row {@code y} lies in {@link #image}'s
   * array.
   */
  int base(int imageOffset, int y) {
    return inPlace ? imageOffset + y * strideHeight * pitch : 0;
  }

  private int paddedRows(int rows) {
    return (rows - 1) * strideHeight + dilationHeight * (kernelHeight - 1) + 1;
  }

  /**
   * The array that holds the patches of output rows {@code y … y + rows − 1}: the image itself, or
   * a padded copy.
   */
  float[] image(float[] image, int imageOffset, int y, int rows, Scratch scratch) {
    if (inPlace) {
      return image;
    }
    int paddedRows = paddedRows(rows);
    float[] padded = scratch.image(paddedRows * pitch + 2 * Simd.LANES);
    for (int r = 0; r < paddedRows; r++) {
      int spread = y * strideHeight + r - padTop;
      int source = spread / insertHeight;
      if (spread < 0 || source >= height || source * insertHeight != spread) {
        Arrays.fill(padded, r * pitch, (r + 1) * pitch, 0);
      } else if (insertWidth == 1) {
        copyRow(image, imageOffset + source * width * channels, padded, r * pitch);
      } else {
        spreadRow(image, imageOffset + source * width * channels, padded, r * pitch);
      }
    }
    return padded;
  }

  private void copyRow(float[] image, int from, float[] padded, int to) {
    int first = Math.min(paddedWidth, Math.max(0, padLeft));
    int skipped = Math.max(0, -padLeft);
    int count = Math.max(0, Math.min(width - skipped, paddedWidth - first));
    int end = first + count;
    Arrays.fill(padded, to, to + first * channels, 0);
    System.arraycopy(
        image, from + skipped * channels, padded, to + first * channels, count * channels);
    Arrays.fill(padded, to + end * channels, to + paddedWidth * channels, 0);
  }

  private void spreadRow(float[] image, int from, float[] padded, int to) {
    Arrays.fill(padded, to, to + paddedWidth * channels, 0);
    for (int x = 0; x < width; x++) {
      int at = x * insertWidth + padLeft;
      if (at >= 0 && at < paddedWidth) {
        System.arraycopy(image, from + x * channels, padded, to + at * channels, channels);
      }
    }
  }

  /** The offset of each patch of {@code rows} rows of output pixels from the first. */
  int[] offsets(int rows, Scratch scratch) {
    int[] offsets = scratch.offsets(rows * outWidth);
    int at = 0;
    for (int y = 0; y < rows; y++) {
      for (int x = 0; x < outWidth; x++) {
        offsets[at++] = y * strideHeight * pitch + x * strideWidth * channels;
      }
    }
    return offsets;
  }

  /**
   * {@code C ← store(P · B)} for {@code rows} rows of pixels of a shape that is {@link #planar}.
   */
  void multiplyPlanes(
      int rows,
      float[] image,
      int base,
      int columns,
      float[] weights,
      TileStore store,
      float[] c,
      int cOffset,
      Scratch scratch) {
    PlanarTile.multiply(
        rows,
        outWidth,
        strideHeight * pitch,
        image,
        base,
        patchSize,
        taps,
        columns,
        weights,
        store,
        c,
        cOffset,
        scratch);
  }

  /** {@code C ← store(P · B)} for {@code rows} rows of pixels, {@link #byTriples}. */
  void multiplyTriples(
      int rows,
      float[] image,
      int base,
      int columns,
      float[] packed,
      TileStore store,
      float[] c,
      int cOffset,
      Scratch scratch) {
    boolean whole = store.overwrites();
    int pixels = rows * outWidth;
    float[] sums = whole ? c : scratch.patches(pixels * columns);
    TripleTile.multiply(
        rows,
        outWidth,
        strideHeight * pitch,
        strideWidth * channels,
        triples.length,
        triples,
        image,
        base,
        columns,
        packed,
        store,
        sums,
        whole ? cOffset : 0,
        columns);
    if (!whole) {
      store.finish(pixels, columns, sums, 0, columns, c, cOffset, columns, 0);
    }
  }

  /** {@code C ← store(P · B)} for {@code rows} rows of pixels, {@link #byPairs}. */
  void multiplyPairs(
      int rows,
      float[] image,
      int base,
      int columns,
      float[] packed,
      TileStore store,
      float[] c,
      int cOffset,
      Scratch scratch) {
    boolean whole = store.sums() == Microkernel.STORE;
    int pixels = rows * outWidth;
    float[] sums = whole ? c : scratch.patches(pixels * columns);
    int at = whole ? cOffset : 0;
    float[] planes = planes(rows, image, base, scratch);
    PairTile.multiply(rows, outWidth, planeWidth(), patchSize, planeTaps, planes, packed, sums, at);
    if (!whole) {
      store.finish(pixels, columns, sums, 0, columns, c, cOffset, columns, 0);
    } else if (store.finishes()) {
      store.epilogue(pixels, columns, c, cOffset, columns, 0);
    }
  }

  /** The maxima of {@code store(P · B)}, for {@code rows} rows of windows, likewise. */
  void maxima(
      int rows,
      PoolingShape pooling,
      float[] image,
      int base,
      float[] weights,
      TileStore store,
      float[] y,
      int yOffset,
      byte @Nullable [] argmax,
      int argmaxOffset,
      Scratch scratch) {
    PlanarTile.maxima(
        rows,
        pooling,
        strideHeight * pitch,
        image,
        base,
        patchSize,
        taps,
        weights,
        store,
        y,
        yOffset,
        argmax,
        argmaxOffset,
        scratch);
  }

  /** Copies the patches of {@code rows} rows of pixels side by side, and sets their offsets. */
  float[] gather(int rows, int[] offsets, float[] image, int base, Scratch scratch) {
    int run = run();
    int distance = gatherDistance();
    int pixels = rows * outWidth;
    float[] patches = scratch.patches(pixels * distance + Simd.LANES);
    for (int e = 0; e < patchSize; e += run) {
      for (int part = 0; part < run; part += Simd.LANES) {
        for (int y = 0; y < rows; y++) {
          int from = base + taps[e] + part + y * strideHeight * pitch;
          copyVectors(
              outWidth,
              image,
              from,
              strideWidth * channels,
              patches,
              y * outWidth * distance + e + part,
              distance);
        }
      }
    }
    for (int p = 0; p < pixels; p++) {
      offsets[p] = p * distance;
    }
    return patches;
  }

  // What a vector holds beyond its run, the next run's writes over, and after the last there is
  // room for it.
  private static void copyVectors(
      int n, float[] x, int xOffset, int xStep, float[] y, int yOffset, int yStep) {
    int from = xOffset;
    int to = yOffset;
    for (int i = 0; i < n; i++) {
      FloatVector.fromArray(Simd.FLOATS, x, from).intoArray(y, to);
      from += xStep;
      to += yStep;
    }
  }

  private int gatherDistance() {
    int run = run();
    return patchSize - run + (run + Simd.LANES - 1) / Simd.LANES * Simd.LANES;
  }

  /** From a row of a plane to the next: what is one pixel's stride apart lies side by side. */
  private int planeWidth() {
    return Math.ceilDiv(paddedWidth, strideWidth);
  }

  private int planeSize() {
    return Math.ceilDiv(paddedRows(productRows()), strideHeight) * planeWidth();
  }

  /** Where each element of a patch stands in {@link #planes}. */
  private int[] planeTaps() {
    int step = strideWidth * channels;
    int[] offsets = new int[patchSize + 8];
    int at = 0;
    for (int ky = 0; ky < kernelHeight; ky++) {
      int y = ky * dilationHeight;
      for (int kx = 0; kx < kernelWidth; kx++) {
        for (int c = 0; c < groupChannels; c++) {
          int x = kx * dilationWidth * channels + c;
          int plane = y % strideHeight * step + x % step;
          offsets[at++] = plane * planeSize() + y / strideHeight * planeWidth() + x / step;
        }
      }
    }
    return offsets;
  }

  /**
   * Parts the rows that the patches of {@code pixelRows} rows of pixels read into planes, {@code
   * [strideHeight, strideWidth · channels, rows, planeWidth]}, so that a patch element's values for
   * one pixel after the other lie side by side.
   */
  float[] planes(int pixelRows, float[] image, int base, Scratch scratch) {
    int step = strideWidth * channels;
    int size = planeSize();
    float[] planes = scratch.left((strideHeight * step + Simd.LANES) * size);
    int rows = paddedRows(pixelRows);
    boolean together = // the rows of a plane follow each other as those of the image do
        strideHeight == 1 && strideWidth == 1 && pitch == paddedWidth * channels;
    int width = together ? rows * paddedWidth : paddedWidth;
    for (int r = 0; r < (together ? 1 : rows); r++) {
      int from = base + r * pitch;
      int to = r % strideHeight * step * size + r / strideHeight * planeWidth();
      if (step == 1) {
        System.arraycopy(image, from, planes, to, width);
      } else {
        part(width, image, from, planes, to, size);
      }
    }
    return planes;
  }

  private void part(int pixels, float[] image, int from, float[] planes, int to, int size) {
    int step = strideWidth * channels;
    int width = Math.ceilDiv(pixels, strideWidth);
    int end = from + pixels * channels;
    int lanes = Simd.LANES;
    int most = (Math.min(end, image.length - lanes) - from) / step; // elements in whole squares
    int i = 0;
    for (; i < most && most >= lanes; i += lanes) {
      int start = Math.min(i, most - lanes);
      for (int f = 0; f < step; f += lanes) {
        int source = from + start * step + f;
        Transposition.fewColumns(
            step - f, image, source, step, planes, f * size + to + start, size);
      }
    }
    for (i = Math.min(i, Math.max(0, most)); i < width; i++) {
      for (int f = 0; f < step; f++) {
        int source = from + i * step + f;
        planes[f * size + to + i] = source < end ? image[source] : 0;
      }
    }
  }

  /**
   * {@code C ← store(Pᵀ · B)} for elements {@code first … first + rows − 1} of the patches P of
   * {@code pixelRows} rows of pixels, k running over the pixels.
   *
   * @param planes as {@link #planes} made them
   * @param right panels of all pixels, from {@code rightOffset} on
   * @param rightStep 0, or from a pixel to the next if B is no panels but lies as rows
   */
  void multiplyPixels(
      int pixelRows,
      float[] planes,
      int group,
      int first,
      int rows,
      int columns,
      float[] right,
      int rightOffset,
      int rightStep,
      TileStore store,
      float[] c,
      int cOffset,
      int ldc,
      Scratch scratch) {
    int pixels = pixelRows * outWidth;
    float[] tile = scratch.tile;
    for (int j = 0; j < columns; j += Microkernel.panelWidth(columns - j)) {
      int width = Microkernel.panelWidth(columns - j);
      int used = Math.min(width, columns - j);
      int height;
      for (int i = 0; i < rows; i += height) {
        height = PixelTile.rows(width, rows - i);
        boolean whole = used == width && i + height <= rows;
        int at = cOffset + i * ldc + j;
        PixelTile.multiply(
            height,
            width,
            pixelRows,
            outWidth,
            planes,
            group * groupChannels * planeSize(),
            planeWidth(),
            planeTaps,
            first + i,
            right,
            rightStep > 0 ? rightOffset + j : rightOffset + pixels * j,
            rightStep > 0 ? rightStep : width,
            whole ? store.way() : Microkernel.STORE,
            whole ? c : tile,
            whole ? at : 0,
            whole ? ldc : width);
        if (!whole) {
          store.finish(Math.min(height, rows - i), used, tile, 0, width, c, at, ldc, j);
        }
      }
    }
  }

  /** As {@link #multiplyPixels}, {@link #byPairsOfElements}, from the image, for whole runs. */
  void multiplyPairsOfElements(
      int pixelRows,
      float[] image,
      int base,
      int first,
      int rows,
      float[] right,
      TileStore store,
      float[] c,
      int cOffset,
      Scratch scratch) {
    int size = paddedRows(pixelRows) * pitch;
    if (base + size + Simd.LANES > image.length) { // no room for a last vector
      int rest = Math.min(size, image.length - base);
      float[] copy = scratch.image(size + Simd.LANES);
      System.arraycopy(image, base, copy, 0, rest);
      multiplyPairsOfElements(pixelRows, copy, 0, first, rows, right, store, c, cOffset, scratch);
      return;
    }
    PairTile.multiplyPixels(
        pixelRows,
        outWidth,
        rows / run(),
        run(),
        image,
        base + taps[first],
        strideHeight * pitch,
        strideWidth * channels,
        dilationHeight * pitch,
        right,
        store,
        c,
        cOffset,
        scratch);
  }

  /** As {@link #multiplyPixels}, {@link #byTriplePixels}, from the image. */
  void multiplyTriplePixels(
      int pixelRows,
      float[] image,
      int base,
      int first,
      int rows,
      int columns,
      float[] right,
      int rightOffset,
      int rightStep,
      TileStore store,
      float[] c,
      int cOffset,
      Scratch scratch) {
    TriplePixelTile.multiply(
        pixelRows,
        outWidth,
        image,
        base,
        taps,
        first,
        rows,
        strideWidth * channels,
        strideHeight * pitch,
        columns,
        right,
        rightOffset,
        rightStep,
        store,
        c,
        cOffset,
        columns,
        scratch);
  }

  /**
   * Packs elements {@code first … first + rows − 1} of the patches of {@code pixelRows} rows of
   * pixels as a left operand in columns, k running over the pixels.
   */
  void packColumns(int pixelRows, float[] image, int base, int first, int rows, float[] packed) {
    int step = Microkernel.LEFT_STEP;
    int wide = Panels.TOGETHER * step;
    int pixels = pixelRows * outWidth;
    int distance = strideWidth * channels;
    int e = 0;
    while (e < rows) {
      int used = Math.min(step, rows - e);
      boolean together = e + wide <= rows && contiguous(first + e, wide);
      boolean run = used == step && contiguous(first + e, step);
      for (int y = 0; y < pixelRows; y++) {
        int from = base + y * strideHeight * pitch + taps[first + e];
        int to = e * pixels + y * outWidth * step;
        if (together) {
          Panels.packVectors(outWidth, image, from, distance, packed, to, step, pixels * step, 1);
        } else if (run) {
          copyVectors(outWidth, image, from, distance, packed, to, step);
        } else {
          packScattered(image, from - taps[first + e], first + e, used, packed, to);
        }
      }
      e += together ? wide : step;
    }
  }

  /**
   * Packs elements {@code first … first + columns − 1} of the patches of {@code pixelRows} rows of
   * pixels as a right operand, k running over the pixels; the columns beyond the last hold
   * anything.
   */
  void packPatches(
      int pixelRows,
      float[] image,
      int base,
      int first,
      int columns,
      float[] packed,
      Scratch scratch) {
    int lanes = Simd.LANES;
    int pixels = pixelRows * outWidth;
    int[] pieces = scratch.offsets(2 * Microkernel.NR); // offset in the image, column in the panel
    for (int j = 0; j < columns; j += Microkernel.panelWidth(columns - j)) {
      int width = Microkernel.panelWidth(columns - j);
      int end = Math.min(width, columns - j);
      int count = 0;
      for (int e = 0; e < end; count++) {
        pieces[2 * count] = taps[first + j + e];
        pieces[2 * count + 1] = e;
        int length = 1;
        while (length < lanes && e + length < end && contiguous(first + j + e, length + 1)) {
          length++;
        }
        e += length;
      }
      for (int y = 0; y < pixelRows; y++) {
        int row = base + y * strideHeight * pitch;
        int at = pixels * j + y * outWidth * width;
        copyPieces(outWidth, image, row, strideWidth * channels, packed, at, width, pieces, count);
      }
    }
  }

  // Pixel after pixel and piece after piece: what a vector holds beyond its piece, the next one's
  // writes over.
  private static void copyPieces(
      int n,
      float[] x,
      int xOffset,
      int xStep,
      float[] y,
      int yOffset,
      int yStep,
      int[] pieces,
      int count) {
    int lanes = Simd.LANES;
    for (int i = 0; i < n; i++) {
      for (int piece = 0; piece < count; piece++) {
        int source = xOffset + i * xStep + pieces[2 * piece];
        int target = yOffset + i * yStep + pieces[2 * piece + 1];
        if (source <= x.length - lanes) {
          FloatVector.fromArray(Simd.FLOATS, x, source).intoArray(y, target);
        } else {
          System.arraycopy(x, source, y, target, x.length - source);
        }
      }
    }
  }

  /** Whether {@code n} elements of a patch from {@code e} on lie side by side. */
  private boolean contiguous(int e, int n) {
    return taps[e + n - 1] - taps[e] == n - 1;
  }

  /** Packs {@code used} elements of the patches of one row of pixels. */
  private void packScattered(
      float[] image, int rowOffset, int first, int used, float[] packed, int to) {
    int step = Microkernel.LEFT_STEP;
    for (int x = 0; x < outWidth; x++) {
      int from = rowOffset + x * strideWidth * channels;
      for (int e = 0; e < used; e++) {
        packed[to + x * step + e] = image[from + taps[first + e]];
      }
      for (int e = used; e < step; e++) {
        packed[to + x * step + e] = 0;
      }
    }
  }
}
