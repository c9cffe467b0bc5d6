package lanewise.train;

import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import lanewise.data.Batches;
import lanewise.kernel.WorkerPool;
import org.jspecify.annotations.Nullable;

/**
 * Hands out the batches of some epochs in order. A thread fills in the next while the caller works
 * on the one before; where kernels may use one thread only, the caller fills in each. A batch that
 * is the same in every epoch is filled in once. Within an epoch nothing is allocated. For one
 * caller at a time.
 */
final class BatchesAhead implements AutoCloseable {
  private final Batches batches;
  private final Samples[] rooms; // the caller's and the one to be filled in next, in turn
  private final @Nullable Thread thread;
  private final boolean always; // the same batch

  // Between filled = false and filled = true these are the thread's, then the caller's.
  private int room;
  private int epoch;
  private int index; // of the next batch
  private long left; // batches to hand out
  private @Nullable Throwable failure;

  private volatile boolean filled;
  private volatile boolean closed;
  private volatile @Nullable Thread caller;

  /**
   * Begins with a batch of an epoch.
   *
   * @param batches used by this object alone from here on
   * @param firstEpoch counted from 0
   * @param firstBatch likewise, of that epoch
   * @param endEpoch the number after the last
   * @param newRoom makes room for a batch
   */
  BatchesAhead(
      Batches batches, int firstEpoch, int firstBatch, int endEpoch, Supplier<Samples> newRoom) {
    this.batches = batches;
    epoch = firstEpoch;
    index = firstBatch;
    left = (long) (endEpoch - firstEpoch) * batches.count() - firstBatch;
    batches.startEpoch(firstEpoch);
    always = batches.isAlwaysOne();
    boolean ahead = left > 1 && WorkerPool.threads() > 1 && !always;
    Samples first = newRoom.get();
    rooms = new Samples[] {first, ahead ? newRoom.get() : first};
    thread = ahead ? new Thread(this::fillAhead, "lanewise-batches") : null;
    if (thread != null) {
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** The next batch, to be read until the one after it is taken. */
  Samples take() {
    if (thread != null) {
      awaitFilled();
    } else if (!always || !filled) {
      fill();
      filled = true;
    }
    Samples taken = rooms[room];
    room = always ? room : 1 - room;
    left--;
    if (thread != null && left > 0) {
      filled = false;
      LockSupport.unpark(thread);
    }
    return taken;
  }

  private void awaitFilled() {
    caller = Thread.currentThread();
    while (!filled) {
      LockSupport.park(this);
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
    if (failure instanceof Error error) {
      throw error;
    }
  }

  private void fillAhead() {
    while (!closed) {
      if (filled) {
        LockSupport.park(this);
        continue;
      }
      try {
        fill();
      } catch (RuntimeException | Error e) {
        failure = e;
      }
      filled = true;
      LockSupport.unpark(caller);
    }
  }

  private void fill() {
    if (index == batches.count()) {
      index = 0;
      epoch++;
      batches.startEpoch(epoch);
    }
    rooms[room].fill(batches, index);
    index++;
  }

  /** Ends the thread; nothing can be taken any more. */
  @Override
  public void close() {
    closed = true;
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }
}
