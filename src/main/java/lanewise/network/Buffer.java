package lanewise.network;

/**
 * Room for one value of a plan, {@code [batch, shape]}: a part of an array that is known once
 * planning ends, or, for what a caller gives to predict, while that runs. Meanwhile it gathers when
 * it is in use, so that buffers that are never in use together can share memory.
 */
final class Buffer {
  /** A value that nobody wants, such as the gradient of the network's input. */
  static final Buffer NONE = new Buffer(0);

  private static final float[] UNPLACED = {};

  final int size;
  float[] array = UNPLACED;
  int offset;

  /**
   * Whether another op still reads this value after its consumer ran, so that the consumer may not
   * write over it.
   */
  boolean pinned;

  private int first = Integer.MAX_VALUE;
  private int last = Integer.MIN_VALUE;

  Buffer(int size) {
    this.size = size;
  }

  /** Notes that the value is written or read at {@code time}. */
  void use(int time) {
    first = Math.min(first, time);
    last = Math.max(last, time);
  }

  boolean inUseWith(Buffer other) {
    return first <= other.last && other.first <= last;
  }

  boolean isPlaced() {
    return array != UNPLACED;
  }

  void place(float[] newArray, int newOffset) {
    array = newArray;
    offset = newOffset;
  }

  /** Takes the place away again, and with it the hold on an array that is the caller's. */
  void displace() {
    place(UNPLACED, 0);
  }

  /** Gives the value an array of its own, where the user finds it. */
  void placeAlone() {
    if (!isPlaced()) {
      place(new float[size], 0);
    }
  }
}
