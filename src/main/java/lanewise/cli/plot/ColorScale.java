package lanewise.cli.plot;

import java.awt.Color;
import java.util.Arrays;
import java.util.List;

/**
 * A map from [0, 1] to colours, linear between stops at equal distances. All are told apart by
 * colour-blind readers.
 *
 * @param stops at least two
 */
record ColorScale(List<Color> stops) {
  /** For magnitudes: dark blue to yellow, evenly lighter (Nuñez, Anderton and Renslow, 2018). */
  static final ColorScale CIVIDIS =
      of(
          0x00224E, 0x123570, 0x3B496C, 0x575D6D, 0x707173, 0x8A8678, 0xA59C74, 0xC3B369, 0xE1CC55,
          0xFEE838);

  /** For signed values: blue, white in the middle, red (ColorBrewer's RdBu). */
  static final ColorScale BLUE_RED =
      of(
          0x053061, 0x2166AC, 0x4393C3, 0x92C5DE, 0xD1E5F0, 0xF7F7F7, 0xFDDBC7, 0xF4A582, 0xD6604D,
          0xB2182B, 0x67001F);

  /** The light part of {@link #BLUE_RED}, a ground on which dark points stand out. */
  static final ColorScale PALE_BLUE_RED = of(0x92C5DE, 0xD1E5F0, 0xF7F7F7, 0xFDDBC7, 0xF4A582);

  /** For brightness. */
  static final ColorScale GREY = of(0x000000, 0xFFFFFF);

  /** For categories, dark enough for lines on white: the palette of Okabe and Ito (2008). */
  static final List<Color> CATEGORIES = of(0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00).stops;

  private static ColorScale of(int... rgb) {
    return new ColorScale(Arrays.stream(rgb).mapToObj(Color::new).toList());
  }

  /** The colour of {@code share}, which is first clamped to [0, 1]; NaN counts as 0. */
  Color at(double share) {
    double position = Math.clamp(share, 0, 1) * (stops.size() - 1);
    int lower = Math.min((int) position, stops.size() - 2);
    double weight = Double.isNaN(position) ? 0 : position - lower;
    Color from = stops.get(lower);
    Color to = stops.get(lower + 1);
    return new Color(
        mix(from.getRed(), to.getRed(), weight),
        mix(from.getGreen(), to.getGreen(), weight),
        mix(from.getBlue(), to.getBlue(), weight));
  }

  private static int mix(int from, int to, double weight) {
    return (int) Math.round(from + weight * (to - from));
  }

  /** Black or white, whichever reads better on {@code ground}. */
  static Color ink(Color ground) {
    double luma = 0.299 * ground.getRed() + 0.587 * ground.getGreen() + 0.114 * ground.getBlue();
    return luma < 128 ? Color.WHITE : Color.BLACK;
  }
}
