package lanewise.kernel;

import static lanewise.kernel.Simd.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import lanewise.shape.ConvolutionShape;

/**
 * The linear maps of Winograd's minimal filtering F(m×m, 3×3) (Lavin and Gray, <i>Fast Algorithms
 * for Convolutional Neural Networks</i>, 2015):
 *
 * <pre>
 * y  = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A        a tile of m × m outputs from (m + 2) × (m + 2) inputs
 * dg = Gᵀ [(Bᵀ d B) ⊙ (A dy Aᵀ)] G        what that tile adds to the filter's gradient
 * </pre>
 *
 * Each runs over whole vectors of channels, in one order of operations. Element (i, j) of a
 * transformed tile stands in plane (m + 2) i + j. One row of a transformed tile is made at a time,
 * so that what is in flight fits 16 registers. The methods call the Vector API alone, which is
 * always inlined.
 */
abstract class WinogradTransforms extends WinogradLineTransforms {
  private static final VectorSpecies<Float> S = Simd.FLOATS;

  /** Elements of a transformed tile. */
  final int planes;

  private final float[] g; // G, [extent, 3]

  WinogradTransforms(int tile, float[] g) {
    super(tile, tile + 2);
    this.planes = extent * extent;
    this.g = g;
  }

  /** Multiplications for an image, of each pair of an input channel and an output channel. */
  long multiplications(ConvolutionShape s) {
    long down =
        (long) s.dilationHeight() * WinogradTiling.tiles(s.outHeight(), s.dilationHeight(), tile);
    long across =
        (long) s.dilationWidth() * WinogradTiling.tiles(s.outWidth(), s.dilationWidth(), tile);
    return down * across * planes;
  }

  /**
   * A row of {@code Bᵀ d B}, {@code v = t B}, of the tiles along a line. Element j of channel c of
   * tile k goes to {@code j · plane + k · tileStep + c · channelStep}.
   *
   * @param t the row of {@code Bᵀ d}
   * @param pitch from one pixel to the next
   */
  abstract void input(
      int tiles,
      int channels,
      int pitch,
      float[] t,
      int tOffset,
      float[] v,
      int vOffset,
      int plane,
      int tileStep,
      int channelStep);

  /**
   * A row of {@code A dy Aᵀ}, {@code m = t Aᵀ}, of the tiles along a line. Element j of channel c
   * of tile k goes to {@code j · plane + k · tileStep + c}.
   *
   * @param t the row of {@code A dy}
   * @param pitch from one pixel to the next
   */
  abstract void gradient(
      int tiles,
      int channels,
      int pitch,
      float[] t,
      int tOffset,
      float[] m,
      int mOffset,
      int plane,
      int tileStep);

  /**
   * {@code s = Aᵀ m} of the tiles along a line, m × (m + 2): element (i, j) goes to {@code ((m + 2)
   * i + j) · n}.
   *
   * @param n tiles times channels
   * @param m element (i, j) in plane (m + 2) i + j
   */
  abstract void outputRows(int n, float[] m, int mOffset, int plane, float[] s);

  /**
   * A row of {@code max(Aᵀ m A + bias, floor)}, {@code y = s A}, of tiles along a line.
   *
   * @param s the row of {@code Aᵀ m}: element j of channel c of tile k at {@code j · plane + k ·
   *     channels + c}
   * @param pitch from one pixel of y to the next
   */
  abstract void output(
      int tiles,
      int channels,
      float[] s,
      int sOffset,
      int plane,
      float[] bias,
      int biasOffset,
      float floor,
      float[] y,
      int yOffset,
      int pitch);

  /**
   * {@code G g Gᵀ} for the filters from one input channel to {@code channels} output channels.
   *
   * @param filter tap (a, b) stands at {@code (3 a + b) · tap}
   */
  final void filter(
      int channels, float[] filter, int filterOffset, int tap, float[] u, int uOffset, int plane) {
    for (int c = 0; c < channels; c += LANES) {
      for (int i = 0; i < extent; i++) {
        int at = filterOffset + c;
        FloatVector t0 = FloatVector.fromArray(S, filter, at).mul(g[3 * i]);
        FloatVector t1 = FloatVector.fromArray(S, filter, at + tap).mul(g[3 * i]);
        FloatVector t2 = FloatVector.fromArray(S, filter, at + 2 * tap).mul(g[3 * i]);
        FloatVector k1 = FloatVector.broadcast(S, g[3 * i + 1]);
        t0 = FloatVector.fromArray(S, filter, at + 3 * tap).fma(k1, t0);
        t1 = FloatVector.fromArray(S, filter, at + 4 * tap).fma(k1, t1);
        t2 = FloatVector.fromArray(S, filter, at + 5 * tap).fma(k1, t2);
        FloatVector k2 = FloatVector.broadcast(S, g[3 * i + 2]);
        t0 = FloatVector.fromArray(S, filter, at + 6 * tap).fma(k2, t0);
        t1 = FloatVector.fromArray(S, filter, at + 7 * tap).fma(k2, t1);
        t2 = FloatVector.fromArray(S, filter, at + 8 * tap).fma(k2, t2);
        for (int j = 0; j < extent; j++) {
          t2.fma(
                  FloatVector.broadcast(S, g[3 * j + 2]),
                  t1.fma(FloatVector.broadcast(S, g[3 * j + 1]), t0.mul(g[3 * j])))
              .intoArray(u, uOffset + c + (extent * i + j) * plane);
        }
      }
    }
  }

  /**
   * {@code Gᵀ u G} for {@code channels} elements of each plane.
   *
   * @param dFilter tap (a, b) goes to {@code (3 a + b) · tap}
   */
  final void filterGradient(
      int channels,
      float[] u,
      int uOffset,
      int plane,
      float[] dFilter,
      int dFilterOffset,
      int tap) {
    for (int c = 0; c < channels; c += LANES) {
      FloatVector g00 = FloatVector.zero(S);
      FloatVector g01 = FloatVector.zero(S);
      FloatVector g02 = FloatVector.zero(S);
      FloatVector g10 = FloatVector.zero(S);
      FloatVector g11 = FloatVector.zero(S);
      FloatVector g12 = FloatVector.zero(S);
      FloatVector g20 = FloatVector.zero(S);
      FloatVector g21 = FloatVector.zero(S);
      FloatVector g22 = FloatVector.zero(S);
      for (int i = 0; i < extent; i++) {
        FloatVector t0 = FloatVector.zero(S);
        FloatVector t1 = FloatVector.zero(S);
        FloatVector t2 = FloatVector.zero(S);
        for (int j = 0; j < extent; j++) {
          int at = uOffset + c + (extent * i + j) * plane;
          FloatVector sum = FloatVector.fromArray(S, u, at);
          t0 = sum.fma(FloatVector.broadcast(S, g[3 * j]), t0);
          t1 = sum.fma(FloatVector.broadcast(S, g[3 * j + 1]), t1);
          t2 = sum.fma(FloatVector.broadcast(S, g[3 * j + 2]), t2);
        }
        FloatVector k0 = FloatVector.broadcast(S, g[3 * i]);
        g00 = t0.fma(k0, g00);
        g01 = t1.fma(k0, g01);
        g02 = t2.fma(k0, g02);
        FloatVector k1 = FloatVector.broadcast(S, g[3 * i + 1]);
        g10 = t0.fma(k1, g10);
        g11 = t1.fma(k1, g11);
        g12 = t2.fma(k1, g12);
        FloatVector k2 = FloatVector.broadcast(S, g[3 * i + 2]);
        g20 = t0.fma(k2, g20);
        g21 = t1.fma(k2, g21);
        g22 = t2.fma(k2, g22);
      }
      int to = dFilterOffset + c;
      g00.intoArray(dFilter, to);
      g01.intoArray(dFilter, to + tap);
      g02.intoArray(dFilter, to + 2 * tap);
      g10.intoArray(dFilter, to + 3 * tap);
      g11.intoArray(dFilter, to + 4 * tap);
      g12.intoArray(dFilter, to + 5 * tap);
      g20.intoArray(dFilter, to + 6 * tap);
      g21.intoArray(dFilter, to + 7 * tap);
      g22.intoArray(dFilter, to + 8 * tap);
    }
  }
}
