package lanewise.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

class ScheduleTest {
  private static Options options() {
    return new OptionsBuilder()
        .include("jmh.Convolution.*(forward|backwardInput)")
        .exclude("backwardInput")
        .param("convolution", "lenet5-1", "lenet5-2")
        .param("threads", "1", "2")
        .forks(3)
        .build();
  }

  @Test
  void everyCombinationOfParametersIsAnItem() {
    List<List<Schedule.Item>> schedule = Schedule.of(options());
    assertEquals(
        List.of("lenet5-1 1", "lenet5-1 2", "lenet5-2 1", "lenet5-2 2"),
        schedule.stream()
            .map(items -> items.getFirst().parameters())
            .map(parameters -> parameters.get("convolution") + " " + parameters.get("threads"))
            .sorted()
            .toList());
    for (List<Schedule.Item> items : schedule) {
      assertEquals(1, items.size());
      assertEquals("lanewise.jmh.ConvolutionBenchmark.forward", items.getFirst().benchmark());
      assertEquals(3, items.getFirst().forks());
    }
  }

  @Test
  void aBatchOfNoneIsThatOfTheRecipe() {
    Options options =
        new OptionsBuilder()
            .include("TrainingStep")
            .param("network", "digits-lenet5", "dnn-moons")
            .param("batch", "0", "3")
            .build();
    assertEquals(
        List.of("digits-lenet5 16", "digits-lenet5 3", "dnn-moons 1024", "dnn-moons 3"),
        Schedule.of(options).stream()
            .map(items -> items.getFirst().parameters())
            .map(parameters -> parameters.get("network") + " " + parameters.get("batch"))
            .sorted()
            .toList());
  }

  @Test
  void aForkRunsItsItemAlone() {
    Schedule.Item item =
        new Schedule.Item(
            "lanewise.jmh.ConvolutionBenchmark.forward",
            Map.of("convolution", "lenet5-2", "threads", "2"),
            3);
    Options fork = item.fork(options());
    assertEquals(1, fork.getForkCount().get());
    assertEquals(List.of("lenet5-2"), List.copyOf(fork.getParameter("convolution").get()));
    assertEquals(List.of("2"), List.copyOf(fork.getParameter("threads").get()));
    var silent = OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT);
    assertEquals(
        List.of("lanewise.jmh.ConvolutionBenchmark.forward"),
        BenchmarkList.defaultList().find(silent, fork.getIncludes(), fork.getExcludes()).stream()
            .map(entry -> entry.getUsername())
            .toList());
  }
}
