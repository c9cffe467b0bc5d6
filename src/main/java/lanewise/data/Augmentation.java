package lanewise.data;

import java.util.Arrays;
import lanewise.random.CounterRandom;
import lanewise.shape.Shape;

/**
 * Random changes to training images that keep their class: a shift of up to {@code shift} pixels
 * each way (the image is given a border of that many zeros, then cropped to its size at a random
 * place), and a mirror image every other time. Zero is black, or, in a data set that a {@link
 * Standardization} has passed, the mean.
 *
 * @param shift the greatest shift in pixels; 0 for none
 * @param flip whether left and right are exchanged with probability ½
 */
public record Augmentation(int shift, boolean flip) {
  /** Leaves every image as it is. */
  public static final Augmentation NONE = new Augmentation(0, false);

  /**
   * Checks the shift.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public Augmentation {
    if (shift < 0) {
      throw new IllegalArgumentException("Augmentation: shift must be at least 0, got " + shift);
    }
  }

  /**
   * Checks that samples of this shape can be augmented so.
   *
   * @throws IllegalArgumentException if not
   */
  public void check(Shape sample) {
    if (!equals(NONE) && sample.rank() != 3) {
      throw new IllegalArgumentException(
          "Augmentation: samples must be images [height, width, channels], got " + sample);
    }
  }

  /**
   * Writes an image, changed at random as {@code key} has it.
   *
   * @param shape {@code [height, width, channels]}
   * @param image the values from {@code imageOffset} on; not modified
   * @param out receives as many values from {@code offset} on; another array than {@code image}
   */
  public void apply(
      Shape shape, long key, float[] image, int imageOffset, float[] out, int offset) {
    int height = shape.size(0);
    int width = shape.size(1);
    int channels = shape.size(2);
    int down = CounterRandom.below(key, 0, 2 * shift + 1) - shift;
    int right = CounterRandom.below(key, 1, 2 * shift + 1) - shift;
    boolean mirrored = flip && CounterRandom.below(key, 2, 2) == 1;
    Arrays.fill(out, offset, offset + shape.size(), 0f);
    for (int y = Math.max(0, down); y < Math.min(height, height + down); y++) {
      for (int x = Math.max(0, right); x < Math.min(width, width + right); x++) {
        int column = x - right;
        int source = (y - down) * width + (mirrored ? width - 1 - column : column);
        int target = offset + (y * width + x) * channels;
        System.arraycopy(image, imageOffset + source * channels, out, target, channels);
      }
    }
  }
}
