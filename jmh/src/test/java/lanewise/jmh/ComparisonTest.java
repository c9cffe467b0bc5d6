package lanewise.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final Report OLD =
      Reports.of(100, Reports.product("", "a", 0.010), Reports.pooling(0.1));

  @Test
  void namesWhatFellByMoreThanFivePercent() {
    Report slower = Reports.of(100, Reports.product("", "a", 0.011), Reports.pooling(0.104));
    Comparison comparison = Comparison.of(OLD, slower);
    assertEquals(2, comparison.compared());
    assertEquals(
        List.of(
            "Gemm.multiply product=a threads=2 fell by 9.1 %, from 50.0 % to 45.5 % of the peak"),
        comparison.fallen().stream().map(Comparison.Fall::toString).toList());
  }

  @Test
  void aSlowerMachineIsNoFall() {
    Report halfTheSpeed = Reports.of(50, Reports.product("", "a", 0.020), Reports.pooling(0.2));
    assertEquals(List.of(), Comparison.of(OLD, halfTheSpeed).fallen());
  }

  @Test
  void aFasterMachineHidesNoFall() {
    Report same = Reports.of(200, Reports.product("", "a", 0.010), Reports.pooling(0.1));
    assertEquals(2, Comparison.of(OLD, same).fallen().size());
  }

  @Test
  void countsWhatWasNotMeasuredAgain() {
    Report other = Reports.of(100, Reports.product("", "b", 1));
    assertEquals(new Comparison(List.of(), 0, 2), Comparison.of(OLD, other));
  }

  @Test
  void leavesOutPeersAndTheMachine() {
    Row read = new Row(new Row.Key("Roofline.read", Map.of()), "", 1, new Work.Bytes(1));
    Report report = Reports.of(100, Reports.product("EJML", "a", 1), read);
    assertEquals(new Comparison(List.of(), 0, 0), Comparison.of(report, report));
  }
}
