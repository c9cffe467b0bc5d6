package lanewise.layer;

import java.util.List;
import lanewise.shape.Shape;

/** The checks that layers share. */
final class Checks {
  private Checks() {}

  static void atLeastOne(String layer, String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(layer + ": " + what + " must be at least 1, got " + value);
    }
  }

  static void severalInputs(String layer, List<Shape> inputs) {
    if (inputs.size() < 2) {
      throw new IllegalArgumentException(
          layer + ": there must be at least two inputs, got " + inputs.size());
    }
  }

  /** Checks that the input is {@code [features]}. */
  static void features(String layer, Shape input) {
    if (input.rank() != 1) {
      throw new IllegalArgumentException(
          layer + ": input must be [features], got " + input + "; put Flatten before it");
    }
  }

  /** Checks that the input is {@code [height, width, channels]}. */
  static void image(String layer, Shape input) {
    if (input.rank() != 3) {
      throw new IllegalArgumentException(
          layer + ": input must be [height, width, channels], got " + input);
    }
  }

  /** {@code 3x3}, and with a stride {@code 3x3/2} or {@code 3x3/2x1}. */
  static String window(int height, int width, int strideHeight, int strideWidth) {
    String size = height + "x" + width;
    if (strideHeight != strideWidth) {
      return size + "/" + strideHeight + "x" + strideWidth;
    }
    return strideHeight == 1 ? size : size + "/" + strideHeight;
  }
}
