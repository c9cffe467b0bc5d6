package lanewise.kernel;

import lanewise.shape.ConvolutionShape;
import lanewise.shape.PoolingShape;
import org.jspecify.annotations.Nullable;

/** Patches times filter, cut into images and blocks of their rows. */
final class PatchProduct implements ConvolutionProduct.ByRows, WorkerPool.Task {
  private static final float[] NOTHING = {};

  static final ThreadLocal<PatchProduct> CURRENT = ThreadLocal.withInitial(PatchProduct::new);

  private final WorkerPool.Task packColumns = this::packColumns;
  private @Nullable Patches patches;
  private int groups;
  private float[] source = NOTHING;
  private int sourceOffset;
  private int sourceImage;
  private float[] target = NOTHING;
  private int targetOffset;
  private int columns; // channels of the target
  private int groupOut; // filters in a group
  private int taps;
  private float[] filter = NOTHING; // [taps, in / groups, out]
  private int filterOffset;
  private boolean turns; // the filter, for the gradient of the input
  private Epilogue epilogue = Epilogue.NONE;
  private float[] own = NOTHING;
  private float[] packed = NOTHING; // per group, panels of [patchSize, columns / groups]
  private int unitRows; // of the target, in a unit that tasks are made of
  private int units;
  private int batch;
  private int together; // whole images in a task
  private int tasksPerImage;
  private int columnsEach; // that a task takes of all images, 0 if it takes images

  private final PooledRows pooled = new PooledRows();

  @Override
  public boolean pools(ConvolutionShape s, PoolingShape pooling) {
    return true;
  }

  @Override
  public PooledRows pooled() {
    return pooled;
  }

  @Override
  public void forward(
      ConvolutionShape shape,
      float[] input,
      int inputOffset,
      float[] filter,
      int filterOffset,
      Epilogue epilogue,
      float[] output,
      int outputOffset) {
    Patches p = ConvolutionGeometry.of(shape).forward();
    set(p, shape, filter, filterOffset, false);
    packed = own(p);
    run(p, shape.batch(), input, inputOffset, shape.inImageSize(), epilogue, output, outputOffset);
  }

  @Override
  public void forward(
      ConvolutionShape shape,
      float[] input,
      int inputOffset,
      PackedFilter filter,
      Epilogue epilogue,
      float[] output,
      int outputOffset) {
    Patches p = ConvolutionGeometry.of(shape).forward();
    set(p, shape, NOTHING, 0, false);
    packed = filter.panels(0);
    run(p, shape.batch(), input, inputOffset, shape.inImageSize(), epilogue, output, outputOffset);
  }

  @Override
  public PackedFilter pack(ConvolutionShape shape, float[] filter, int filterOffset) {
    Patches p = ConvolutionGeometry.of(shape).forward();
    set(p, shape, filter, filterOffset, false);
    float[] panels = new float[packedSize(p)];
    packed = panels;
    pack(p);
    packed = NOTHING;
    return new PackedFilter(shape, panels);
  }

  @Override
  public void backward(
      ConvolutionShape shape,
      float[] dOutput,
      int dOutputOffset,
      float[] filter,
      int filterOffset,
      float[] dInput,
      int dInputOffset) {
    Patches p = ConvolutionGeometry.of(shape).backward();
    set(p, shape, filter, filterOffset, true);
    packed = own(p);
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

  private void set(Patches p, ConvolutionShape s, float[] filter, int filterOffset, boolean turns) {
    patches = p;
    this.filter = filter;
    this.filterOffset = filterOffset;
    this.turns = turns;
    groups = s.groups();
    columns = turns ? s.inChannels() : s.outChannels();
    groupOut = s.groupOutChannels();
    taps = s.kernelHeight() * s.kernelWidth();
  }

  /**
   * Packs a filter for {@link #multiply}, by which products of lines of a shape without padding are
   * made; not to be used for anything else then.
   *
   * @param turns for the gradient of the input
   */
  void prepare(ConvolutionGeometry lines, boolean turns, float[] filter) {
    prepare(lines, turns, filter, own(set(lines, turns, filter)));
  }

  /**
   * The same into an array of its own, to be given to {@link #prepare(ConvolutionGeometry,
   * float[])}.
   */
  float[] packed(ConvolutionGeometry lines, float[] filter) {
    prepare(lines, false, filter, new float[packedSize(set(lines, false, filter))]);
    return packed;
  }

  void prepare(ConvolutionGeometry lines, float[] panels) {
    set(lines, false, NOTHING);
    packed = panels;
  }

  /** Forgets panels that were given. */
  void release() {
    packed = NOTHING;
  }

  private void prepare(ConvolutionGeometry lines, boolean turns, float[] filter, float[] panels) {
    packed = panels;
    pack(set(lines, turns, filter));
  }

  private Patches set(ConvolutionGeometry lines, boolean turns, float[] filter) {
    Patches p = turns ? lines.backward() : lines.forward();
    set(p, lines.shape(), filter, 0, turns);
    return p;
  }

  /** {@code y ← x ∗ filter} of some lines, by any thread. */
  void multiply(int lines, float[] x, int base, float[] y, int at, Scratch scratch) {
    Patches p = patches;
    if (p != null) {
      rows(p, 1, lines, x, base, 0, columns, y, at, scratch);
    }
  }

  private int packedSize(Patches p) {
    if (p.byPairs) {
      return PairTile.packedSize(p.patchSize);
    }
    return p.planar
        ? PlanarTile.packedSize(p.patchSize, columns)
        : groups * p.patchSize * Microkernel.packedWidth(columns / groups);
  }

  private float[] own(Patches p) {
    int size = packedSize(p);
    if (own.length < size) {
      own = new float[size];
    }
    return own;
  }

  /** Packs the whole filter, which then is no longer needed. */
  private void pack(Patches p) {
    if (p.planar) {
      int products = turns ? taps : p.patchSize;
      PlanarTile.pack(products, columns, turns, filter, filterOffset, packed);
    } else if (groups == 1 && !p.byPairs && p.patchSize * columns >= Packing.PARALLEL) {
      columnsEach = Partition.roundUp(columns, WorkerPool.threads(), Microkernel.NR);
      WorkerPool.run(columnTasks(), packColumns);
    } else {
      for (int g = 0; g < groups; g++) {
        pack(p, g, 0, columns / groups);
      }
    }
    if (p.byPairs) {
      int size = p.patchSize * Microkernel.packedWidth(columns);
      PairTile.spread(p.patchSize, packed, size, packed);
    }
    filter = NOTHING;
  }

  /** Packs columns {@code first …} of a group's filter. */
  private void pack(Patches p, int group, int first, int count) {
    int groupColumns = columns / groups;
    int pitch = groups * groupOut;
    int size = p.patchSize * Microkernel.packedWidth(groupColumns);
    int to = p.byPairs ? size : group * size + p.patchSize * first;
    if (!turns) {
      int from = filterOffset + group * groupColumns + first;
      Packing.right(
          false, p.patchSize, first, count, filter, from, pitch, packed, to, p.patchSize, 0);
      return;
    }
    for (int tap = 0; tap < taps; tap++) {
      int row = (taps - 1 - tap) * groupColumns + first;
      int from = filterOffset + row * pitch + group * groupOut;
      int at = tap * groupOut;
      Packing.right(true, groupOut, first, count, filter, from, pitch, packed, to, p.patchSize, at);
    }
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
    boolean plain = groups == 1 && pooling == null && !(p.planar || p.byTriples || p.byPairs);
    boolean few = plain && threads > 1 && batch * p.outHeight * p.outWidth <= GemmJob.SHARED;
    int share = few ? Partition.share(columns, threads, Math.max(Microkernel.NR, 16), 1) : 0;
    together = pooling == null ? Math.max(1, Math.min(batch / threads, p.productImages())) : 1;
    boolean whole = threads == 1 || together > 1;
    tasksPerImage = whole ? 1 : Math.min(units, Math.ceilDiv(4 * threads, batch));
    this.batch = batch;
    try {
      if (share == 0 && filter != NOTHING) {
        pack(p);
      }
      columnsEach = share;
      if (share > 0) {
        together = Math.min(batch, p.productImages());
        tasksPerImage = 1;
        WorkerPool.run(columnTasks(), this);
      } else {
        WorkerPool.run(Math.ceilDiv(batch, together) * tasksPerImage, this);
      }
    } finally {
      filter = NOTHING;
      packed = NOTHING;
      this.source = NOTHING;
      this.target = NOTHING;
      this.epilogue = Epilogue.NONE;
    }
  }

  private int columnTasks() {
    return Partition.shares(columns, columnsEach, Microkernel.NR);
  }

  @Override
  public void run(int task) {
    Patches p = patches;
    if (p == null) {
      return;
    }
    if (columnsEach == 0) {
      images(p, task, 0, columns / groups);
      return;
    }
    if (filter != NOTHING) {
      packColumns(task);
    }
    for (int i = 0; i * together < batch; i++) {
      images(p, i, task * columnsEach, columnsOf(task));
    }
  }

  private void packColumns(int task) {
    Patches p = patches;
    if (p != null) {
      pack(p, 0, task * columnsEach, columnsOf(task));
    }
  }

  private int columnsOf(int task) {
    return task == columnTasks() - 1 ? columns - task * columnsEach : columnsEach;
  }

  /** A task's images, or part of one, columns {@code first …} of each group. */
  private void images(Patches p, int task, int first, int count) {
    if (together > 1) {
      int image = task * together;
      images(p, image, Math.min(together, batch - image), first, count);
      return;
    }
    int image = task / tasksPerImage;
    int part = task % tasksPerImage;
    int end = (part + 1) * units / tasksPerImage;
    int step = Math.max(1, p.productRows() / unitRows);
    for (int unit = part * units / tasksPerImage; unit < end; unit += step) {
      block(p, image, unit, Math.min(unit + step, end), first, count);
    }
  }

  /** Whole images, their products in one. */
  private void images(Patches p, int image, int images, int first, int count) {
    Scratch scratch = Scratch.current();
    int from = sourceOffset + image * sourceImage;
    float[] x = p.images(images, source, from, scratch);
    int at = targetOffset + image * p.outHeight * p.outWidth * columns;
    rows(p, images, p.outHeight, x, p.base(from, 0), first, count, target, at, scratch);
  }

  /** Units {@code unit … end − 1} of an image. */
  private void block(Patches p, int image, int unit, int end, int first, int count) {
    Scratch scratch = Scratch.current();
    PoolingShape pooling = pooled.shape();
    int y = unit * unitRows;
    int last = pooling == null ? end : (end - 1) * unitRows + pooling.kernelHeight();
    int rows = Math.min(last, p.outHeight) - y;
    int from = sourceOffset + image * sourceImage;
    float[] x = p.image(source, from, y, rows, scratch);
    int base = p.base(from, y);
    TileStore store = scratch.store.set(1, epilogue.beta(), true, epilogue, 0);
    if (p.planar && pooling != null && PlanarTile.pools(pooling) && store.overwrites()) {
      pooled.poolPlanes(p, image, unit, end, x, base, packed, store, scratch);
    } else if (pooling == null) {
      int at = targetOffset + (image * p.outHeight + y) * p.outWidth * columns;
      rows(p, 1, rows, x, base, first, count, target, at, scratch);
    } else {
      int size = rows * p.outWidth * columns;
      float[] made = scratch.rows(size + PooledRows.SLACK);
      rows(p, 1, rows, x, base, first, count, made, 0, scratch);
      pooled.pool(image, unit, end, made, 0, made.length);
    }
  }

  /**
   * {@code rows} rows of some images of the target, at {@code at} of {@code y}, of each group the
   * columns {@code first …}.
   */
  private void rows(
      Patches p,
      int images,
      int rows,
      float[] x,
      int base,
      int first,
      int count,
      float[] y,
      int at,
      Scratch scratch) {
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
      int column = g * groupColumns + first;
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
                1, b == 0 ? epilogue.beta() : 1, b == p.blocks.length - 1, epilogue, column);
        Panels.multiplyRows(
            pixels,
            offsets,
            block[2],
            block[3],
            block[4],
            left,
            leftBase + block[1],
            first,
            count,
            packed,
            g * size + p.patchSize * first,
            p.patchSize,
            block[0],
            store,
            y,
            at + column,
            columns,
            scratch);
      }
    }
  }
}
