package lanewise.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import lanewise.random.CounterRandom;
import org.junit.jupiter.api.Test;

class ArenaTest {
  @Test
  void buffersInUseTogetherDoNotOverlap() {
    for (int round = 0; round < 50; round++) {
      List<Buffer> buffers = randomBuffers(CounterRandom.key(5, round));
      Arena.place(buffers, 1);
      for (Buffer a : buffers) {
        assertEquals(0, (a.offset - Arena.BEFORE) % 16);
        assertTrue(a.offset + a.size <= a.array.length);
        for (Buffer b : buffers) {
          boolean apart = a.offset + a.size <= b.offset || b.offset + b.size <= a.offset;
          assertTrue(a == b || apart || !a.inUseWith(b));
        }
      }
    }
  }

  private static List<Buffer> randomBuffers(long key) {
    List<Buffer> buffers = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      Buffer buffer = new Buffer(1 + CounterRandom.below(key, 3L * i, 200));
      int first = CounterRandom.below(key, 3L * i + 1, 40);
      buffer.use(first);
      buffer.use(first + CounterRandom.below(key, 3L * i + 2, 10));
      buffers.add(buffer);
    }
    return buffers;
  }

  @Test
  void buffersInUseOneAfterTheOtherShareMemory() {
    Buffer early = buffer(100, 0, 1);
    Buffer late = buffer(100, 2, 3);
    Buffer both = buffer(50, 1, 2);
    assertEquals(112 + 50, Arena.place(List.of(early, late, both), 1));
    assertEquals(Arena.BEFORE + 112 + 50, early.array.length);
    assertEquals(early.offset, late.offset);
    assertFalse(early.inUseWith(late));
  }

  @Test
  void leavesPlacedBuffersAlone() {
    Buffer alone = buffer(10, 0, 1);
    alone.placeAlone();
    float[] own = alone.array;
    Arena.place(List.of(alone, buffer(10, 0, 1)), 1);
    assertSame(own, alone.array);
  }

  @Test
  void saysWhenABatchIsTooLarge() {
    List<Buffer> buffers = List.of(buffer(Integer.MAX_VALUE - 20, 0, 1), buffer(100, 1, 1));
    IllegalArgumentException thrown =
        assertThrows(IllegalArgumentException.class, () -> Arena.place(buffers, 4096));
    assertEquals(
        "Plan: a batch of 4096 needs 2147483732 floats of activations, at most 2147483627 fit;"
            + " choose a smaller batch",
        thrown.getMessage());
  }

  private static Buffer buffer(int size, int first, int last) {
    Buffer buffer = new Buffer(size);
    buffer.use(first);
    buffer.use(last);
    return buffer;
  }
}
