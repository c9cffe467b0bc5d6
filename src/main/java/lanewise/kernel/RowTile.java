package lanewise.kernel;

import static lanewise.kernel.Microkernel.ADD;
import static lanewise.kernel.Microkernel.FINISH;
import static lanewise.kernel.Microkernel.LANES;
import static lanewise.kernel.Microkernel.STORE;
import static lanewise.kernel.Microkernel.add;
import static lanewise.kernel.Microkernel.addAndFinish;
import static lanewise.kernel.Microkernel.finish;

import jdk.incubator.vector.FloatVector;

/**
 * The {@link Microkernel} whose left operand is rows, each with k along memory from an offset of its own, in {@code
 * runs} runs of {@code length} elements that start {@code stride} apart. Unrolled by two: the offsets of four rows cost
 * as many instructions as the multiplications of one p.
 */
final class RowTile {
  private RowTile() {}

  /** One tile, its left operand in rows: {@code C ← A · B}, finished as the bits say. */
  static void multiply(
      int width, int runs, int length, int stride, float[] a, int a0, int a1, int a2, int a3, float[] b, int bOffset,
      int finish, float[] bias, int biasOffset, float floor, float[] c, int cOffset, int ldc) {
    if (width == 2 * LANES) {
      rows4x2(runs, length, stride, a, a0, a1, a2, a3, b, bOffset, finish, bias, biasOffset, floor, c, cOffset, ldc);
    } else if (width == LANES) {
      rows4x1(runs, length, stride, a, a0, a1, a2, a3, b, bOffset, finish, bias, biasOffset, floor, c, cOffset, ldc);
    } else {
      rows4x4(runs, length, stride, a, a0, a1, a2, a3, b, bOffset, finish, bias, biasOffset, floor, c, cOffset, ldc);
    }
  }

  /** A tile of twice the rows by one vector, for panels of one: 8 sums in flight. */
  static void rows8x1(
      int runs, int length, int stride, float[] a, int a0, int a1, int a2, int a3, int a4, int a5, int a6, int a7,
      float[] b, int bOffset, int finish, float[] bias, int biasOffset, float floor, float[] c, int cOffset, int ldc) {
    FloatVector c0 = Simd.zero();
    FloatVector c1 = Simd.zero();
    FloatVector c2 = Simd.zero();
    FloatVector c3 = Simd.zero();
    FloatVector c4 = Simd.zero();
    FloatVector c5 = Simd.zero();
    FloatVector c6 = Simd.zero();
    FloatVector c7 = Simd.zero();
    for (int run = 0; run < runs; run++) {
      int skip = run * stride;
      int r0 = a0 + skip;
      int r1 = a1 + skip;
      int r2 = a2 + skip;
      int r3 = a3 + skip;
      int r4 = a4 + skip;
      int r5 = a5 + skip;
      int r6 = a6 + skip;
      int r7 = a7 + skip;
      int rb = bOffset + run * length * LANES;
      int p = 0;
      for (; p < length - 1; p += 2) {
        FloatVector y = Simd.load(b, rb + p * LANES);
        c0 = Simd.broadcast(a[r0 + p]).fma(y, c0);
        c1 = Simd.broadcast(a[r1 + p]).fma(y, c1);
        c2 = Simd.broadcast(a[r2 + p]).fma(y, c2);
        c3 = Simd.broadcast(a[r3 + p]).fma(y, c3);
        c4 = Simd.broadcast(a[r4 + p]).fma(y, c4);
        c5 = Simd.broadcast(a[r5 + p]).fma(y, c5);
        c6 = Simd.broadcast(a[r6 + p]).fma(y, c6);
        c7 = Simd.broadcast(a[r7 + p]).fma(y, c7);
        y = Simd.load(b, rb + (p + 1) * LANES);
        c0 = Simd.broadcast(a[r0 + p + 1]).fma(y, c0);
        c1 = Simd.broadcast(a[r1 + p + 1]).fma(y, c1);
        c2 = Simd.broadcast(a[r2 + p + 1]).fma(y, c2);
        c3 = Simd.broadcast(a[r3 + p + 1]).fma(y, c3);
        c4 = Simd.broadcast(a[r4 + p + 1]).fma(y, c4);
        c5 = Simd.broadcast(a[r5 + p + 1]).fma(y, c5);
        c6 = Simd.broadcast(a[r6 + p + 1]).fma(y, c6);
        c7 = Simd.broadcast(a[r7 + p + 1]).fma(y, c7);
      }
      for (; p < length; p++) {
        FloatVector y = Simd.load(b, rb + p * LANES);
        c0 = Simd.broadcast(a[r0 + p]).fma(y, c0);
        c1 = Simd.broadcast(a[r1 + p]).fma(y, c1);
        c2 = Simd.broadcast(a[r2 + p]).fma(y, c2);
        c3 = Simd.broadcast(a[r3 + p]).fma(y, c3);
        c4 = Simd.broadcast(a[r4 + p]).fma(y, c4);
        c5 = Simd.broadcast(a[r5 + p]).fma(y, c5);
        c6 = Simd.broadcast(a[r6 + p]).fma(y, c6);
        c7 = Simd.broadcast(a[r7 + p]).fma(y, c7);
      }
    }
    if (finish == STORE) {
      c0.intoArray(c, cOffset);
      c1.intoArray(c, cOffset + ldc);
      c2.intoArray(c, cOffset + 2 * ldc);
      c3.intoArray(c, cOffset + 3 * ldc);
      c4.intoArray(c, cOffset + 4 * ldc);
      c5.intoArray(c, cOffset + 5 * ldc);
      c6.intoArray(c, cOffset + 6 * ldc);
      c7.intoArray(c, cOffset + 7 * ldc);
      return;
    }
    if (finish == ADD) {
      add(c0, c, cOffset);
      add(c1, c, cOffset + ldc);
      add(c2, c, cOffset + 2 * ldc);
      add(c3, c, cOffset + 3 * ldc);
      add(c4, c, cOffset + 4 * ldc);
      add(c5, c, cOffset + 5 * ldc);
      add(c6, c, cOffset + 6 * ldc);
      add(c7, c, cOffset + 7 * ldc);
      return;
    }
    FloatVector least = Simd.broadcast(floor);
    FloatVector bias0 = Simd.load(bias, biasOffset);
    if (finish == FINISH) {
      finish(c0, bias0, least, c, cOffset);
      finish(c1, bias0, least, c, cOffset + ldc);
      finish(c2, bias0, least, c, cOffset + 2 * ldc);
      finish(c3, bias0, least, c, cOffset + 3 * ldc);
      finish(c4, bias0, least, c, cOffset + 4 * ldc);
      finish(c5, bias0, least, c, cOffset + 5 * ldc);
      finish(c6, bias0, least, c, cOffset + 6 * ldc);
      finish(c7, bias0, least, c, cOffset + 7 * ldc);
      return;
    }
    addAndFinish(c0, bias0, least, c, cOffset);
    addAndFinish(c1, bias0, least, c, cOffset + ldc);
    addAndFinish(c2, bias0, least, c, cOffset + 2 * ldc);
    addAndFinish(c3, bias0, least, c, cOffset + 3 * ldc);
    addAndFinish(c4, bias0, least, c, cOffset + 4 * ldc);
    addAndFinish(c5, bias0, least, c, cOffset + 5 * ldc);
    addAndFinish(c6, bias0, least, c, cOffset + 6 * ldc);
    addAndFinish(c7, bias0, least, c, cOffset + 7 * ldc);
  }

  private static void rows4x1(
      int runs, int length, int stride, float[] a, int a0, int a1, int a2, int a3, float[] b,
      int bOffset, int finish, float[] bias, int biasOffset, float floor, float[] c, int cOffset, int ldc) {
    FloatVector c00 = Simd.zero();
    FloatVector c10 = Simd.zero();
    FloatVector c20 = Simd.zero();
    FloatVector c30 = Simd.zero();
    for (int run = 0; run < runs; run++) {
      int skip = run * stride;
      int r0 = a0 + skip;
      int r1 = a1 + skip;
      int r2 = a2 + skip;
      int r3 = a3 + skip;
      int rb = bOffset + run * length * LANES;
      int p = 0;
      for (; p < length - 1; p += 2) {
        FloatVector b0 = Simd.load(b, rb + p * LANES);
        FloatVector x = Simd.broadcast(a[r0 + p]);
        c00 = x.fma(b0, c00);
        x = Simd.broadcast(a[r1 + p]);
        c10 = x.fma(b0, c10);
        x = Simd.broadcast(a[r2 + p]);
        c20 = x.fma(b0, c20);
        x = Simd.broadcast(a[r3 + p]);
        c30 = x.fma(b0, c30);
        b0 = Simd.load(b, rb + (p + 1) * LANES);
        x = Simd.broadcast(a[r0 + p + 1]);
        c00 = x.fma(b0, c00);
        x = Simd.broadcast(a[r1 + p + 1]);
        c10 = x.fma(b0, c10);
        x = Simd.broadcast(a[r2 + p + 1]);
        c20 = x.fma(b0, c20);
        x = Simd.broadcast(a[r3 + p + 1]);
        c30 = x.fma(b0, c30);
      }
      for (; p < length; p++) {
        FloatVector b0 = Simd.load(b, rb + p * LANES);
        FloatVector x = Simd.broadcast(a[r0 + p]);
        c00 = x.fma(b0, c00);
        x = Simd.broadcast(a[r1 + p]);
        c10 = x.fma(b0, c10);
        x = Simd.broadcast(a[r2 + p]);
        c20 = x.fma(b0, c20);
        x = Simd.broadcast(a[r3 + p]);
        c30 = x.fma(b0, c30);
      }
    }
    if (finish == STORE) {
      c00.intoArray(c, cOffset);
      c10.intoArray(c, cOffset + ldc);
      c20.intoArray(c, cOffset + 2 * ldc);
      c30.intoArray(c, cOffset + 3 * ldc);
      return;
    }
    if (finish == ADD) {
      add(c00, c, cOffset);
      add(c10, c, cOffset + ldc);
      add(c20, c, cOffset + 2 * ldc);
      add(c30, c, cOffset + 3 * ldc);
      return;
    }
    FloatVector least = Simd.broadcast(floor);
    FloatVector bias0 = Simd.load(bias, biasOffset);
    if (finish == FINISH) {
      finish(c00, bias0, least, c, cOffset);
      finish(c10, bias0, least, c, cOffset + ldc);
      finish(c20, bias0, least, c, cOffset + 2 * ldc);
      finish(c30, bias0, least, c, cOffset + 3 * ldc);
      return;
    }
    addAndFinish(c00, bias0, least, c, cOffset);
    addAndFinish(c10, bias0, least, c, cOffset + ldc);
    addAndFinish(c20, bias0, least, c, cOffset + 2 * ldc);
    addAndFinish(c30, bias0, least, c, cOffset + 3 * ldc);
  }

  private static void rows4x2(
      int runs, int length, int stride, float[] a, int a0, int a1, int a2, int a3, float[] b,
      int bOffset, int finish, float[] bias, int biasOffset, float floor, float[] c, int cOffset, int ldc) {
    FloatVector c00 = Simd.zero();
    FloatVector c01 = Simd.zero();
    FloatVector c10 = Simd.zero();
    FloatVector c11 = Simd.zero();
    FloatVector c20 = Simd.zero();
    FloatVector c21 = Simd.zero();
    FloatVector c30 = Simd.zero();
    FloatVector c31 = Simd.zero();
    for (int run = 0; run < runs; run++) {
      int skip = run * stride;
      int r0 = a0 + skip;
      int r1 = a1 + skip;
      int r2 = a2 + skip;
      int r3 = a3 + skip;
      int rb = bOffset + run * length * 2 * LANES;
      int p = 0;
      for (; p < length - 1; p += 2) {
        FloatVector b0 = Simd.load(b, rb + p * (2 * LANES));
        FloatVector b1 = Simd.load(b, rb + p * (2 * LANES) + LANES);
        FloatVector x = Simd.broadcast(a[r0 + p]);
        c00 = x.fma(b0, c00);
        c01 = x.fma(b1, c01);
        x = Simd.broadcast(a[r1 + p]);
        c10 = x.fma(b0, c10);
        c11 = x.fma(b1, c11);
        x = Simd.broadcast(a[r2 + p]);
        c20 = x.fma(b0, c20);
        c21 = x.fma(b1, c21);
        x = Simd.broadcast(a[r3 + p]);
        c30 = x.fma(b0, c30);
        c31 = x.fma(b1, c31);
        b0 = Simd.load(b, rb + (p + 1) * (2 * LANES));
        b1 = Simd.load(b, rb + (p + 1) * (2 * LANES) + LANES);
        x = Simd.broadcast(a[r0 + p + 1]);
        c00 = x.fma(b0, c00);
        c01 = x.fma(b1, c01);
        x = Simd.broadcast(a[r1 + p + 1]);
        c10 = x.fma(b0, c10);
        c11 = x.fma(b1, c11);
        x = Simd.broadcast(a[r2 + p + 1]);
        c20 = x.fma(b0, c20);
        c21 = x.fma(b1, c21);
        x = Simd.broadcast(a[r3 + p + 1]);
        c30 = x.fma(b0, c30);
        c31 = x.fma(b1, c31);
      }
      for (; p < length; p++) {
        FloatVector b0 = Simd.load(b, rb + p * (2 * LANES));
        FloatVector b1 = Simd.load(b, rb + p * (2 * LANES) + LANES);
        FloatVector x = Simd.broadcast(a[r0 + p]);
        c00 = x.fma(b0, c00);
        c01 = x.fma(b1, c01);
        x = Simd.broadcast(a[r1 + p]);
        c10 = x.fma(b0, c10);
        c11 = x.fma(b1, c11);
        x = Simd.broadcast(a[r2 + p]);
        c20 = x.fma(b0, c20);
        c21 = x.fma(b1, c21);
        x = Simd.broadcast(a[r3 + p]);
        c30 = x.fma(b0, c30);
        c31 = x.fma(b1, c31);
      }
    }
    if (finish == STORE) {
      c00.intoArray(c, cOffset);
      c01.intoArray(c, cOffset + LANES);
      c10.intoArray(c, cOffset + ldc);
      c11.intoArray(c, cOffset + ldc + LANES);
      c20.intoArray(c, cOffset + 2 * ldc);
      c21.intoArray(c, cOffset + 2 * ldc + LANES);
      c30.intoArray(c, cOffset + 3 * ldc);
      c31.intoArray(c, cOffset + 3 * ldc + LANES);
      return;
    }
    if (finish == ADD) {
      add(c00, c, cOffset);
      add(c01, c, cOffset + LANES);
      add(c10, c, cOffset + ldc);
      add(c11, c, cOffset + ldc + LANES);
      add(c20, c, cOffset + 2 * ldc);
      add(c21, c, cOffset + 2 * ldc + LANES);
      add(c30, c, cOffset + 3 * ldc);
      add(c31, c, cOffset + 3 * ldc + LANES);
      return;
    }
    FloatVector least = Simd.broadcast(floor);
    FloatVector bias0 = Simd.load(bias, biasOffset);
    FloatVector bias1 = Simd.load(bias, biasOffset + LANES);
    if (finish == FINISH) {
      finish(c00, bias0, least, c, cOffset);
      finish(c01, bias1, least, c, cOffset + LANES);
      finish(c10, bias0, least, c, cOffset + ldc);
      finish(c11, bias1, least, c, cOffset + ldc + LANES);
      finish(c20, bias0, least, c, cOffset + 2 * ldc);
      finish(c21, bias1, least, c, cOffset + 2 * ldc + LANES);
      finish(c30, bias0, least, c, cOffset + 3 * ldc);
      finish(c31, bias1, least, c, cOffset + 3 * ldc + LANES);
      return;
    }
    addAndFinish(c00, bias0, least, c, cOffset);
    addAndFinish(c01, bias1, least, c, cOffset + LANES);
    addAndFinish(c10, bias0, least, c, cOffset + ldc);
    addAndFinish(c11, bias1, least, c, cOffset + ldc + LANES);
    addAndFinish(c20, bias0, least, c, cOffset + 2 * ldc);
    addAndFinish(c21, bias1, least, c, cOffset + 2 * ldc + LANES);
    addAndFinish(c30, bias0, least, c, cOffset + 3 * ldc);
    addAndFinish(c31, bias1, least, c, cOffset + 3 * ldc + LANES);
  }

  private static void rows4x4(
      int runs, int length, int stride, float[] a, int a0, int a1, int a2, int a3, float[] b,
      int bOffset, int finish, float[] bias, int biasOffset, float floor, float[] c, int cOffset, int ldc) {
    FloatVector c00 = Simd.zero();
    FloatVector c01 = Simd.zero();
    FloatVector c02 = Simd.zero();
    FloatVector c03 = Simd.zero();
    FloatVector c10 = Simd.zero();
    FloatVector c11 = Simd.zero();
    FloatVector c12 = Simd.zero();
    FloatVector c13 = Simd.zero();
    FloatVector c20 = Simd.zero();
    FloatVector c21 = Simd.zero();
    FloatVector c22 = Simd.zero();
    FloatVector c23 = Simd.zero();
    FloatVector c30 = Simd.zero();
    FloatVector c31 = Simd.zero();
    FloatVector c32 = Simd.zero();
    FloatVector c33 = Simd.zero();
    for (int run = 0; run < runs; run++) {
      int skip = run * stride;
      int r0 = a0 + skip;
      int r1 = a1 + skip;
      int r2 = a2 + skip;
      int r3 = a3 + skip;
      int rb = bOffset + run * length * 4 * LANES;
      for (int p = 0; p < length; p++) {
        FloatVector b0 = Simd.load(b, rb + p * (4 * LANES));
        FloatVector b1 = Simd.load(b, rb + p * (4 * LANES) + LANES);
        FloatVector b2 = Simd.load(b, rb + p * (4 * LANES) + 2 * LANES);
        FloatVector b3 = Simd.load(b, rb + p * (4 * LANES) + 3 * LANES);
        FloatVector x = Simd.broadcast(a[r0 + p]);
        c00 = x.fma(b0, c00);
        c01 = x.fma(b1, c01);
        c02 = x.fma(b2, c02);
        c03 = x.fma(b3, c03);
        x = Simd.broadcast(a[r1 + p]);
        c10 = x.fma(b0, c10);
        c11 = x.fma(b1, c11);
        c12 = x.fma(b2, c12);
        c13 = x.fma(b3, c13);
        x = Simd.broadcast(a[r2 + p]);
        c20 = x.fma(b0, c20);
        c21 = x.fma(b1, c21);
        c22 = x.fma(b2, c22);
        c23 = x.fma(b3, c23);
        x = Simd.broadcast(a[r3 + p]);
        c30 = x.fma(b0, c30);
        c31 = x.fma(b1, c31);
        c32 = x.fma(b2, c32);
        c33 = x.fma(b3, c33);
      }
    }
    if (finish == STORE) {
      c00.intoArray(c, cOffset);
      c01.intoArray(c, cOffset + LANES);
      c02.intoArray(c, cOffset + 2 * LANES);
      c03.intoArray(c, cOffset + 3 * LANES);
      c10.intoArray(c, cOffset + ldc);
      c11.intoArray(c, cOffset + ldc + LANES);
      c12.intoArray(c, cOffset + ldc + 2 * LANES);
      c13.intoArray(c, cOffset + ldc + 3 * LANES);
      c20.intoArray(c, cOffset + 2 * ldc);
      c21.intoArray(c, cOffset + 2 * ldc + LANES);
      c22.intoArray(c, cOffset + 2 * ldc + 2 * LANES);
      c23.intoArray(c, cOffset + 2 * ldc + 3 * LANES);
      c30.intoArray(c, cOffset + 3 * ldc);
      c31.intoArray(c, cOffset + 3 * ldc + LANES);
      c32.intoArray(c, cOffset + 3 * ldc + 2 * LANES);
      c33.intoArray(c, cOffset + 3 * ldc + 3 * LANES);
      return;
    }
    if (finish == ADD) {
      add(c00, c, cOffset);
      add(c01, c, cOffset + LANES);
      add(c02, c, cOffset + 2 * LANES);
      add(c03, c, cOffset + 3 * LANES);
      add(c10, c, cOffset + ldc);
      add(c11, c, cOffset + ldc + LANES);
      add(c12, c, cOffset + ldc + 2 * LANES);
      add(c13, c, cOffset + ldc + 3 * LANES);
      add(c20, c, cOffset + 2 * ldc);
      add(c21, c, cOffset + 2 * ldc + LANES);
      add(c22, c, cOffset + 2 * ldc + 2 * LANES);
      add(c23, c, cOffset + 2 * ldc + 3 * LANES);
      add(c30, c, cOffset + 3 * ldc);
      add(c31, c, cOffset + 3 * ldc + LANES);
      add(c32, c, cOffset + 3 * ldc + 2 * LANES);
      add(c33, c, cOffset + 3 * ldc + 3 * LANES);
      return;
    }
    FloatVector least = Simd.broadcast(floor);
    FloatVector bias0 = Simd.load(bias, biasOffset);
    FloatVector bias1 = Simd.load(bias, biasOffset + LANES);
    FloatVector bias2 = Simd.load(bias, biasOffset + 2 * LANES);
    FloatVector bias3 = Simd.load(bias, biasOffset + 3 * LANES);
    if (finish == FINISH) {
      finish(c00, bias0, least, c, cOffset);
      finish(c01, bias1, least, c, cOffset + LANES);
      finish(c02, bias2, least, c, cOffset + 2 * LANES);
      finish(c03, bias3, least, c, cOffset + 3 * LANES);
      finish(c10, bias0, least, c, cOffset + ldc);
      finish(c11, bias1, least, c, cOffset + ldc + LANES);
      finish(c12, bias2, least, c, cOffset + ldc + 2 * LANES);
      finish(c13, bias3, least, c, cOffset + ldc + 3 * LANES);
      finish(c20, bias0, least, c, cOffset + 2 * ldc);
      finish(c21, bias1, least, c, cOffset + 2 * ldc + LANES);
      finish(c22, bias2, least, c, cOffset + 2 * ldc + 2 * LANES);
      finish(c23, bias3, least, c, cOffset + 2 * ldc + 3 * LANES);
      finish(c30, bias0, least, c, cOffset + 3 * ldc);
      finish(c31, bias1, least, c, cOffset + 3 * ldc + LANES);
      finish(c32, bias2, least, c, cOffset + 3 * ldc + 2 * LANES);
      finish(c33, bias3, least, c, cOffset + 3 * ldc + 3 * LANES);
      return;
    }
    addAndFinish(c00, bias0, least, c, cOffset);
    addAndFinish(c01, bias1, least, c, cOffset + LANES);
    addAndFinish(c02, bias2, least, c, cOffset + 2 * LANES);
    addAndFinish(c03, bias3, least, c, cOffset + 3 * LANES);
    addAndFinish(c10, bias0, least, c, cOffset + ldc);
    addAndFinish(c11, bias1, least, c, cOffset + ldc + LANES);
    addAndFinish(c12, bias2, least, c, cOffset + ldc + 2 * LANES);
    addAndFinish(c13, bias3, least, c, cOffset + ldc + 3 * LANES);
    addAndFinish(c20, bias0, least, c, cOffset + 2 * ldc);
    addAndFinish(c21, bias1, least, c, cOffset + 2 * ldc + LANES);
    addAndFinish(c22, bias2, least, c, cOffset + 2 * ldc + 2 * LANES);
    addAndFinish(c23, bias3, least, c, cOffset + 2 * ldc + 3 * LANES);
    addAndFinish(c30, bias0, least, c, cOffset + 3 * ldc);
    addAndFinish(c31, bias1, least, c, cOffset + 3 * ldc + LANES);
    addAndFinish(c32, bias2, least, c, cOffset + 3 * ldc + 2 * LANES);
    addAndFinish(c33, bias3, least, c, cOffset + 3 * ldc + 3 * LANES);
  }
}
