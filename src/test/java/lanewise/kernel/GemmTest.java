package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lanewise.Allocations;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class GemmTest {
  private static final int[] SMALL = {0, 1, 2, 3, 5, 7, 13, 16, 17, 33};

  /** m, n, k: across tiles, across cache blocks, long and flat, tall and thin. */
  private static final int[][] LARGE = {
    {64, 64, 64}, {65, 65, 65}, {31, 207, 64}, {207, 31, 300}, {300, 207, 31}, {65, 33, 255},
    {65, 33, 256}, {33, 65, 257}, {17, 31, 511}, {31, 64, 512}, {13, 17, 513}, {7, 300, 1030},
    {300, 7, 700}, {1, 600, 300}, {600, 1, 300}, {1, 1, 1300}, {700, 40, 20}, {40, 2100, 9},
    {9, 5, 2600}, {130, 130, 270}, {256, 10, 784}, {10, 784, 256}, {500, 16, 27}, {9, 250, 1100},
    {50, 50, 900}
  };

  private static final float[] FACTORS = {0, 1, -0.5f, 2};

  private static final GuardedMatrix BIAS = GuardedMatrix.random(4200, 4);

  private static final List<Epilogue> EPILOGUES =
      List.of(
          Epilogue.NONE,
          Epilogue.NONE.relu(),
          Epilogue.NONE.leakyRelu(0.1f),
          Epilogue.NONE.relu6(),
          Epilogue.bias(BIAS.array, BIAS.offset),
          Epilogue.bias(BIAS.array, BIAS.offset).relu(),
          Epilogue.bias(BIAS.array, BIAS.offset).leakyRelu(-0.3f),
          Epilogue.bias(BIAS.array, BIAS.offset).relu6());

  private final int threadsBefore = WorkerPool.threads();

  @AfterEach
  void restoreThreads() {
    WorkerPool.threads(threadsBefore);
  }

  @Test
  void plusOutputIsABetaOfOne() {
    for (int columns : new int[] {1, 10, 40, 300}) {
      Epilogue epilogue = EPILOGUES.get(5);
      ReferenceGemm sum = ReferenceGemm.random(false, false, 21, columns, 300, 1, 1, epilogue);
      ReferenceGemm onto =
          new ReferenceGemm(
              false,
              false,
              21,
              columns,
              300,
              1,
              sum.a(),
              sum.b(),
              0,
              sum.c(),
              epilogue.plusOutput());
      sum.multiply().assertSameBits(onto.multiply(), sum);
    }
  }

  @Test
  void everyTransposeAtAwkwardSizes() {
    for (int m : SMALL) {
      for (int n : SMALL) {
        for (int k : SMALL) {
          everyTranspose(m, n, k, 1, 0, Epilogue.NONE).forEach(GemmTest::assertNearAndInOrder);
        }
      }
    }
  }

  @Test
  void everyTransposeAcrossBlocks() {
    for (int[] size : LARGE) {
      for (ReferenceGemm product : everyTranspose(size[0], size[1], size[2], 1, 0, Epilogue.NONE)) {
        product.assertNear(product.multiply());
      }
    }
  }

  /** Few columns of C, by way of Cᵀ: rows that fill squares or not, as many columns. */
  @Test
  void transposedOfFewColumns() {
    for (int m : new int[] {64, 65, 100, 131, 784}) {
      for (int n : new int[] {1, 7, 8, 9, 15, 16, 17, 20, 24, 33, 48, 64}) {
        for (int k : new int[] {3, 40, 300}) {
          assertNearAndInOrder(transposed(m, n, k));
        }
      }
    }
  }

  /** Of an A so large that it is packed where a smaller one is read as it lies. */
  @Test
  void transposedOfALargeLeft() {
    for (int n : new int[] {20, 33, 64}) {
      assertNearAndInOrder(transposed(2100, n, 520));
    }
  }

  private static ReferenceGemm transposed(int m, int n, int k) {
    return everyTranspose(m, n, k, 1, 0, Epilogue.NONE).stream()
        .filter(each -> each.transposeA() && !each.transposeB())
        .findFirst()
        .orElseThrow();
  }

  /** B packed beforehand gives the same bits, even across blocks of columns and of k. */
  @Test
  void packedMatrices() {
    List<int[]> sizes = new ArrayList<>(List.of(LARGE));
    sizes.addAll(
        List.of(new int[][] {{5, 2100, 300}, {3, 10, 0}, {0, 7, 5}, {4, 0, 5}, {1, 50, 40}}));
    for (int n : new int[] {1, 7, 10, 16, 17, 31, 33, 48, 84, 96, 120, 145, 200, 2100, 4129}) {
      sizes.add(new int[] {1, n, 300}); // of few rows, every number of panels
      sizes.add(new int[] {3, n, 5});
    }
    for (int[] size : sizes) {
      int m = size[0];
      int n = size[1];
      int k = size[2];
      GuardedMatrix a = GuardedMatrix.random(m * k, 1);
      GuardedMatrix b = GuardedMatrix.random(k * n, 2);
      float[] expected = new float[m * n];
      float[] actual = new float[m * n];
      Epilogue epilogue = Epilogue.bias(BIAS.array, BIAS.offset).relu();
      for (boolean transposeB : new boolean[] {false, true}) {
        int ldb = transposeB ? k : n;
        Gemm.multiply(
            false,
            transposeB,
            m,
            n,
            k,
            1,
            a.array,
            a.offset,
            k,
            b.array,
            b.offset,
            ldb,
            0,
            expected,
            0,
            n,
            epilogue);
        PackedMatrix packed = Gemm.pack(transposeB, k, n, b.array, b.offset, ldb);
        Arrays.fill(b.array, Float.NaN);
        for (int threads = 1; threads <= 2; threads++) {
          WorkerPool.threads(threads);
          Arrays.fill(actual, Float.NaN);
          Gemm.multiply(false, m, 1, a.array, a.offset, k, packed, 0, actual, 0, n, epilogue);
          assertArrayEquals(expected, actual, Arrays.toString(size));
        }
        b = GuardedMatrix.random(k * n, 3);
      }
    }
  }

  /**
   * Few rows, as in predictions one by one; few columns, as in the last layer; short sums, as in
   * the first.
   */
  @Test
  void skinny() {
    for (int few = 1; few <= 16; few++) {
      for (int[] rest : new int[][] {{10, 64}, {17, 300}, {64, 27}, {200, 65}}) {
        List<ReferenceGemm> products = new ArrayList<>();
        products.addAll(everyTranspose(few, rest[0], rest[1], 1, 1, Epilogue.NONE));
        products.addAll(everyTranspose(rest[0], few, rest[1], 1, 1, Epilogue.NONE));
        products.addAll(everyTranspose(rest[0], rest[1], few, 1, 1, Epilogue.NONE));
        products.forEach(product -> product.assertNear(product.multiply()));
      }
    }
  }

  @Test
  void alphaAndBeta() {
    for (int[] size :
        new int[][] {{1, 33, 17}, {13, 7, 5}, {33, 65, 300}, {65, 64, 0}, {5, 1, 9}}) {
      for (float alpha : FACTORS) {
        for (float beta : FACTORS) {
          for (ReferenceGemm product :
              everyTranspose(size[0], size[1], size[2], alpha, beta, Epilogue.NONE)) {
            product.assertNear(product.multiply());
          }
        }
      }
    }
  }

  @Test
  void epilogues() {
    int capped = 0;
    for (int[] size :
        new int[][] {{1, 33, 64}, {7, 10, 300}, {13, 17, 600}, {64, 70, 65}, {5, 9, 0}}) {
      for (Epilogue epilogue : EPILOGUES) {
        for (ReferenceGemm product :
            everyTranspose(size[0], size[1], size[2], 2, -0.5f, epilogue)) {
          GuardedMatrix result = product.multiply();
          product.assertNear(result);
          for (int i = 0; i < product.m(); i++) {
            for (int j = 0; j < product.n(); j++) {
              capped += result.get(i, j) == 6 ? 1 : 0;
            }
          }
        }
      }
    }
    assertTrue(capped > 1000, "the cap must come into play, got " + capped);
  }

  @Test
  void exactBits() {
    for (int[] size : LARGE) {
      for (ReferenceGemm product :
          everyTranspose(size[0], size[1], size[2], -0.5f, 2, EPILOGUES.get(6))) {
        assertNearAndInOrder(product);
      }
    }
    for (int[] size : new int[][] {{1, 33, 600}, {2, 70, 257}, {13, 17, 520}, {64, 5, 300}}) {
      for (Epilogue epilogue : EPILOGUES) {
        for (float alpha : FACTORS) {
          for (float beta : FACTORS) {
            everyTranspose(size[0], size[1], size[2], alpha, beta, epilogue)
                .forEach(GemmTest::assertNearAndInOrder);
          }
        }
      }
    }
  }

  /**
   * Where rows of C follow each other without a gap, what a narrow tile writes too much falls into
   * the next.
   */
  @Test
  void exactBitsWithoutGaps() {
    for (int m : new int[] {1, 3, 4, 8, 13, 130}) {
      for (int n = 1; n <= 35; n += n < 18 ? 1 : 4) {
        for (int k : new int[] {1, 27, 300}) {
          for (int epilogue : new int[] {0, 1, 4, 5}) {
            for (int beta = 0; beta <= 1; beta++) {
              assertNearAndInOrder(
                  ReferenceGemm.random(
                      false, k == 1, m, n, k, 0, 1, beta, EPILOGUES.get(epilogue)));
              assertNearAndInOrder(
                  ReferenceGemm.random(true, k != 1, m, n, k, 0, 1, beta, EPILOGUES.get(epilogue)));
            }
          }
        }
      }
    }
  }

  /** Rows of A that share sets of the cache, which narrow vectors copy, and such that do not. */
  @Test
  void rowsAWayApart() {
    WorkerPool.threads(1); // more take fewer columns each
    for (int k : new int[] {959, 960, 1024, 1088, 1089}) {
      assertNearAndInOrder(
          ReferenceGemm.random(false, false, 150, 400, k, 0, -0.5f, 2, EPILOGUES.getLast()));
    }
  }

  /** Few rows, whose B wide vectors read where it lies, though it is far or wide. */
  @Test
  void fewRowsOfALargeRight() {
    int[][] sizes = {
      {5, 1100, 200}, {8, 1024, 512}, {16, 2112, 496}, {32, 640, 768}, {40, 640, 768}
    };
    for (int[] size : sizes) {
      for (int gap : new int[] {0, 3}) {
        assertNearAndInOrder(
            ReferenceGemm.random(
                false, false, size[0], size[1], size[2], gap, 1, 0, Epilogue.NONE));
      }
    }
  }

  /** An odd number of vectors, of every width. */
  @Test
  void theLastThreeVectorsTogether() {
    for (int m : new int[] {6, 65, 100, 150}) {
      for (int n : new int[] {12, 24, 48, 80, 112}) {
        for (int k : new int[] {1, 40, 300}) {
          for (int epilogue : new int[] {0, 1, 4, 5}) {
            for (int beta = 0; beta <= 1; beta++) {
              assertNearAndInOrder(
                  ReferenceGemm.random(false, true, m, n, k, 1, beta, EPILOGUES.get(epilogue)));
            }
          }
        }
      }
    }
  }

  @Test
  void sameBitsForAnyNumberOfThreads() {
    for (int[] size : LARGE) {
      for (ReferenceGemm product :
          everyTranspose(size[0], size[1], size[2], 2, 1, EPILOGUES.get(5))) {
        WorkerPool.threads(1);
        GuardedMatrix alone = product.multiply();
        for (int threads = 2; threads <= 3; threads++) {
          WorkerPool.threads(threads);
          alone.assertSameBits(product.multiply(), threads + " threads, " + product);
        }
      }
    }
  }

  /** Few rows: each task packs columns of its own, wide ones, even shares, or takes rows. */
  @Test
  void threadsShareOutColumns() {
    int[][] sizes = {
      {40, 63, 300},
      {64, 120, 600},
      {64, 128, 256},
      {144, 200, 300},
      {145, 256, 520},
      {33, 2150, 270},
      {512, 112, 40},
      {513, 256, 20}
    };
    for (int[] size : sizes) {
      for (int threads = 1; threads <= 4; threads++) {
        WorkerPool.threads(threads);
        for (boolean transposeB : new boolean[] {false, true}) {
          assertNearAndInOrder(
              ReferenceGemm.random(
                  false, transposeB, size[0], size[1], size[2], -0.5f, 2, EPILOGUES.getLast()));
        }
      }
    }
  }

  /** Threads share out the blocks of k. */
  @Test
  void fewRowsAndColumnsOfManyProducts() {
    int[][] sizes = {{50, 50, 900}, {2, 25, 900}, {25, 1, 900}, {1, 1, 257}, {181, 181, 512}};
    for (int[] size : sizes) {
      for (int threads = 1; threads <= 5; threads++) {
        WorkerPool.threads(threads);
        for (ReferenceGemm product :
            everyTranspose(size[0], size[1], size[2], 1, 0, Epilogue.NONE)) {
          assertNearAndInOrder(product);
        }
      }
    }
  }

  /** Products too small for a float leave −0, which adding 0 would make 0. */
  @Test
  void negativeZeroStays() {
    for (int[] size :
        new int[][] {
          {1, 33, 17},
          {8, 32, 25},
          {12, 48, 40},
          {13, 17, 5},
          {50, 96, 100},
          {64, 70, 300},
          {70, 10, 40},
          {150, 7, 64},
          {150, 150, 600}
        }) {
      int m = size[0];
      int n = size[1];
      int k = size[2];
      float[] a = new float[m * k];
      Arrays.fill(a, -1e-30f);
      float[] b = new float[k * n];
      Arrays.fill(b, 1e-30f);
      float[] expected = new float[m * n];
      Arrays.fill(expected, -0f);
      for (boolean transposeA : new boolean[] {false, true}) {
        for (boolean transposeB : new boolean[] {false, true}) {
          float[] c = new float[m * n];
          int lda = transposeA ? m : k;
          int ldb = transposeB ? k : n;
          Gemm.multiply(transposeA, transposeB, m, n, k, 1, a, 0, lda, b, 0, ldb, 0, c, 0, n);
          assertArrayEquals(expected, c);
        }
      }
    }
  }

  /** So many blocks that their sums are added some at a time, of matrices beyond the caches. */
  @Test
  void fewRowsAndColumnsOfVeryManyProducts() {
    for (int[] size : new int[][] {{181, 181, 2100}, {128, 10, 9000}, {90, 40, 26000}}) {
      for (ReferenceGemm product : everyTranspose(size[0], size[1], size[2], 1, 0, Epilogue.NONE)) {
        if (product.transposeA() && !product.transposeB()) {
          for (int threads = 1; threads <= 3; threads++) {
            WorkerPool.threads(threads);
            assertNearAndInOrder(product);
          }
        }
      }
    }
  }

  /** Small enough for both operands to be read where they lie, with rows and columns to spare. */
  @Test
  void withoutPacking() {
    int[][] sizes = {
      {12, 48, 40}, {21, 33, 70}, {50, 96, 100}, {64, 96, 600}, {70, 10, 40}, {129, 12, 17}
    };
    for (int[] size : sizes) {
      for (int threads = 1; threads <= 3; threads++) {
        WorkerPool.threads(threads);
        for (Epilogue epilogue : EPILOGUES) {
          everyTranspose(size[0], size[1], size[2], 1, 0, epilogue)
              .forEach(GemmTest::assertNearAndInOrder);
        }
      }
    }
  }

  /** A vector read past the last row of A or B would leave the array. */
  @Test
  void arraysEndWithTheirMatrices() {
    for (int[] size : new int[][] {{50, 20, 0}, {50, 20, 1}, {50, 20, 64}, {70, 10, 40}}) {
      for (ReferenceGemm product : everyTranspose(size[0], size[1], size[2], 1, 0, Epilogue.NONE)) {
        int m = product.m();
        int n = product.n();
        GuardedMatrix a = product.a();
        GuardedMatrix b = product.b();
        float[] c = new float[m * n];
        Arrays.fill(c, Float.NaN);
        Gemm.multiply(
            product.transposeA(),
            product.transposeB(),
            m,
            n,
            product.k(),
            1,
            cut(a, product.transposeA() ? product.k() : m, product.transposeA() ? m : product.k()),
            0,
            a.leadingDimension,
            cut(b, product.transposeB() ? n : product.k(), product.transposeB() ? product.k() : n),
            0,
            b.leadingDimension,
            0,
            c,
            0,
            n);
        GuardedMatrix expected = product.multiply();
        for (int i = 0; i < m * n; i++) {
          assertEquals(expected.get(i / n, i % n), c[i], product.toString());
        }
      }
    }
  }

  private static float[] cut(GuardedMatrix x, int rows, int columns) {
    int size = rows == 0 || columns == 0 ? 0 : (rows - 1) * x.leadingDimension + columns;
    return Arrays.copyOfRange(x.array, x.offset, x.offset + size);
  }

  /** A NaN or infinity reaches its own row or column of C, also past zeros, and nothing else. */
  @Test
  void nonFiniteElementsStayInTheirRowAndColumn() {
    for (int[] size : new int[][] {{1, 17, 33}, {16, 33, 7}, {70, 65, 300}}) {
      for (ReferenceGemm product : everyTranspose(size[0], size[1], size[2], 1, 0, Epilogue.NONE)) {
        int row = product.m() - 1;
        int column = product.n() / 2;
        set(product.transposeA(), product.a(), row, product.k() / 2, Float.NaN);
        for (int p = 0; p < product.k(); p++) {
          set(product.transposeB(), product.b(), p, column, Float.POSITIVE_INFINITY);
        }
        GuardedMatrix result = product.multiply();
        for (int i = 0; i < product.m(); i++) {
          for (int j = 0; j < product.n(); j++) {
            assertEquals(
                i != row && j != column, Float.isFinite(result.get(i, j)), product + ", row " + i);
          }
          assertTrue(Float.isNaN(result.get(row, 0)), product.toString());
        }
      }
    }
  }

  @Test
  void bothFactorsMayBeOneMatrix() {
    GuardedMatrix x = GuardedMatrix.random(33, 65, 4, 9);
    ReferenceGemm gram =
        new ReferenceGemm(
            false, true, 33, 33, 65, 1, x, x, 0, GuardedMatrix.poisoned(33, 33, 1), Epilogue.NONE);
    assertNearAndInOrder(gram);
  }

  @Test
  void nothingIsAllocated() {
    float[] a = new float[70 * 300];
    float[] b = new float[300 * 90];
    float[] c = new float[70 * 90];
    for (int threads = 1; threads <= 2; threads++) {
      WorkerPool.threads(threads);
      for (int[] size :
          new int[][] {{1, 90, 300}, {3, 90, 300}, {70, 90, 300}, {70, 10, 90}, {70, 48, 90}}) {
        for (int transposes = 0; transposes < 8; transposes++) {
          boolean ta = (transposes & 2) != 0;
          boolean tb = (transposes & 1) != 0;
          int beta = transposes / 4;
          int m = size[0];
          int n = size[1];
          int k = size[2];
          int lda = ta ? m : k;
          int ldb = tb ? k : n;
          Runnable product =
              () -> Gemm.multiply(ta, tb, m, n, k, 1 + beta, a, 0, lda, b, 0, ldb, beta, c, 0, n);
          assertEquals(
              0,
              Allocations.steady(product),
              "bytes, " + Arrays.toString(size) + ", transposes and beta " + transposes);
        }
      }
    }
  }

  @Test
  void negativeSizesAreRefused() {
    float[] x = new float[16];
    refused(x, () -> gemm(-1, 2, 2, x, 0, 2, x, 4, 2, x, 8, 2));
    refused(x, () -> gemm(2, -1, 2, x, 0, 2, x, 4, 2, x, 8, 2));
    refused(x, () -> gemm(2, 2, -1, x, 0, 2, x, 4, 2, x, 8, 2));
    refused(x, () -> gemm(Integer.MIN_VALUE, 2, 2, x, 0, 2, x, 4, 2, x, 8, 2));
  }

  @Test
  void matricesThatRunPastTheirArrayAreRefused() {
    float[] a = new float[6]; // [2, 3]
    float[] b = new float[12]; // [3, 4]
    float[] c = new float[8]; // [2, 4]
    gemm(2, 4, 3, a, 0, 3, b, 0, 4, c, 0, 4);
    refused(c, () -> gemm(2, 4, 3, a, -1, 3, b, 0, 4, c, 0, 4));
    refused(c, () -> gemm(2, 4, 3, a, 1, 3, b, 0, 4, c, 0, 4));
    refused(c, () -> gemm(2, 4, 3, a, 0, 4, b, 0, 4, c, 0, 4));
    refused(c, () -> gemm(2, 4, 3, a, 0, 2, b, 0, 4, c, 0, 4));
    refused(c, () -> gemm(2, 4, 3, a, 0, 3, b, -1, 4, c, 0, 4));
    refused(c, () -> gemm(2, 4, 3, a, 0, 3, b, 1, 4, c, 0, 4));
    refused(c, () -> gemm(2, 4, 3, a, 0, 3, b, 0, 5, c, 0, 4));
    refused(c, () -> gemm(2, 4, 3, a, 0, 3, b, 0, 3, c, 0, 4));
    refused(c, () -> gemm(2, 4, 3, a, 0, 3, b, 0, 4, c, -1, 4));
    refused(c, () -> gemm(2, 4, 3, a, 0, 3, b, 0, 4, c, 1, 4));
    refused(c, () -> gemm(2, 4, 3, a, 0, 3, b, 0, 4, c, 0, 5));
    refused(c, () -> gemm(2, 4, 3, a, 0, 3, b, 0, 4, c, 0, 3));
    refused(c, () -> gemm(3, 4, 3, a, 0, 3, b, 0, 4, c, 0, 4));
    refused(c, () -> gemm(2, 4, 3, a, Integer.MAX_VALUE, 3, b, 0, 4, c, 0, 4));
    // 65,537 rows 65,536 apart: 2³² elements, which an int would count as 0.
    refused(c, () -> gemm(65_537, 1, 1, a, 0, 65_536, b, 0, 1, c, 0, 65_536));
  }

  @Test
  void shortBiasIsRefused() {
    float[] a = new float[6];
    float[] b = new float[12];
    float[] c = new float[8];
    for (Epilogue epilogue :
        List.of(
            Epilogue.bias(new float[3], 0),
            Epilogue.bias(new float[4], 1),
            Epilogue.bias(new float[8], -1))) {
      refused(
          c, () -> Gemm.multiply(false, false, 2, 4, 3, 1, a, 0, 3, b, 0, 4, 0, c, 0, 4, epilogue));
    }
  }

  @Test
  void overlappingResultIsRefused() {
    float[] x = new float[26]; // A [2, 3] and B [3, 4] with C [2, 4] in the same array
    gemm(2, 4, 3, x, 0, 3, x, 6, 4, x, 18, 4);
    gemm(2, 4, 3, x, 20, 3, x, 8, 4, x, 0, 4);
    refused(x, () -> gemm(2, 4, 3, x, 0, 3, x, 6, 4, x, 17, 4));
    refused(x, () -> gemm(2, 4, 3, x, 0, 3, x, 13, 4, x, 5, 4));
    refused(x, () -> gemm(2, 4, 3, x, 0, 3, x, 6, 4, x, 0, 4));
    refused(x, () -> gemm(2, 4, 3, x, 7, 3, x, 13, 4, x, 0, 4));
  }

  private static void gemm(
      int m,
      int n,
      int k,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb,
      float[] c,
      int cOffset,
      int ldc) {
    Gemm.multiply(false, false, m, n, k, 1, a, aOffset, lda, b, bOffset, ldb, 0, c, cOffset, ldc);
  }

  /** Fails unless {@code call} throws with a message and leaves {@code c} as it was. */
  private static void refused(float[] c, Runnable call) {
    Arrays.fill(c, 7);
    RuntimeException thrown = assertThrows(RuntimeException.class, call::run);
    assertTrue(
        thrown instanceof IllegalArgumentException || thrown instanceof IndexOutOfBoundsException,
        thrown.toString());
    assertNotNull(thrown.getMessage());
    assertTrue(thrown.getMessage().startsWith("Gemm: "), thrown.getMessage());
    for (float x : c) {
      assertEquals(7, x, "written before it was refused");
    }
  }

  static void assertNearAndInOrder(ReferenceGemm product) {
    GuardedMatrix result = product.multiply();
    product.assertNear(result);
    product.inOrder().assertSameBits(result, product);
  }

  private static List<ReferenceGemm> everyTranspose(
      int m, int n, int k, float alpha, float beta, Epilogue epilogue) {
    return List.of(
        ReferenceGemm.random(false, false, m, n, k, alpha, beta, epilogue),
        ReferenceGemm.random(false, true, m, n, k, alpha, beta, epilogue),
        ReferenceGemm.random(true, false, m, n, k, alpha, beta, epilogue),
        ReferenceGemm.random(true, true, m, n, k, alpha, beta, epilogue));
  }

  private static void set(boolean transpose, GuardedMatrix x, int row, int column, float value) {
    if (transpose) {
      x.set(column, row, value);
    } else {
      x.set(row, column, value);
    }
  }

  /** Where a narrow last panel repeats columns, no task may write those of another. */
  @Test
  void tasksKeepToTheirColumns() {
    for (int n : new int[] {52, 49, 55, 100}) {
      ReferenceGemm product = ReferenceGemm.random(false, false, 5, n, 2600, 1, 0, Epilogue.NONE);
      WorkerPool.threads(1);
      GuardedMatrix expected = product.multiply();
      WorkerPool.threads(3);
      for (int i = 0; i < 500; i++) {
        expected.assertSameBits(product.multiply(), "n=" + n);
      }
    }
  }

  /** No tile reads beyond the last column's bias, though its own columns run beyond. */
  @Test
  void biasMayEndWithItsArray() {
    for (int n = 1; n <= 40; n++) {
      for (int k : new int[] {5, 300, 600}) {
        int m = 13;
        float[] ones = new float[Math.max(m, n) * k];
        Arrays.fill(ones, 1);
        float[] bias = new float[n];
        for (int j = 0; j < n; j++) {
          bias[j] = j;
        }
        float[] c = new float[m * n];
        Epilogue epilogue = Epilogue.bias(bias, 0).relu();
        Gemm.multiply(false, false, m, n, k, 1, ones, 0, k, ones, 0, n, 0, c, 0, n, epilogue);
        for (int i = 0; i < c.length; i++) {
          assertEquals(k + i % n, c[i], "m " + m + ", n " + n + ", k " + k + ", element " + i);
        }
      }
    }
  }
}
