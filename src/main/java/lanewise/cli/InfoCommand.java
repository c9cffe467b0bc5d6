package lanewise.cli;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.concurrent.Callable;
import lanewise.Lanewise;
import lanewise.kernel.Roofline;
import lanewise.kernel.Simd;
import picocli.CommandLine.Command;

/** Shows what the library runs on. */
@Command(
    name = "info",
    description = "Shows the JDK, the vectors, the threads, and what this machine can do at most.",
    mixinStandardHelpOptions = true)
final class InfoCommand implements Callable<Integer> {
  private final Terminal terminal;

  InfoCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    line("JDK", "%s (%s)", Runtime.version(), System.getProperty("java.vm.name"));
    line("machine", "%s, %s", System.getProperty("os.name"), System.getProperty("os.arch"));
    line("vectors", "%d lanes of float, %d bits", Simd.lanes(), Simd.lanes() * Float.SIZE);
    line("FMA", fusedMultiplyAdd() ? "in hardware" : "emulated: everything will be slow");
    line("threads", "%d", Lanewise.threads());
    line("FMA peak", "%.0f GFLOP/s on one thread", Roofline.fmaGflops());
    for (Roofline.Bandwidth bandwidth : Roofline.readBandwidths()) {
      line(
          "reading",
          "%.0f GB/s on one thread, from an array of %,d KB",
          bandwidth.gigabytesPerSecond(),
          bandwidth.bytes() / 1024);
    }
    return Main.OK;
  }

  /**
   * Whether the JVM multiplies and adds in one instruction, rather than with {@code BigDecimal}.
   */
  private static boolean fusedMultiplyAdd() {
    var vm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    return Boolean.parseBoolean(vm.getVMOption("UseFMA").getValue());
  }

  private void line(String name, String format, Object... values) {
    terminal.line(
        String.format(Locale.ROOT, "%-9s ", name) + String.format(Locale.ROOT, format, values));
  }
}
