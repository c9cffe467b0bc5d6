package lanewise.kernel;

import static lanewise.kernel.Microkernel.LANES;
import static lanewise.kernel.Microkernel.LENGTHS;
import static lanewise.kernel.Microkernel.OFFSETS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Patches of few elements times a filter: three taps of a row of one channel, or one of three, lie
 * side by side, and such <em>triples</em> are read where they lie. A tile is some neighbouring
 * pixels of a line by one or two vectors of output channels; a line's last one starts earlier if it
 * would run over. k counts triples, and {@code taps} has where each starts after the patch's first.
 *
 * <p>Pixels of a tile are one step apart, so one offset names them all: with an offset for each,
 * the loop spent its time moving those. With 16 registers the sums are spilled all the same.
 */
final class TripleTile {
  private static final VectorSpecies<Float> S = Simd.FLOATS;

  private static final int SIX = 6;
  private static final int EIGHT = 8;

  private TripleTile() {}

  /**
   * Whether the products of lines of {@code width} pixels and {@code columns} are made this way.
   */
  static boolean suits(int run, int patchSize, int width, int columns) {
    return Simd.REGISTERS >= 32
        && run % 3 == 0
        && patchSize <= Patches.KC
        && width >= EIGHT
        && columns % LANES == 0;
  }

  /**
   * {@code C ← store(P · B)} for the patches of {@code lines} lines of {@code width} pixels; where
   * {@code store} does not overwrite C, the sums alone.
   *
   * @param lineStep from the first patch of a line to that of the next
   * @param pixelStep from a patch to its neighbour
   */
  static void multiply(
      int lines,
      int width,
      int lineStep,
      int pixelStep,
      int k,
      int[] taps,
      float[] a,
      int aOffset,
      int columns,
      float[] packed,
      TileStore store,
      float[] c,
      int cOffset,
      int ldc) {
    int panels = columns / Microkernel.NR;
    int panelStep = 3 * k * Microkernel.NR;
    int rest = panels * Microkernel.NR;
    boolean finishes = store.overwrites() && store.finishes();
    float[] bias = store.bias(packed);
    float floor = store.floor();
    if (panels > 0 && finishes) {
      finish6x2(
          lines,
          width,
          lineStep,
          pixelStep,
          panels,
          panelStep,
          k,
          taps,
          a,
          aOffset,
          packed,
          0,
          bias,
          store.biasOffset(0),
          floor,
          c,
          cOffset,
          ldc);
    } else if (panels > 0) {
      store6x2(
          lines, width, lineStep, pixelStep, panels, panelStep, k, taps, a, aOffset, packed, 0, c,
          cOffset, ldc);
    }
    if (rest < columns && finishes) {
      finish8x1(
          lines,
          width,
          lineStep,
          pixelStep,
          k,
          taps,
          a,
          aOffset,
          packed,
          panels * panelStep,
          bias,
          store.biasOffset(rest),
          floor,
          c,
          cOffset + rest,
          ldc);
    } else if (rest < columns) {
      store8x1(
          lines,
          width,
          lineStep,
          pixelStep,
          k,
          taps,
          a,
          aOffset,
          packed,
          panels * panelStep,
          c,
          cOffset + rest,
          ldc);
    }
  }

  /** {@code C ← P · B} for panels of two vectors, {@code panelStep} apart. */
  static void store6x2(
      int lines,
      int width,
      int lineStep,
      int pixelStep,
      int panels,
      int panelStep,
      int k,
      int[] taps,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      float[] c,
      int cOffset,
      int ldc) {
    k &= LENGTHS;
    int across = Math.ceilDiv(width, SIX);
    for (int i = 0; i < lines * across; i++) {
      int line = i / across;
      int pixel = Math.min(i % across * SIX, width - SIX);
      int first = (aOffset + line * lineStep + pixel * pixelStep) & OFFSETS;
      for (int j = 0; j < panels; j++) {
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c01 = FloatVector.zero(S);
        FloatVector c10 = FloatVector.zero(S);
        FloatVector c11 = FloatVector.zero(S);
        FloatVector c20 = FloatVector.zero(S);
        FloatVector c21 = FloatVector.zero(S);
        FloatVector c30 = FloatVector.zero(S);
        FloatVector c31 = FloatVector.zero(S);
        FloatVector c40 = FloatVector.zero(S);
        FloatVector c41 = FloatVector.zero(S);
        FloatVector c50 = FloatVector.zero(S);
        FloatVector c51 = FloatVector.zero(S);
        int panel = (bOffset + j * panelStep) & OFFSETS;
        for (int p = 0; p < k; p++) {
          int at = first + taps[p];
          FloatVector b00 = FloatVector.fromArray(S, b, panel + p * 6 * LANES);
          FloatVector b01 = FloatVector.fromArray(S, b, panel + p * 6 * LANES + LANES);
          FloatVector b10 = FloatVector.fromArray(S, b, panel + p * 6 * LANES + 2 * LANES);
          FloatVector b11 = FloatVector.fromArray(S, b, panel + p * 6 * LANES + 3 * LANES);
          FloatVector b20 = FloatVector.fromArray(S, b, panel + p * 6 * LANES + 4 * LANES);
          FloatVector b21 = FloatVector.fromArray(S, b, panel + p * 6 * LANES + 5 * LANES);
          FloatVector x = FloatVector.broadcast(S, a[at]);
          c00 = x.fma(b00, c00);
          c01 = x.fma(b01, c01);
          x = FloatVector.broadcast(S, a[at + 1]);
          c00 = x.fma(b10, c00);
          c01 = x.fma(b11, c01);
          x = FloatVector.broadcast(S, a[at + 2]);
          c00 = x.fma(b20, c00);
          c01 = x.fma(b21, c01);
          at += pixelStep;
          x = FloatVector.broadcast(S, a[at]);
          c10 = x.fma(b00, c10);
          c11 = x.fma(b01, c11);
          x = FloatVector.broadcast(S, a[at + 1]);
          c10 = x.fma(b10, c10);
          c11 = x.fma(b11, c11);
          x = FloatVector.broadcast(S, a[at + 2]);
          c10 = x.fma(b20, c10);
          c11 = x.fma(b21, c11);
          at += pixelStep;
          x = FloatVector.broadcast(S, a[at]);
          c20 = x.fma(b00, c20);
          c21 = x.fma(b01, c21);
          x = FloatVector.broadcast(S, a[at + 1]);
          c20 = x.fma(b10, c20);
          c21 = x.fma(b11, c21);
          x = FloatVector.broadcast(S, a[at + 2]);
          c20 = x.fma(b20, c20);
          c21 = x.fma(b21, c21);
          at += pixelStep;
          x = FloatVector.broadcast(S, a[at]);
          c30 = x.fma(b00, c30);
          c31 = x.fma(b01, c31);
          x = FloatVector.broadcast(S, a[at + 1]);
          c30 = x.fma(b10, c30);
          c31 = x.fma(b11, c31);
          x = FloatVector.broadcast(S, a[at + 2]);
          c30 = x.fma(b20, c30);
          c31 = x.fma(b21, c31);
          at += pixelStep;
          x = FloatVector.broadcast(S, a[at]);
          c40 = x.fma(b00, c40);
          c41 = x.fma(b01, c41);
          x = FloatVector.broadcast(S, a[at + 1]);
          c40 = x.fma(b10, c40);
          c41 = x.fma(b11, c41);
          x = FloatVector.broadcast(S, a[at + 2]);
          c40 = x.fma(b20, c40);
          c41 = x.fma(b21, c41);
          at += pixelStep;
          x = FloatVector.broadcast(S, a[at]);
          c50 = x.fma(b00, c50);
          c51 = x.fma(b01, c51);
          x = FloatVector.broadcast(S, a[at + 1]);
          c50 = x.fma(b10, c50);
          c51 = x.fma(b11, c51);
          x = FloatVector.broadcast(S, a[at + 2]);
          c50 = x.fma(b20, c50);
          c51 = x.fma(b21, c51);
        }
        int to = cOffset + (line * width + pixel) * ldc + j * 2 * LANES;
        c00.intoArray(c, to);
        c01.intoArray(c, to + LANES);
        c10.intoArray(c, to + ldc);
        c11.intoArray(c, to + ldc + LANES);
        c20.intoArray(c, to + 2 * ldc);
        c21.intoArray(c, to + 2 * ldc + LANES);
        c30.intoArray(c, to + 3 * ldc);
        c31.intoArray(c, to + 3 * ldc + LANES);
        c40.intoArray(c, to + 4 * ldc);
        c41.intoArray(c, to + 4 * ldc + LANES);
        c50.intoArray(c, to + 5 * ldc);
        c51.intoArray(c, to + 5 * ldc + LANES);
      }
    }
  }

  /** {@code C ← max(P · B + bias, floor)}, likewise. */
  static void finish6x2(
      int lines,
      int width,
      int lineStep,
      int pixelStep,
      int panels,
      int panelStep,
      int k,
      int[] taps,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      float[] bias,
      int biasOffset,
      float floor,
      float[] c,
      int cOffset,
      int ldc) {
    k &= LENGTHS;
    FloatVector least = FloatVector.broadcast(S, floor);
    int across = Math.ceilDiv(width, SIX);
    for (int i = 0; i < lines * across; i++) {
      int line = i / across;
      int pixel = Math.min(i % across * SIX, width - SIX);
      int first = (aOffset + line * lineStep + pixel * pixelStep) & OFFSETS;
      for (int j = 0; j < panels; j++) {
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c01 = FloatVector.zero(S);
        FloatVector c10 = FloatVector.zero(S);
        FloatVector c11 = FloatVector.zero(S);
        FloatVector c20 = FloatVector.zero(S);
        FloatVector c21 = FloatVector.zero(S);
        FloatVector c30 = FloatVector.zero(S);
        FloatVector c31 = FloatVector.zero(S);
        FloatVector c40 = FloatVector.zero(S);
        FloatVector c41 = FloatVector.zero(S);
        FloatVector c50 = FloatVector.zero(S);
        FloatVector c51 = FloatVector.zero(S);
        int panel = (bOffset + j * panelStep) & OFFSETS;
        for (int p = 0; p < k; p++) {
          int at = first + taps[p];
          FloatVector b00 = FloatVector.fromArray(S, b, panel + p * 6 * LANES);
          FloatVector b01 = FloatVector.fromArray(S, b, panel + p * 6 * LANES + LANES);
          FloatVector b10 = FloatVector.fromArray(S, b, panel + p * 6 * LANES + 2 * LANES);
          FloatVector b11 = FloatVector.fromArray(S, b, panel + p * 6 * LANES + 3 * LANES);
          FloatVector b20 = FloatVector.fromArray(S, b, panel + p * 6 * LANES + 4 * LANES);
          FloatVector b21 = FloatVector.fromArray(S, b, panel + p * 6 * LANES + 5 * LANES);
          FloatVector x = FloatVector.broadcast(S, a[at]);
          c00 = x.fma(b00, c00);
          c01 = x.fma(b01, c01);
          x = FloatVector.broadcast(S, a[at + 1]);
          c00 = x.fma(b10, c00);
          c01 = x.fma(b11, c01);
          x = FloatVector.broadcast(S, a[at + 2]);
          c00 = x.fma(b20, c00);
          c01 = x.fma(b21, c01);
          at += pixelStep;
          x = FloatVector.broadcast(S, a[at]);
          c10 = x.fma(b00, c10);
          c11 = x.fma(b01, c11);
          x = FloatVector.broadcast(S, a[at + 1]);
          c10 = x.fma(b10, c10);
          c11 = x.fma(b11, c11);
          x = FloatVector.broadcast(S, a[at + 2]);
          c10 = x.fma(b20, c10);
          c11 = x.fma(b21, c11);
          at += pixelStep;
          x = FloatVector.broadcast(S, a[at]);
          c20 = x.fma(b00, c20);
          c21 = x.fma(b01, c21);
          x = FloatVector.broadcast(S, a[at + 1]);
          c20 = x.fma(b10, c20);
          c21 = x.fma(b11, c21);
          x = FloatVector.broadcast(S, a[at + 2]);
          c20 = x.fma(b20, c20);
          c21 = x.fma(b21, c21);
          at += pixelStep;
          x = FloatVector.broadcast(S, a[at]);
          c30 = x.fma(b00, c30);
          c31 = x.fma(b01, c31);
          x = FloatVector.broadcast(S, a[at + 1]);
          c30 = x.fma(b10, c30);
          c31 = x.fma(b11, c31);
          x = FloatVector.broadcast(S, a[at + 2]);
          c30 = x.fma(b20, c30);
          c31 = x.fma(b21, c31);
          at += pixelStep;
          x = FloatVector.broadcast(S, a[at]);
          c40 = x.fma(b00, c40);
          c41 = x.fma(b01, c41);
          x = FloatVector.broadcast(S, a[at + 1]);
          c40 = x.fma(b10, c40);
          c41 = x.fma(b11, c41);
          x = FloatVector.broadcast(S, a[at + 2]);
          c40 = x.fma(b20, c40);
          c41 = x.fma(b21, c41);
          at += pixelStep;
          x = FloatVector.broadcast(S, a[at]);
          c50 = x.fma(b00, c50);
          c51 = x.fma(b01, c51);
          x = FloatVector.broadcast(S, a[at + 1]);
          c50 = x.fma(b10, c50);
          c51 = x.fma(b11, c51);
          x = FloatVector.broadcast(S, a[at + 2]);
          c50 = x.fma(b20, c50);
          c51 = x.fma(b21, c51);
        }
        int to = cOffset + (line * width + pixel) * ldc + j * 2 * LANES;
        FloatVector bias0 = FloatVector.fromArray(S, bias, biasOffset + j * 2 * LANES);
        FloatVector bias1 = FloatVector.fromArray(S, bias, biasOffset + j * 2 * LANES + LANES);
        c00.add(bias0).max(least).intoArray(c, to);
        c01.add(bias1).max(least).intoArray(c, to + LANES);
        c10.add(bias0).max(least).intoArray(c, to + ldc);
        c11.add(bias1).max(least).intoArray(c, to + ldc + LANES);
        c20.add(bias0).max(least).intoArray(c, to + 2 * ldc);
        c21.add(bias1).max(least).intoArray(c, to + 2 * ldc + LANES);
        c30.add(bias0).max(least).intoArray(c, to + 3 * ldc);
        c31.add(bias1).max(least).intoArray(c, to + 3 * ldc + LANES);
        c40.add(bias0).max(least).intoArray(c, to + 4 * ldc);
        c41.add(bias1).max(least).intoArray(c, to + 4 * ldc + LANES);
        c50.add(bias0).max(least).intoArray(c, to + 5 * ldc);
        c51.add(bias1).max(least).intoArray(c, to + 5 * ldc + LANES);
      }
    }
  }

  /** {@code C ← P · B} for one panel of one vector. */
  static void store8x1(
      int lines,
      int width,
      int lineStep,
      int pixelStep,
      int k,
      int[] taps,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      float[] c,
      int cOffset,
      int ldc) {
    k &= LENGTHS;
    bOffset &= OFFSETS;
    int across = Math.ceilDiv(width, EIGHT);
    for (int i = 0; i < lines * across; i++) {
      int line = i / across;
      int pixel = Math.min(i % across * EIGHT, width - EIGHT);
      int first = (aOffset + line * lineStep + pixel * pixelStep) & OFFSETS;
      FloatVector c00 = FloatVector.zero(S);
      FloatVector c10 = FloatVector.zero(S);
      FloatVector c20 = FloatVector.zero(S);
      FloatVector c30 = FloatVector.zero(S);
      FloatVector c40 = FloatVector.zero(S);
      FloatVector c50 = FloatVector.zero(S);
      FloatVector c60 = FloatVector.zero(S);
      FloatVector c70 = FloatVector.zero(S);
      for (int p = 0; p < k; p++) {
        int at = first + taps[p];
        FloatVector b00 = FloatVector.fromArray(S, b, bOffset + p * 3 * LANES);
        FloatVector b10 = FloatVector.fromArray(S, b, bOffset + p * 3 * LANES + LANES);
        FloatVector b20 = FloatVector.fromArray(S, b, bOffset + p * 3 * LANES + 2 * LANES);
        FloatVector x = FloatVector.broadcast(S, a[at]);
        c00 = x.fma(b00, c00);
        x = FloatVector.broadcast(S, a[at + 1]);
        c00 = x.fma(b10, c00);
        x = FloatVector.broadcast(S, a[at + 2]);
        c00 = x.fma(b20, c00);
        at += pixelStep;
        x = FloatVector.broadcast(S, a[at]);
        c10 = x.fma(b00, c10);
        x = FloatVector.broadcast(S, a[at + 1]);
        c10 = x.fma(b10, c10);
        x = FloatVector.broadcast(S, a[at + 2]);
        c10 = x.fma(b20, c10);
        at += pixelStep;
        x = FloatVector.broadcast(S, a[at]);
        c20 = x.fma(b00, c20);
        x = FloatVector.broadcast(S, a[at + 1]);
        c20 = x.fma(b10, c20);
        x = FloatVector.broadcast(S, a[at + 2]);
        c20 = x.fma(b20, c20);
        at += pixelStep;
        x = FloatVector.broadcast(S, a[at]);
        c30 = x.fma(b00, c30);
        x = FloatVector.broadcast(S, a[at + 1]);
        c30 = x.fma(b10, c30);
        x = FloatVector.broadcast(S, a[at + 2]);
        c30 = x.fma(b20, c30);
        at += pixelStep;
        x = FloatVector.broadcast(S, a[at]);
        c40 = x.fma(b00, c40);
        x = FloatVector.broadcast(S, a[at + 1]);
        c40 = x.fma(b10, c40);
        x = FloatVector.broadcast(S, a[at + 2]);
        c40 = x.fma(b20, c40);
        at += pixelStep;
        x = FloatVector.broadcast(S, a[at]);
        c50 = x.fma(b00, c50);
        x = FloatVector.broadcast(S, a[at + 1]);
        c50 = x.fma(b10, c50);
        x = FloatVector.broadcast(S, a[at + 2]);
        c50 = x.fma(b20, c50);
        at += pixelStep;
        x = FloatVector.broadcast(S, a[at]);
        c60 = x.fma(b00, c60);
        x = FloatVector.broadcast(S, a[at + 1]);
        c60 = x.fma(b10, c60);
        x = FloatVector.broadcast(S, a[at + 2]);
        c60 = x.fma(b20, c60);
        at += pixelStep;
        x = FloatVector.broadcast(S, a[at]);
        c70 = x.fma(b00, c70);
        x = FloatVector.broadcast(S, a[at + 1]);
        c70 = x.fma(b10, c70);
        x = FloatVector.broadcast(S, a[at + 2]);
        c70 = x.fma(b20, c70);
      }
      int to = cOffset + (line * width + pixel) * ldc;
      c00.intoArray(c, to);
      c10.intoArray(c, to + ldc);
      c20.intoArray(c, to + 2 * ldc);
      c30.intoArray(c, to + 3 * ldc);
      c40.intoArray(c, to + 4 * ldc);
      c50.intoArray(c, to + 5 * ldc);
      c60.intoArray(c, to + 6 * ldc);
      c70.intoArray(c, to + 7 * ldc);
    }
  }

  /** {@code C ← max(P · B + bias, floor)}, likewise. */
  static void finish8x1(
      int lines,
      int width,
      int lineStep,
      int pixelStep,
      int k,
      int[] taps,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      float[] bias,
      int biasOffset,
      float floor,
      float[] c,
      int cOffset,
      int ldc) {
    k &= LENGTHS;
    bOffset &= OFFSETS;
    FloatVector least = FloatVector.broadcast(S, floor);
    FloatVector bias0 = FloatVector.fromArray(S, bias, biasOffset);
    int across = Math.ceilDiv(width, EIGHT);
    for (int i = 0; i < lines * across; i++) {
      int line = i / across;
      int pixel = Math.min(i % across * EIGHT, width - EIGHT);
      int first = (aOffset + line * lineStep + pixel * pixelStep) & OFFSETS;
      FloatVector c00 = FloatVector.zero(S);
      FloatVector c10 = FloatVector.zero(S);
      FloatVector c20 = FloatVector.zero(S);
      FloatVector c30 = FloatVector.zero(S);
      FloatVector c40 = FloatVector.zero(S);
      FloatVector c50 = FloatVector.zero(S);
      FloatVector c60 = FloatVector.zero(S);
      FloatVector c70 = FloatVector.zero(S);
      for (int p = 0; p < k; p++) {
        int at = first + taps[p];
        FloatVector b00 = FloatVector.fromArray(S, b, bOffset + p * 3 * LANES);
        FloatVector b10 = FloatVector.fromArray(S, b, bOffset + p * 3 * LANES + LANES);
        FloatVector b20 = FloatVector.fromArray(S, b, bOffset + p * 3 * LANES + 2 * LANES);
        FloatVector x = FloatVector.broadcast(S, a[at]);
        c00 = x.fma(b00, c00);
        x = FloatVector.broadcast(S, a[at + 1]);
        c00 = x.fma(b10, c00);
        x = FloatVector.broadcast(S, a[at + 2]);
        c00 = x.fma(b20, c00);
        at += pixelStep;
        x = FloatVector.broadcast(S, a[at]);
        c10 = x.fma(b00, c10);
        x = FloatVector.broadcast(S, a[at + 1]);
        c10 = x.fma(b10, c10);
        x = FloatVector.broadcast(S, a[at + 2]);
        c10 = x.fma(b20, c10);
        at += pixelStep;
        x = FloatVector.broadcast(S, a[at]);
        c20 = x.fma(b00, c20);
        x = FloatVector.broadcast(S, a[at + 1]);
        c20 = x.fma(b10, c20);
        x = FloatVector.broadcast(S, a[at + 2]);
        c20 = x.fma(b20, c20);
        at += pixelStep;
        x = FloatVector.broadcast(S, a[at]);
        c30 = x.fma(b00, c30);
        x = FloatVector.broadcast(S, a[at + 1]);
        c30 = x.fma(b10, c30);
        x = FloatVector.broadcast(S, a[at + 2]);
        c30 = x.fma(b20, c30);
        at += pixelStep;
        x = FloatVector.broadcast(S, a[at]);
        c40 = x.fma(b00, c40);
        x = FloatVector.broadcast(S, a[at + 1]);
        c40 = x.fma(b10, c40);
        x = FloatVector.broadcast(S, a[at + 2]);
        c40 = x.fma(b20, c40);
        at += pixelStep;
        x = FloatVector.broadcast(S, a[at]);
        c50 = x.fma(b00, c50);
        x = FloatVector.broadcast(S, a[at + 1]);
        c50 = x.fma(b10, c50);
        x = FloatVector.broadcast(S, a[at + 2]);
        c50 = x.fma(b20, c50);
        at += pixelStep;
        x = FloatVector.broadcast(S, a[at]);
        c60 = x.fma(b00, c60);
        x = FloatVector.broadcast(S, a[at + 1]);
        c60 = x.fma(b10, c60);
        x = FloatVector.broadcast(S, a[at + 2]);
        c60 = x.fma(b20, c60);
        at += pixelStep;
        x = FloatVector.broadcast(S, a[at]);
        c70 = x.fma(b00, c70);
        x = FloatVector.broadcast(S, a[at + 1]);
        c70 = x.fma(b10, c70);
        x = FloatVector.broadcast(S, a[at + 2]);
        c70 = x.fma(b20, c70);
      }
      int to = cOffset + (line * width + pixel) * ldc;
      c00.add(bias0).max(least).intoArray(c, to);
      c10.add(bias0).max(least).intoArray(c, to + ldc);
      c20.add(bias0).max(least).intoArray(c, to + 2 * ldc);
      c30.add(bias0).max(least).intoArray(c, to + 3 * ldc);
      c40.add(bias0).max(least).intoArray(c, to + 4 * ldc);
      c50.add(bias0).max(least).intoArray(c, to + 5 * ldc);
      c60.add(bias0).max(least).intoArray(c, to + 6 * ldc);
      c70.add(bias0).max(least).intoArray(c, to + 7 * ldc);
    }
  }
}
