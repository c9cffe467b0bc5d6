package lanewise.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ReportTableTest {
  @Test
  void showsEveryLibraryBesideOurs() {
    Report report =
        Reports.of(
            100,
            Reports.product("", "first", 0.01),
            Reports.product("EJML", "first", 0.02),
            Reports.product("EJML", "second", 0.04),
            Reports.pooling(0.1));
    assertEquals(
        """
        Some CPU, 2 cores, 256-bit vectors; JDK 25; 2026-01-02T03:04:05Z.
        FMA peak of one thread: 100.0 GFLOP/s before, 50.0 after; % is of the larger, times the threads.
        A peer's column: its rate, and how many times faster Lanewise is.

        **Gemm.multiply**

        | product | threads |      ms | GFLOP/s | % of peak |        EJML |
        | ------- | ------- | ------: | ------: | --------: | ----------: |
        | first   | 2       | 10.0000 |   100.0 |      50.0 | 50.0 (2.00) |
        | second  | 2       |         |         |           |        25.0 |

        **Pooling.maxForward**

        | pooling |       ms | GB/s |
        | ------- | -------: | ---: |
        | some    | 100.0000 | 10.0 |
        """,
        ReportTable.markdown(report));
  }
}
