package lanewise.network;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Lays buffers out in one array, so that those in use at the same time do not overlap: from the
 * largest to the smallest, each at the lowest offset that is free for as long as it is in use.
 */
final class Arena {
  /** A cache line of floats. */
  private static final int ALIGNMENT = 16;

  /**
   * Floats before the first buffer: the JVM's usual collector puts a large array at the start of a
   * page, and its elements 16 bytes further on.
   */
  static final int BEFORE = 12;

  /** The longest array that every JVM can make. */
  private static final int MAX_SIZE = Integer.MAX_VALUE - 8;

  private record Place(Buffer buffer, long offset) {}

  private Arena() {}

  /**
   * Places the buffers that have no place yet, and returns the floats that they share.
   *
   * @throws IllegalArgumentException if one array cannot hold them
   */
  static int place(List<Buffer> buffers, int batch) {
    List<Buffer> unplaced =
        buffers.stream()
            .filter(buffer -> !buffer.isPlaced())
            .sorted(Comparator.comparingInt((Buffer buffer) -> buffer.size).reversed())
            .toList();
    List<Place> places = new ArrayList<>(); // by offset
    long total = 0;
    for (Buffer buffer : unplaced) {
      long offset = lowestFree(buffer, places);
      places.add(new Place(buffer, offset));
      places.sort(Comparator.comparingLong(Place::offset));
      total = Math.max(total, offset + buffer.size);
    }
    if (total > MAX_SIZE - BEFORE) {
      throw new IllegalArgumentException(
          "Plan: a batch of "
              + batch
              + " needs "
              + total
              + " floats of activations, at most "
              + (MAX_SIZE - BEFORE)
              + " fit; choose a smaller batch");
    }
    float[] array = new float[BEFORE + (int) total];
    for (Place place : places) {
      place.buffer.place(array, BEFORE + Math.toIntExact(place.offset));
    }
    return (int) total;
  }

  private static long lowestFree(Buffer buffer, List<Place> places) {
    long free = 0;
    for (Place place : places) {
      if (!place.buffer.inUseWith(buffer)) {
        continue;
      }
      if (free + buffer.size <= place.offset) {
        return free;
      }
      free = Math.max(free, align(place.offset + place.buffer.size));
    }
    return free;
  }

  private static long align(long offset) {
    return Math.ceilDiv(offset, ALIGNMENT) * ALIGNMENT;
  }
}
