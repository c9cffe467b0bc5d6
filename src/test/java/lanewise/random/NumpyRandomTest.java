package lanewise.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.file.Files;
import java.util.Arrays;
import lanewise.data.TestData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumpyRandomTest {
  /** Printed by {@code numpy.random.seed(42); numpy.random.rand(3)}. */
  @Test
  void uniformNumbersAreNumpys() {
    assertArrayEquals(
        new double[] {0.3745401188473625, 0.9507143064099162, 0.7319939418114051},
        new NumpyRandom(42).rand(3));
  }

  /** The matrices that the article on a deep network by hand prints, with eight decimals. */
  @Test
  void normalNumbersAreTheArticles() {
    double[] printed = {
      0.01788628, 0.0043651, 0.00096497, -0.01863493, -0.00277388, -0.00354759, -0.00082741,
      -0.00627001, -0.00043818, -0.00477218, -0.01313865, 0.00884622, 0.00881318, 0.01709573,
      0.00050034, -0.00404677, -0.0054536, -0.01546477, 0.00982367, -0.01101068, -0.01185047,
      -0.0020565, 0.01486148, 0.00236716, -0.01023785, -0.00712993, 0.00625245, -0.00160513,
      -0.00768836, -0.00230031, 0.00745056, 0.01976111
    };
    double[] normal = new NumpyRandom(3).randn(printed.length);
    for (int i = 0; i < printed.length; i++) {
      assertEquals(printed[i], Math.rint(normal[i] * 1e6) / 1e8);
    }
  }

  @Test
  void publishedInitialWeightsAreReproduced() throws IOException {
    byte[] file =
        Files.readAllBytes(TestData.external("catvnoncat/init_seed1_12288_20_7_5_1.f64le.bin"));
    DoubleBuffer expected = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer();
    int[] sizes = {12288, 20, 7, 5, 1};
    NumpyRandom random = new NumpyRandom(1);
    for (int layer = 1; layer < sizes.length; layer++) {
      for (int i = 0; i < sizes[layer] * sizes[layer - 1]; i++) {
        assertEquals(expected.get(), random.randn() / Math.sqrt(sizes[layer - 1]));
      }
    }
    assertEquals(0, expected.remaining());
  }

  /**
   * The last of {@code numpy.random.seed(n); numpy.random.randn(200_000)}, and the sum of all their
   * bits.
   */
  @ParameterizedTest
  @CsvSource({
    "0, -0x1.61a9805abf779p-2, 836c72f3614048a9",
    "1, 0x1.8b5d9810c1cdep-1, 1178df6532055841",
    "42, -0x1.10a06e1600f52p+0, 1aff0ae7045537ea",
    "4294967295, -0x1.049a03f2aee35p-3, 41c4408c387bfcf1"
  })
  void longRunsHaveNumpysBits(long seed, String last, String sum) {
    double[] normal = new NumpyRandom(seed).randn(200_000);
    assertEquals(Double.parseDouble(last), normal[199_999]);
    long bits = Arrays.stream(normal).mapToLong(Double::doubleToRawLongBits).sum();
    assertEquals(sum, Long.toHexString(bits));
  }

  @Test
  void seedsHave32Bits() {
    assertThrows(IllegalArgumentException.class, () -> new NumpyRandom(-1));
    assertThrows(IllegalArgumentException.class, () -> new NumpyRandom(1L << 32));
  }
}
