package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class PartitionTest {
  /** No thread has more than 8/7 of an even share, and no share is shorter than a unit. */
  @Test
  void sharesKeepThreadsAboutAsBusy() {
    for (int threads = 1; threads <= 6; threads++) {
      for (int rounds = 1; rounds <= 4; rounds += 3) {
        for (int size = 1; size <= 2000; size++) {
          int share = Partition.share(size, threads, 32, rounds);
          if (share == 0) {
            continue;
          }
          int shares = Partition.shares(size, share, 32);
          int last = size - (shares - 1) * share;
          String what = size + " by " + threads + " threads: " + shares + " of " + share;
          assertEquals(0, share % 32, what);
          assertTrue(last >= Math.min(size, 32) && last < share + 32, what);
          int most = Math.ceilDiv(shares, threads) * Math.max(share, last);
          assertTrue(most * threads * 7 <= 8 * size, what);
        }
      }
    }
  }

  @Test
  void sharesAreFewWhereTheyAreUneven() {
    assertEquals(64, Partition.share(512, 2, 32, 4));
    assertEquals(128, Partition.share(784, 2, 32, 4)); // the last takes 16 more
    assertEquals(160, Partition.share(320, 2, 32, 4)); // five of 64 would take as long as six
    assertEquals(64, Partition.share(120, 2, 32, 4));
    assertEquals(0, Partition.share(96, 2, 32, 4));
    assertEquals(0, Partition.share(60, 2, 32, 4));
  }
}
