package lanewise.kernel;

import java.util.Arrays;
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

  /** Elements of padded images that the second-level cache holds. */
  private static final int TOGETHER = 1 << 18;

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
  private final @Nullable PatchPlanes planes;
  final PatchPacking packing;

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
    planes =
        byPlanes || byPairs
            ? new PatchPlanes(
                s,
                channels,
                groupChannels,
                strideHeight,
                strideWidth,
                paddedRows(productRows()),
                paddedWidth,
                pitch)
            : null;
    packing =
        new PatchPacking(
            patchSize, run(), outWidth, strideHeight * pitch, strideWidth * channels, taps);
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

  /** Small images whose products go at a time, so that the filter is read once for all of them. */
  int productImages() {
    if (planar || byPairs || byTriples || gathers) {
      return 1;
    }
    int most = BLOCK_PIXELS / (outHeight * outWidth);
    return Math.max(1, inPlace ? most : Math.min(most, TOGETHER / imageStep()));
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
    float[] padded = scratch.image(paddedRows(rows) * pitch + 2 * Simd.LANES);
    pad(image, imageOffset, y, rows, padded, 0);
    return padded;
  }

  /** The same of {@code images} whole images, {@link #imageStep} apart. */
  float[] images(int images, float[] source, int sourceOffset, Scratch scratch) {
    if (inPlace) {
      return source;
    }
    int step = imageStep();
    float[] padded = scratch.image(images * step + 2 * Simd.LANES);
    for (int i = 0; i < images; i++) {
      pad(source, sourceOffset + i * height * width * channels, 0, outHeight, padded, i * step);
    }
    return padded;
  }

  private int imageStep() {
    return inPlace ? height * width * channels : paddedRows(outHeight) * pitch;
  }

  private void pad(float[] image, int imageOffset, int y, int rows, float[] padded, int to) {
    int paddedRows = paddedRows(rows);
    for (int r = 0; r < paddedRows; r++) {
      int spread = y * strideHeight + r - padTop;
      int source = spread / insertHeight;
      int at = to + r * pitch;
      if (spread < 0 || source >= height || source * insertHeight != spread) {
        Arrays.fill(padded, at, at + pitch, 0);
      } else if (insertWidth == 1) {
        copyRow(image, imageOffset + source * width * channels, padded, at);
      } else {
        spreadRow(image, imageOffset + source * width * channels, padded, at);
      }
    }
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

  /**
   * The offset of each patch of {@code rows} rows of output pixels of each of some images from the
   * first.
   */
  int[] offsets(int images, int rows, Scratch scratch) {
    int[] offsets = scratch.offsets(images * rows * outWidth);
    int at = 0;
    int step = imageStep();
    for (int row = 0; row < images * rows; row++) {
      int from = row / rows * step + row % rows * strideHeight * pitch;
      for (int x = 0; x < outWidth; x++) {
        offsets[at++] = from + x * strideWidth * channels;
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
    boolean whole = store.sumsInTiles() && !store.adds();
    int pixels = rows * outWidth;
    float[] sums = whole ? c : scratch.patches(pixels * columns);
    int at = whole ? cOffset : 0;
    PatchPlanes p = planes();
    float[] x = planes(rows, image, base, scratch);
    PairTile.multiply(rows, outWidth, p.width, patchSize, p.taps, x, packed, sums, at);
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

  private PatchPlanes planes() {
    if (planes == null) {
      throw new IllegalStateException("these patches are not read in planes");
    }
    return planes;
  }

  /** What the patches of {@code pixelRows} rows of pixels read, in {@link PatchPlanes}. */
  float[] planes(int pixelRows, float[] image, int base, Scratch scratch) {
    return planes().of(paddedRows(pixelRows), image, base, scratch);
  }

  /**
   * {@code C ← store(Pᵀ · B)} for elements {@code first … first + rows − 1} of the patches P of
   * {@code pixelRows} rows of pixels, k running over the pixels.
   *
   * @param planes as {@link #planes(int, float[], int, Scratch)} made them
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
    PatchPlanes p = planes();
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
            p.offset(group * groupChannels),
            p.width,
            p.taps,
            first + i,
            right,
            rightStep > 0 ? rightOffset + j : rightOffset + pixels * j,
            rightStep > 0 ? rightStep : width,
            whole ? store.prior(c) : TileStore.NO_PRIOR,
            whole ? store.mask() : 0,
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
}
