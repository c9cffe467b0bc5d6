package lanewise.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

class SchedulePeersTest {
  @Test
  void librariesThatDoTheSameStandTogether() {
    Options all = new OptionsBuilder().include("Gemm").param("product", "square-16").build();
    List<List<Schedule.Item>> schedule = Schedule.of(all);
    assertEquals(1, schedule.size());
    for (List<Schedule.Item> items : schedule) {
      assertEquals(1, items.stream().map(Schedule.Item::key).distinct().count());
      assertTrue(items.size() > 2, "peers");
    }
  }
}
