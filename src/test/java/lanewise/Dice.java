package lanewise;

import lanewise.random.CounterRandom;

/** Draws that a key repeats. */
public final class Dice {
  private final long key;
  private int throwsSoFar;

  public Dice(long key) {
    this.key = key;
  }

  /** From 0 to less than {@code bound}. */
  public int below(int bound) {
    return CounterRandom.below(key, throwsSoFar++, bound);
  }

  /** From 1 to {@code most}, small numbers as often as large ones. */
  public int size(int most) {
    return 1 + below(1 + below(most));
  }

  /** One of them. */
  public int of(int... choices) {
    return choices[below(choices.length)];
  }

  /** True once in so many times. */
  public boolean once(int in) {
    return below(in) == 0;
  }
}
