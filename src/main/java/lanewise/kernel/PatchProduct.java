package lanewise.kernel;

import lanewise.shape.ConvolutionShape;
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
  private int tasksPerImage;

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
    float[] panels =
        new float[shape.groups() * p.patchSize * Microkernel.packedWidth(shape.groupOutChannels())];
    pack(p, shape, filter, filterOffset, panels);
    return panels;
  }

  private static void pack(
      Patches p, ConvolutionShape shape, float[] filter, int filterOffset, float[] panels) {
    int columns = shape.groupOutChannels();
    int size = p.patchSize * Microkernel.packedWidth(columns);
    for (int g = 0; g < shape.groups(); g++) {
      Panels.packRight(
          false,
          p.patchSize,
          0,
          columns,
          filter,
          filterOffset + g * columns,
          shape.outChannels(),
          panels,
          g * size,
          p.patchSize,
          0);
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
    for (int g = 0; g < groups; g++) {
      for (int tap = 0; tap < taps; tap++) {
        int from = filterOffset + (taps - 1 - tap) * in * shape.outChannels() + g * out;
        Panels.packRight(
            true,
            out,
            0,
            in,
            filter,
            from,
            shape.outChannels(),
            packed,
            g * size,
            p.patchSize,
            tap * out);
      }
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
    int size = groups * p.patchSize * Microkernel.packedWidth(columns / groups);
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
    int wanted = (4 * WorkerPool.threads() + batch - 1) / batch;
    tasksPerImage = Math.min(p.outHeight, wanted);
    try {
      WorkerPool.run(batch * tasksPerImage, this);
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
    int image = task / tasksPerImage;
    int part = task % tasksPerImage;
    int end = (part + 1) * p.outHeight / tasksPerImage;
    for (int y = part * p.outHeight / tasksPerImage; y < end; y += p.productRows()) {
      block(p, image, y, Math.min(p.productRows(), end - y));
    }
  }

  private void block(Patches p, int image, int y, int rows) {
    Scratch scratch = Scratch.current();
    int from = sourceOffset + image * sourceImage;
    float[] x = p.image(source, from, y, rows, scratch);
    int base = p.base(from, y);
    int pixels = rows * p.outWidth;
    int groupColumns = columns / groups;
    int size = p.patchSize * Microkernel.packedWidth(groupColumns);
    int at = targetOffset + (image * p.outHeight + y) * p.outWidth * columns;
    if (p.planar) {
      TileStore store = scratch.store.set(1, epilogue.beta(), true, epilogue, 0);
      p.multiplyPlanes(rows, x, base, columns, packed, store, target, at, scratch);
      return;
    }
    for (int g = 0; g < groups; g++) {
      int[] offsets = p.offsets(rows, scratch);
      float[] left = x;
      int leftBase = base + g * p.groupChannels;
      if (p.gathers) {
        left = p.gather(rows, offsets, x, leftBase, scratch);
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
            target,
            at + g * groupColumns,
            columns,
            scratch);
      }
    }
  }
}
