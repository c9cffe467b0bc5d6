package lanewise.kernel;

import lanewise.shape.ConvolutionShape;
import lanewise.shape.PoolingShape;
import org.jspecify.annotations.Nullable;

/** Patches times filter, cut into images and blocks of their rows. */
final class PatchProduct implements WorkerPool.Task {
  private static final float[] NOTHING = {};

  static final ThreadLocal<PatchProduct> CURRENT = ThreadLocal.withInitial(PatchProduct::new);

  private @Nullable Patches patches;
  private int groups;
  private float[] source = NOTHING;
  private int sourceOffset;
  private int sourceImage;
  private float[] target = NOTHING;
  private int targetOffset;
  private int columns; // channels of the target
  private Epilogue epilogue = Epilogue.NONE;
  private float[] own = NOTHING;
  private float[] packed = NOTHING; // per group, panels of [patchSize, columns / groups]
  private int unitRows; // of the target, in a unit that tasks are made of
  private int units;
  private int batch;
  private int together; // whole images in a task
  private int tasksPerImage;

  /** What the rows of the next forward pass go through. */
  final PooledRows pooled = new PooledRows();

  void forward(
      ConvolutionShape shape,
      float[] input,
      int inputOffset,
      float[] filter,
      int filterOffset,
      Epilogue epilogue,
      float[] output,
      int outputOffset) {
    Patches p = ConvolutionGeometry.of(shape).forward();
    packed = prepare(p, shape.groups(), shape.outChannels());
    pack(p, shape, filter, filterOffset, packed);
    run(p, shape.batch(), input, inputOffset, shape.inImageSize(), epilogue, output, outputOffset);
  }

  void forward(
      ConvolutionShape shape,
      float[] input,
      int inputOffset,
      float[] panels,
      Epilogue epilogue,
      float[] output,
      int outputOffset) {
    groups = shape.groups();
    columns = shape.outChannels();
    packed = panels;
    run(
        ConvolutionGeometry.of(shape).forward(),
        shape.batch(),
        input,
        inputOffset,
        shape.inImageSize(),
        epilogue,
        output,
        outputOffset);
  }

  float[] pack(ConvolutionShape shape, float[] filter, int filterOffset) {
    Patches p = ConvolutionGeometry.of(shape).forward();
    float[] panels = new float[packedSize(p, shape.groups(), shape.groupOutChannels())];
    pack(p, shape, filter, filterOffset, panels);
    return panels;
  }

  private static int packedSize(Patches p, int groups, int columns) {
    if (p.byPairs) {
      return PairTile.packedSize(p.patchSize);
    }
    return p.planar
        ? PlanarTile.packedSize(p.patchSize, columns)
        : groups * p.patchSize * Microkernel.packedWidth(columns);
  }

  private static void pack(
      Patches p, ConvolutionShape shape, float[] filter, int filterOffset, float[] panels) {
    int columns = shape.groupOutChannels();
    if (p.planar) {
      PlanarTile.pack(p.patchSize, columns, false, filter, filterOffset, panels);
      return;
    }
    int size = p.patchSize * Microkernel.packedWidth(columns);
    for (int g = 0; g < shape.groups(); g++) {
      Packing.right(
          false,
          p.patchSize,
          0,
          columns,
          filter,
          filterOffset + g * columns,
          shape.outChannels(),
          panels,
          p.byPairs ? size : g * size,
          p.patchSize,
          0);
    }
    if (p.byPairs) {
      PairTile.spread(p.patchSize, panels, size, panels);
    }
  }

  void backward(
      ConvolutionShape shape,
      float[] dOutput,
      int dOutputOffset,
      float[] filter,
      int filterOffset,
      float[] dInput,
      int dInputOffset) {
    Patches p = ConvolutionGeometry.of(shape).backward();
    packed = prepare(p, shape.groups(), shape.inChannels());
    int size = p.patchSize * Microkernel.packedWidth(shape.groupInChannels());
    int taps = shape.kernelHeight() * shape.kernelWidth();
    int in = shape.groupInChannels();
    int out = shape.groupOutChannels();
    if (p.planar) {
      PlanarTile.pack(taps, in, true, filter, filterOffset, packed);
    }
    for (int g = 0; g < groups && !p.planar; g++) {
      for (int tap = 0; tap < taps; tap++) {
        int from = filterOffset + (taps - 1 - tap) * in * shape.outChannels() + g * out;
        Packing.right(
            true,
            out,
            0,
            in,
            filter,
            from,
            shape.outChannels(),
            packed,
            p.byPairs ? size : g * size,
            p.patchSize,
            tap * out);
      }
    }
    if (p.byPairs) {
      PairTile.spread(p.patchSize, packed, size, packed);
    }
    run(
        p,
        shape.batch(),
        dOutput,
        dOutputOffset,
        shape.outImageSize(),
        Epilogue.NONE,
        dInput,
        dInputOffset);
  }

  private float[] prepare(Patches p, int groups, int columns) {
    this.groups = groups;
    this.columns = columns;
    int size = packedSize(p, groups, columns / groups);
    if (own.length < size) {
      own = new float[size];
    }
    return own;
  }

  private void run(
      Patches p,
      int batch,
      float[] source,
      int sourceOffset,
      int sourceImage,
      Epilogue epilogue,
      float[] target,
      int targetOffset) {
    this.patches = p;
    this.source = source;
    this.sourceOffset = sourceOffset;
    this.sourceImage = sourceImage;
    this.target = target;
    this.targetOffset = targetOffset;
    this.epilogue = epilogue;
    PoolingShape pooling = pooled.shape();
    unitRows = pooling == null ? 1 : pooling.strideHeight();
    units = pooling == null ? p.outHeight : pooling.outHeight();
    int threads = WorkerPool.threads();
    together = pooling == null ? Math.max(1, Math.min(batch / threads, p.productImages())) : 1;
    boolean whole = threads == 1 || together > 1;
    tasksPerImage = whole ? 1 : Math.min(units, Math.ceilDiv(4 * threads, batch));
    this.batch = batch;
    try {
      WorkerPool.run(Math.ceilDiv(batch, together) * tasksPerImage, this);
    } finally {
      packed = NOTHING;
      this.source = NOTHING;
      this.target = NOTHING;
      this.epilogue = Epilogue.NONE;
    }
  }

  @Override
  public void run(int task) {
    Patches p = patches;
    if (p == null) {
      return;
    }
    if (together > 1) {
      images(p, task * together, Math.min(together, batch - task * together));
      return;
    }
    int image = task / tasksPerImage;
    int part = task % tasksPerImage;
    int end = (part + 1) * units / tasksPerImage;
    int step = Math.max(1, p.productRows() / unitRows);
    for (int unit = part * units / tasksPerImage; unit < end; unit += step) {
      block(p, image, unit, Math.min(unit + step, end));
    }
  }

  /** Images {@code first … first + count − 1}, their products in one. */
  private void images(Patches p, int first, int count) {
    Scratch scratch = Scratch.current();
    int from = sourceOffset + first * sourceImage;
    float[] x = p.images(count, source, from, scratch);
    int at = targetOffset + first * p.outHeight * p.outWidth * columns;
    rows(p, count, p.outHeight, x, p.base(from, 0), target, at, scratch);
  }

  /** Units {@code first … end − 1} of an image. */
  private void block(Patches p, int image, int first, int end) {
    Scratch scratch = Scratch.current();
    PoolingShape pooling = pooled.shape();
    int y = first * unitRows;
    int last = pooling == null ? end : (end - 1) * unitRows + pooling.kernelHeight();
    int rows = Math.min(last, p.outHeight) - y;
    int from = sourceOffset + image * sourceImage;
    float[] x = p.image(source, from, y, rows, scratch);
    int base = p.base(from, y);
    TileStore store = scratch.store.set(1, epilogue.beta(), true, epilogue, 0);
    if (p.planar && pooling != null && PlanarTile.pools(pooling) && store.overwrites()) {
      pooled.poolPlanes(p, image, first, end, x, base, packed, store, scratch);
    } else if (pooling == null) {
      int at = targetOffset + (image * p.outHeight + y) * p.outWidth * columns;
      rows(p, 1, rows, x, base, target, at, scratch);
    } else {
      int size = rows * p.outWidth * columns;
      float[] made = scratch.rows(size + PooledRows.SLACK);
      rows(p, 1, rows, x, base, made, 0, scratch);
      pooled.pool(image, first, end, made, 0, made.length);
    }
  }

  /** {@code rows} rows of some images of the target, at {@code at} of {@code y}. */
  private void rows(
      Patches p, int images, int rows, float[] x, int base, float[] y, int at, Scratch scratch) {
    int pixels = images * rows * p.outWidth;
    int groupColumns = columns / groups;
    int size = p.patchSize * Microkernel.packedWidth(groupColumns);
    if (p.planar || p.byTriples || p.byPairs) {
      TileStore store = scratch.store.set(1, epilogue.beta(), true, epilogue, 0);
      if (p.byPairs) {
        p.multiplyPairs(rows, x, base, columns, packed, store, y, at, scratch);
      } else if (p.planar) {
        p.multiplyPlanes(rows, x, base, columns, packed, store, y, at, scratch);
      } else {
        p.multiplyTriples(rows, x, base, columns, packed, store, y, at, scratch);
      }
      return;
    }
    for (int g = 0; g < groups; g++) {
      int[] offsets = p.offsets(images, rows, scratch);
      float[] left = x;
      int leftBase = base + g * p.groupChannels;
      if (p.gathers) {
        left = p.packing.gather(rows, offsets, x, leftBase, scratch);
        leftBase = 0;
      }
      for (int b = 0; b < p.blocks.length; b++) {
        int[] block = p.blocks[b];
        TileStore store =
            scratch.store.set(
                1,
                b == 0 ? epilogue.beta() : 1,
                b == p.blocks.length - 1,
                epilogue,
                g * groupColumns);
        Panels.multiplyRows(
            pixels,
            offsets,
            block[2],
            block[3],
            block[4],
            left,
            leftBase + block[1],
            0,
            groupColumns,
            packed,
            g * size,
            p.patchSize,
            block[0],
            store,
            y,
            at + g * groupColumns,
            columns,
            scratch);
      }
    }
  }
}
