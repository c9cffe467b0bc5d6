package lanewise.jmh;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a benchmark's class and method say: {@code OpenBlasGemmBenchmark.multiply} is OpenBLAS doing
 * what {@code GemmBenchmark.multiply} does.
 *
 * @param peer the library; empty for this one
 * @param subject what is measured
 * @param method which part of it
 */
record BenchmarkName(String peer, String subject, String method) {
  private static final Pattern NAME =
      Pattern.compile(
          "(?:.*\\.)?(\\w*?)(Gemm|Gemv|Vector|Convolution|Pooling|TrainingStep|Prediction|Roofline)Benchmark\\.(\\w+)");

  /** The parts of a class's and its method's name. */
  static BenchmarkName of(String name) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("nobody knows what is measured by " + name);
    }
    return new BenchmarkName(matcher.group(1), matcher.group(2), matcher.group(3));
  }

  /** What is measured, whoever does it. */
  String task() {
    return subject + "." + method;
  }
}
