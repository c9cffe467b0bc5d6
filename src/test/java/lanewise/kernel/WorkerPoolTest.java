package lanewise.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import lanewise.Allocations;
import lanewise.random.CounterRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A lost wake-up shows as a call that never returns: every test ends within its time or fails. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class WorkerPoolTest {
  private final int threadsBefore = WorkerPool.threads();

  @AfterEach
  void restoreThreads() {
    WorkerPool.threads(threadsBefore);
  }

  @Test
  void everyTaskRunsOnce() {
    for (int threads = 1; threads <= 5; threads++) {
      WorkerPool.threads(threads);
      assertEquals(threads, WorkerPool.threads());
      for (int tasks : new int[] {0, 1, 2, 3, 7, 64, 1000}) {
        AtomicIntegerArray runs = new AtomicIntegerArray(tasks);
        WorkerPool.run(tasks, runs::getAndIncrement);
        for (int i = 0; i < tasks; i++) {
          assertEquals(1, runs.get(i), "task " + i + " of " + tasks + ", threads " + threads);
        }
      }
    }
  }

  /**
   * Tasks that wait for each other end only if so many threads run them at once, the caller among
   * them.
   */
  @Test
  void asManyThreadsAsSet() {
    for (int threads : new int[] {4, 2, 3, 1}) {
      WorkerPool.threads(threads);
      CyclicBarrier together = new CyclicBarrier(threads);
      Set<Thread> seen = ConcurrentHashMap.newKeySet();
      for (int call = 0; call < 20; call++) {
        WorkerPool.run(
            threads,
            task -> {
              seen.add(Thread.currentThread());
              await(together);
            });
      }
      assertEquals(threads, seen.size());
      assertTrue(seen.contains(Thread.currentThread()));
    }
  }

  /**
   * Tasks wait for one of each other thread, so that none has time for another's; one that was
   * still looking about when a call began may take a first task of another's.
   */
  @Test
  void eachThreadBeginsWithTheSameTasksInEachCall() {
    for (int threads = 2; threads <= 4; threads++) {
      WorkerPool.threads(threads);
      CyclicBarrier together = new CyclicBarrier(threads);
      Thread[][] seen = new Thread[20][3 * threads];
      for (Thread[] call : seen) {
        WorkerPool.run(
            call.length,
            task -> {
              call[task] = Thread.currentThread();
              await(together);
            });
      }
      int alike = 0;
      for (Thread[] call : seen) {
        Thread[] expected = new Thread[call.length];
        for (int task = 0; task < call.length; task++) {
          expected[task] = seen[0][task / 3 * 3];
        }
        alike += Arrays.equals(expected, call) && call[0] == Thread.currentThread() ? 1 : 0;
      }
      assertTrue(alike >= 15, alike + " of 20 calls, threads " + threads);
    }
  }

  /** A program on three cores: the threads of its first call, then those once they are set. */
  static final class Starting {
    private Starting() {}

    public static void main(String[] args) {
      System.out.println(threadsSeen());
      WorkerPool.threads(WorkerPool.threads());
      System.out.println(threadsSeen());
    }

    private static int threadsSeen() {
      Set<Thread> seen = ConcurrentHashMap.newKeySet();
      WorkerPool.run(
          100,
          task -> {
            seen.add(Thread.currentThread());
            LockSupport.parkNanos(1_000_000);
          });
      return seen.size();
    }
  }

  @Test
  void aStartingProgramLeavesOneCoreToTheCompiler() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:ActiveProcessorCount=3",
                "-cp",
                System.getProperty("java.class.path"),
                Starting.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertEquals(List.of("2", "3"), output.lines().toList());
  }

  @Test
  void neverMoreThreadsThanSet() {
    WorkerPool.threads(4);
    WorkerPool.run(64, task -> LockSupport.parkNanos(100_000));
    for (int threads = 3; threads >= 1; threads--) {
      WorkerPool.threads(threads);
      Set<Thread> seen = ConcurrentHashMap.newKeySet();
      AtomicInteger running = new AtomicInteger();
      AtomicInteger most = new AtomicInteger();
      WorkerPool.run(
          200,
          task -> {
            seen.add(Thread.currentThread());
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            LockSupport.parkNanos(20_000);
            running.decrementAndGet();
          });
      assertTrue(seen.size() <= threads, seen.size() + " threads seen of " + threads);
      assertTrue(most.get() <= threads, most + " at once of " + threads);
    }
  }

  /** Threads of the call before still spin for work when the next one allows fewer. */
  @Test
  void threadsThatStillSpinStayOutOfASmallerCall() {
    for (int call = 0; call < 400; call++) {
      WorkerPool.threads(4);
      CyclicBarrier together = new CyclicBarrier(4);
      WorkerPool.run(4, task -> await(together));
      WorkerPool.threads(2);
      Set<Thread> seen = ConcurrentHashMap.newKeySet();
      WorkerPool.run(
          50,
          task -> {
            seen.add(Thread.currentThread());
            Thread.yield();
          });
      assertTrue(seen.size() <= 2, seen.size() + " threads seen of 2");
    }
  }

  @Test
  void fewerThanOneThreadIsRefused() {
    for (int number : new int[] {0, -1, Integer.MIN_VALUE}) {
      IllegalArgumentException thrown =
          assertThrows(IllegalArgumentException.class, () -> WorkerPool.threads(number));
      assertEquals("threads must be at least 1, got " + number, thrown.getMessage());
    }
    assertEquals(threadsBefore, WorkerPool.threads());
  }

  /** Whichever task throws, on whichever thread, the caller gets it, and the pool works on. */
  @Test
  void exceptionsReachTheCaller() {
    for (int threads = 1; threads <= 3; threads++) {
      WorkerPool.threads(threads);
      for (int call = 0; call < 200; call++) {
        int bad = call % 8;
        Throwable expected =
            call % 2 == 0 ? new IllegalStateException("task " + bad) : new AssertionError(bad);
        Throwable thrown =
            assertThrows(
                Throwable.class, () -> WorkerPool.run(8, task -> throwAt(bad, task, expected)));
        assertSame(expected, thrown);
        everyTaskRunsOnce(16);
      }
    }
  }

  /** After a call has thrown, no task of it is left running. */
  @Test
  void exceptionsWaitForTheOtherTasks() {
    WorkerPool.threads(3);
    AtomicInteger running = new AtomicInteger();
    assertThrows(
        IllegalStateException.class,
        () ->
            WorkerPool.run(
                9,
                task -> {
                  throwAt(0, task, new IllegalStateException());
                  running.incrementAndGet();
                  LockSupport.parkNanos(5_000_000);
                  running.decrementAndGet();
                }));
    assertEquals(0, running.get());
  }

  @Test
  void taskMayRunTasks() {
    WorkerPool.threads(3);
    for (int call = 0; call < 100; call++) {
      AtomicIntegerArray runs = new AtomicIntegerArray(6 * 5);
      WorkerPool.run(
          6, outer -> WorkerPool.run(5, inner -> runs.getAndIncrement(outer * 5 + inner)));
      for (int i = 0; i < runs.length(); i++) {
        assertEquals(1, runs.get(i));
      }
    }
  }

  @Test
  void callersAtOnce() throws InterruptedException {
    WorkerPool.threads(3);
    AtomicInteger finished = new AtomicInteger();
    Thread[] callers = new Thread[3];
    for (int i = 0; i < callers.length; i++) {
      callers[i] =
          new Thread(
              () -> {
                for (int call = 0; call < 2000; call++) {
                  everyTaskRunsOnce(1 + call % 9);
                }
                finished.incrementAndGet();
              });
      callers[i].start();
    }
    for (Thread caller : callers) {
      caller.join();
    }
    assertEquals(callers.length, finished.get());
  }

  /**
   * Pauses around the time after which a thread parks: a wake-up lost in between would hang the
   * barrier.
   */
  @Test
  void noWakeUpIsLost() {
    WorkerPool.threads(2);
    CyclicBarrier together = new CyclicBarrier(2);
    for (int call = 0; call < 1500; call++) {
      WorkerPool.run(2, task -> await(together));
      long until = System.nanoTime() + CounterRandom.below(7, call, 2_000_000);
      while (System.nanoTime() < until) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void rapidCalls() {
    WorkerPool.threads(3);
    AtomicInteger sum = new AtomicInteger();
    int calls = 50_000;
    for (int call = 0; call < calls; call++) {
      WorkerPool.run(4, sum::addAndGet);
      if (sum.getAndSet(0) != 6) {
        fail("a call returned before its tasks were done");
      }
    }
  }

  @Test
  void nothingIsAllocated() {
    WorkerPool.threads(2);
    Thread[] both = new Thread[2];
    CyclicBarrier together = new CyclicBarrier(2);
    WorkerPool.run(
        2,
        task -> {
          both[task] = Thread.currentThread();
          await(together);
        });
    WorkerPool.Task work = task -> {};
    long[] bytes = new long[2];
    for (int round = 0; round < 2; round++) { // the first warms up
      long first = Allocations.of(both[0]);
      long second = Allocations.of(both[1]);
      for (int call = 0; call < 20_000; call++) {
        WorkerPool.run(4, work);
      }
      // Both are read before a message is made, which allocates on the caller, whichever it is.
      bytes[0] = Allocations.of(both[0]) - first;
      bytes[1] = Allocations.of(both[1]) - second;
    }
    for (int i = 0; i < 2; i++) {
      assertTrue(
          bytes[i] < 1000, both[i].getName() + " allocated " + bytes[i] + " bytes in 20,000 calls");
    }
  }

  private static void everyTaskRunsOnce(int tasks) {
    AtomicIntegerArray runs = new AtomicIntegerArray(tasks);
    WorkerPool.run(tasks, runs::getAndIncrement);
    for (int i = 0; i < tasks; i++) {
      assertEquals(1, runs.get(i), "task " + i + " of " + tasks);
    }
  }

  private static void throwAt(int bad, int task, Throwable thrown) {
    if (task == bad) {
      if (thrown instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) thrown;
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IllegalStateException("fewer threads came than were set", e);
    }
  }
}
